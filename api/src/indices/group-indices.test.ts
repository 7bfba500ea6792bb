import { type GroupIndices, hourMs, type Incident, type NightSums, type Ticket, toIso } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { equityOf, indicesOf, isAboutDarkness, isOutage } from './group-indices.ts'

const t0 = Date.parse('2026-01-15T17:00:00Z')
const minutes = (count: number): string => toIso(t0 + count * 60_000)

const sums = (more: Partial<NightSums> = {}): NightSums => ({
  group: 'vyssa',
  lights: 10,
  litMs: 95 * hourMs,
  darkMs: 5 * hourMs,
  unknownMs: 20 * hourMs,
  maintenanceMs: 2 * hourMs,
  episodes: 2,
  ...more,
})
const figures = { outages: [], darkCommunities: [], tickets: [], resolutionOf: () => undefined }

const ticket = (more: Partial<Ticket>): Ticket => ({
  id: 't-1',
  municipality: 'orestiada',
  category: 'street-light-out',
  source: 'telemetry',
  status: 'open',
  service: 'municipalLighting',
  reports: 0,
  members: [],
  createdAt: minutes(0),
  title: '',
  location: { text: '' },
  history: [{ at: minutes(0), event: 'opened', by: 'telemetry' }],
  revision: 1,
  ...more,
})
const outage = (startedAt: number, detectedAt: number, fault: Incident['fault'] = 'lampFailure') =>
  ({ fault, startedAt: minutes(startedAt), detectedAt: minutes(detectedAt) }) as Incident

describe('indices', () => {
  test('of ten lights: what is unknown is in no index but beside them', () => {
    expect(indicesOf({ ...figures, sums: sums() })).toMatchObject({
      id: 'vyssa',
      lights: 10,
      scheduledHours: 120,
      litHours: 95,
      darkHours: 5,
      unknownHours: 20,
      maintenanceHours: 2,
      lightsInLightPercent: 95,
      lightsInLightAtLeastPercent: 79.167,
      lSaidiHours: 0.5,
      lSaifi: 0.2,
      lCaidiHours: 2.5,
    })
  })

  test('of nothing are not there, instead of 0 or 100 %', () => {
    const none = sums({ lights: 0, litMs: 0, darkMs: 0, unknownMs: 0, maintenanceMs: 0, episodes: 0 })
    expect(indicesOf({ ...figures, sums: none })).toMatchObject({
      lightsInLightPercent: null,
      lSaidiHours: null,
      lSaifi: null,
      lCaidiHours: null,
      meanTimeToDetectMinutes: null,
      foundBeforeCallPercent: null,
    })
  })

  test('hours of dark communities count their residents, where they are known', () => {
    const until = t0 + 2 * hourMs
    const darkCommunities = [
      { from: t0, until, residents: 300 },
      { from: t0, until, residents: null },
    ]
    expect(indicesOf({ ...figures, sums: sums(), darkCommunities })).toMatchObject({
      darkCommunityHours: 4,
      darkCommunityResidentHours: 600,
    })
  })

  test('time to detect is the mean over outages', () => {
    expect(indicesOf({ ...figures, sums: sums(), outages: [outage(0, 4), outage(10, 20)] })).toMatchObject({
      incidents: 2,
      meanTimeToDetectMinutes: 7,
    })
  })

  test.each<[string, Ticket, number | null, number | null]>([
    ['nobody has touched', ticket({}), null, null],
    [
      'was taken and mended',
      ticket({
        status: 'closed',
        history: [
          { at: minutes(0), event: 'opened', by: 'telemetry' },
          { at: minutes(12), event: 'assigned', by: 'eleni' },
          { at: minutes(90), event: 'resolved', by: 'eleni' },
          { at: minutes(95), event: 'closed', by: 'telemetry' },
        ],
      }),
      12,
      90,
    ],
    [
      'was declared done too early, and then mended',
      ticket({
        status: 'closed',
        history: [
          { at: minutes(20), event: 'resolved', by: 'eleni' },
          { at: minutes(40), event: 'reopened', by: 'telemetry' },
          { at: minutes(100), event: 'resolved', by: 'eleni' },
          { at: minutes(105), event: 'closed', by: 'telemetry' },
        ],
      }),
      20,
      100,
    ],
    [
      'ended by itself',
      ticket({ status: 'closed', history: [{ at: minutes(30), event: 'closed', by: 'telemetry' }] }),
      null,
      30,
    ],
    [
      'a wider cause took over: no repair',
      ticket({ status: 'closed', incident: 'i', history: [{ at: minutes(5), event: 'closed', by: 'telemetry' }] }),
      null,
      null,
    ],
  ])('times of a ticket that %s', (_, one, acknowledged, repaired) => {
    const resolutionOf = () => 'absorbed' as const
    expect(indicesOf({ ...figures, sums: sums(), tickets: [one], resolutionOf })).toMatchObject({
      meanTimeToAcknowledgeMinutes: acknowledged,
      meanTimeToRepairMinutes: repaired,
    })
  })

  test('found before any call: by who opened the ticket, whoever called later', () => {
    const tickets = [ticket({ reports: 3 }), ticket({}), ticket({}), ticket({ source: 'phone', reports: 1 })]
    expect(indicesOf({ ...figures, sums: sums(), tickets }).foundBeforeCallPercent).toBe(75)
  })

  test('what counts as an outage, and as a ticket about one', () => {
    expect(isOutage(outage(0, 1, 'circuitOutage'))).toBe(true)
    expect(isOutage(outage(0, 1, 'communityDark'))).toBe(false)
    expect(isOutage(outage(0, 1, 'communicationFailure'))).toBe(false)
    expect(isAboutDarkness(ticket({ category: 'street-dark' }))).toBe(true)
    expect(isAboutDarkness(ticket({ category: 'street-light-on-by-day' }))).toBe(false)
  })
})

describe('equity', () => {
  const community = (id: string, lightsInLightPercent: number | null, lCaidiHours: number | null) =>
    ({ id, lightsInLightPercent, lCaidiHours }) as GroupIndices

  test('is the worst community against the best', () => {
    const communities = [community('a', 99, 2), community('b', 91, 8), community('c', 100, null)]
    expect(equityOf(communities)).toEqual({ lCaidiRatio: 4, lightsInLightGapPercent: 9, worstCommunity: 'b' })
  })

  test('takes two communities with outages to compare how long they last', () => {
    expect(equityOf([community('a', 99, 2)])).toEqual({
      lCaidiRatio: null,
      lightsInLightGapPercent: 0,
      worstCommunity: 'a',
    })
    expect(equityOf([community('a', null, null)])).toEqual({
      lCaidiRatio: null,
      lightsInLightGapPercent: null,
      worstCommunity: null,
    })
  })
})
