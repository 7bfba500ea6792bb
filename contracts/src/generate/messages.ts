import type { z } from 'zod'
import type { DocumentName, documents } from './documents.ts'

type Payload<Name extends DocumentName> = z.input<(typeof documents)[Name]['schema']>

interface Message {
  document: DocumentName
  summary: string
  examples: { name: string; payload: unknown }[]
}

const message = <Name extends DocumentName>(
  document: Name,
  summary: string,
  examples: { name: string; payload: Payload<Name> }[],
): Message => ({ document, summary, examples })

/** What travels over MQTT, each with payloads to learn from. */
export const messages = {
  telemetry: message('telemetry', 'One reading, or an array of buffered ones in any order', [
    {
      name: 'gridLight',
      payload: {
        at: '2026-01-14T18:05:00+02:00',
        seq: 412,
        uptime: 123_600,
        lightLevel: 100,
        supplyVoltage: 231.4,
        supplyCurrent: 0.28,
        activePower: 61.8,
        powerFactor: 0.96,
        activeEnergy: 1_204.6,
        operatingHours: 9_812.3,
        temperature: 11.5,
        rssi: -97,
        snr: 6.5,
      },
    },
    {
      name: 'solarLightAfterAGap',
      payload: [
        {
          at: 1_768_406_400_000,
          seq: 90,
          batteryVoltage: 12.9,
          batteryCurrent: -1.6,
          batteryLevel: 71,
          loadState: 'on',
        },
        {
          at: 1_768_405_500_000,
          seq: 89,
          batteryVoltage: 12.9,
          batteryCurrent: -1.6,
          batteryLevel: 72,
          loadState: 'on',
        },
      ],
    },
    { name: 'raisedByTheDevice', payload: { at: '2026-01-14T16:10:00Z', activePower: 0.4, faults: ['lampFailure'] } },
    { name: 'otherSensor', payload: { at: '2026-01-14T16:10:00Z', measurements: { pm10: 24.1, noise: 58 } } },
  ]),
  status: message('device-status', 'Birth, announced sleep, or will', [
    {
      name: 'birth',
      payload: { state: 'online', session: '7f3a', firmware: '2.4.1', at: '2026-01-14T16:00:00Z' },
    },
    { name: 'will', payload: { state: 'offline', session: '7f3a' } },
  ]),
  event: message('device-event', 'Something that happened at the device', [
    { name: 'lastGasp', payload: { type: 'supplyLoss', at: '2026-01-14T19:32:10.250Z' } },
    {
      name: 'knock',
      payload: { type: 'impactDetected', at: '2026-01-14T20:01:00Z', details: { accelerationG: 3.1 } },
    },
  ]),
  command: message('device-command', 'What the platform asks of a device', [
    { name: 'dim', payload: { id: 'c-81', type: 'setLevel', level: 40, until: '2026-01-15T05:00:00Z' } },
    { name: 'back', payload: { id: 'c-82', type: 'resume' } },
    {
      name: 'program',
      payload: {
        id: 'c-83',
        type: 'setProgram',
        program: [
          { at: 'dusk', level: 100 },
          { at: '23:30', level: 50 },
          { at: 'dawn-2h', level: 100 },
          { at: 'dawn', level: 0 },
        ],
      },
    },
  ]),
  result: message('device-result', 'What became of a command', [
    { name: 'applied', payload: { id: 'c-81', status: 'applied' } },
    { name: 'rejected', payload: { id: 'c-83', status: 'rejected', reason: 'program: too many steps' } },
  ]),
  incident: message('incident', 'One cause with what it explains, while it is open and once when it is resolved', [
    {
      name: 'circuitOutage',
      payload: {
        id: 'i-7Qd2',
        municipality: 'orestiada',
        fault: 'circuitOutage',
        scope: { kind: 'circuit', id: 'K12-2' },
        members: ['L-0412', 'L-0413', 'L-0414'],
        community: 'lepti',
        startedAt: '2026-01-14T19:32:10.250Z',
        detectedAt: '2026-01-14T19:33:02.000Z',
        state: 'open',
        severity: 'critical',
        reason: 'membersDarkTogether',
        evidence: [
          { at: '2026-01-14T19:32:10.250Z', kind: 'event', subject: 'L-0412', detail: 'supplyLoss' },
          { at: '2026-01-14T19:33:02.000Z', kind: 'members', subject: 'K12-2', detail: '3 of 3 dark, none alive' },
        ],
        revision: 1,
      },
    },
  ]),
  ticket: message('ticket', 'A ticket of the citizen line, without personal data', [
    {
      name: 'openedByTelemetry',
      payload: {
        id: 't-2026-000118',
        municipality: 'orestiada',
        category: 'street-dark',
        source: 'telemetry',
        status: 'open',
        service: 'municipalLighting',
        incident: 'i-7Qd2',
        reports: 0,
        members: ['L-0412', 'L-0413', 'L-0414'],
        createdAt: '2026-01-14T19:33:02.100Z',
        title: 'Σκοτεινό κύκλωμα: 3 φωτιστικά',
        location: { lat: 41.576, lon: 26.529, community: 'lepti', text: 'Λεπτή, κύκλωμα K12-2' },
        history: [{ at: '2026-01-14T19:33:02.100Z', event: 'opened', by: 'telemetry' }],
        revision: 1,
      },
    },
  ]),
  communityLight: message('community-light', 'How many lights of a community burn', [
    {
      name: 'darkCommunity',
      payload: { lit: 6, dark: 3, unknown: 0, total: 9, darkCommunity: true, at: '2026-01-14T19:33:02.000Z' },
    },
  ]),
} as const satisfies Record<string, Message>

export type MessageName = keyof typeof messages
