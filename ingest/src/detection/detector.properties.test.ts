import {
  type AssetFeature,
  type FaultName,
  type IncidentChange,
  type JournalEntry,
  type JournalRecord,
  type Reading,
  shippedRules,
  topics,
} from '@fanari/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDetector, type Detector } from './detector.ts'
import { lamp, m, midnight } from './story.ts'

/*
 * A small town of three circuits under two metered cabinets and two gateways, and two solar lights, that report every ten seconds, with
 * anything happening to anyone at any time.
 */
const lights = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'b4', 'd1', 'd2', 'd3', 'c1', 's1', 's2']
const meters = ['k-meter', 'n-meter']
const cabinet = (id: string): AssetFeature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [26.53, 41.5] },
  properties: { kind: 'cabinet', id, community: 'village', device: `${id}-meter`, reportInterval: 10 },
})
const solar = { supply: 'solar', panelPower: 120, batteryCapacity: 500, batteryChemistry: 'lifepo4' }
const fed = (id: string) => ({
  circuit: `circuit-${id[0]}`,
  cabinet: id.startsWith('d') ? 'n' : 'k',
  gateway: id.startsWith('a') ? 'gateway-a' : 'gateway-b',
  phase: `L${Number(id[1]) > 2 ? 1 : 2}`,
  position: Number(id[1]),
})
const equipped = (id: string) => (id.startsWith('s') ? solar : id.startsWith('c') ? {} : fed(id))
const assets = [
  cabinet('k'),
  cabinet('n'),
  ...lights.map((id, index) =>
    lamp(id, {
      program: index % 4 === 3 && !id.startsWith('s') ? 'off' : 'alwaysOn',
      reportInterval: 10,
      ...equipped(id),
    }),
  ),
]

type Happening = { after: number; record: JournalRecord }

const reading = fc.record(
  {
    activePower: fc.constantFrom(0, 0.4, 12, 58, 90),
    supplyVoltage: fc.constantFrom(0, 180, 229, 231, 262),
    lightLevel: fc.constantFrom(0, 50, 100),
    activeEnergy: fc.constantFrom(10, 10.001, 11),
    switchOnCount: fc.constantFrom(5, 6, 9),
    tilt: fc.constantFrom(1, 40),
    temperature: fc.constantFrom(20, 80),
    faults: fc.subarray<FaultName>([
      'lampFailure',
      'controlGearFailure',
      'relayFailure',
      'impactDetected',
      'dimmingFailure',
      'batteryLevelTooLow',
    ]),
    batteryVoltage: fc.constantFrom(10.6, 12.4, 13.1, 13.6),
    batteryCurrent: fc.constantFrom(-2.3, 0, 5),
    batteryLevel: fc.constantFrom(3, 68, 100),
    loadState: fc.constantFrom('on', 'off', 'lowVoltageDisconnect'),
    chargerState: fc.constantFrom('bulk', 'float', 'night'),
    lag: fc.constantFrom(0, 0, 0, 500, 45_000, 4_000_000, -130_000),
    seq: fc.nat(500),
    uptime: fc.nat(100_000),
  },
  { requiredKeys: ['lag'] },
)
const meterReading = fc.record(
  {
    voltageL1: fc.constantFrom(0, 231),
    powerL1: fc.constantFrom(0, 116, 174),
    powerL2: fc.constantFrom(0, 116, 174),
    powerL3: fc.constantFrom(0, 10),
    contactorClosed: fc.boolean(),
    faults: fc.constantFrom<FaultName[]>([], ['circuitBreakerTripped']),
  },
  { requiredKeys: ['powerL1', 'powerL2', 'powerL3'] },
)
const record = (now: number): fc.Arbitrary<JournalRecord> => {
  const device = fc.constantFrom(...lights)
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.tuple(device, reading).map(([id, { lag, ...fields }]): JournalRecord => {
        const told = { at: now - lag, ...fields } as Reading
        return { kind: 'reading', municipality: m, device: id, reading: told }
      }),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom(...meters), meterReading).map(
        ([id, fields]): JournalRecord => ({
          kind: 'reading',
          municipality: m,
          device: id,
          reading: { at: now, ...fields } as Reading,
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...meters).map(
        (id): JournalRecord => ({
          kind: 'event',
          municipality: m,
          device: id,
          event: { type: 'supplyLoss', at: now },
        }),
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(device, fc.constantFrom('online', 'offline', 'sleeping'), fc.constantFrom('s1', 's2'))
        .map(([id, state, session]): JournalRecord => {
          const status = { state: state as 'online', session }
          return { kind: 'status', municipality: m, device: id, status }
        }),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(device, fc.constantFrom('supplyLoss', 'supplyLoss', 'impactDetected', 'lampFailure', 'own'))
        .map(([id, type]): JournalRecord => ({ kind: 'event', municipality: m, device: id, event: { type, at: now } })),
    },
    {
      weight: 2,
      arbitrary: fc
        .record(
          {
            powerL1: fc.constantFrom(0, 300, 900),
            voltageL2: fc.constantFrom(0, 230, 262),
            doorOpen: fc.boolean(),
            leakageCurrent: fc.constantFrom(3, 500),
          },
          { requiredKeys: [] },
        )
        .map((fields): JournalRecord => {
          const told = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
          return { kind: 'reading', municipality: m, device: 'k-meter', reading: { at: now, ...told } }
        }),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(device, fc.constantFrom('futureTime', 'ancientTime: long ago', 'invalidField')).map(
        ([id, reason]): JournalRecord => ({
          kind: 'quarantine',
          municipality: m,
          topic: topics.device(m, id, 'telemetry'),
          reason,
          payload: '',
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: device.map(
        (id): JournalRecord => ({
          kind: 'result',
          municipality: m,
          device: id,
          result: { id: 'c1', status: 'applied' },
        }),
      ),
    },
    { weight: 8, arbitrary: fc.constant<JournalRecord>({ kind: 'tick', hearing: true }) },
    { weight: 1, arbitrary: fc.constant<JournalRecord>({ kind: 'tick', hearing: false }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('start', 'stop').map(
        (state): JournalRecord => ({
          kind: 'platform',
          state: state as 'start',
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(device, fc.boolean()).map(
        ([id, ends]): JournalRecord => ({
          kind: 'maintenance',
          municipality: m,
          scope: { kind: 'luminaire', id },
          until: ends ? null : now + 60_000,
        }),
      ),
    },
  )
}

/** A history: gaps of up to twenty seconds, often none, so that several things happen at one instant. */
const history = fc
  .array(fc.tuple(fc.constantFrom(0, 0, 500, 3_000, 10_000, 20_000), fc.nat(1_000_000)), {
    minLength: 20,
    maxLength: 300,
  })
  .chain((steps) => {
    let now = midnight
    return fc.tuple(
      ...steps.map(([after]) => {
        now += after
        const at = now
        return record(at).map((it): Happening & { at: number } => ({ after, at, record: it }))
      }),
    )
  })
  .map((happenings): JournalEntry[] => {
    const opening: JournalRecord[] = [
      { kind: 'platform', state: 'start' },
      { kind: 'assets', municipality: m, features: assets },
      ...lights.map(
        (device): JournalRecord => ({
          kind: 'reading',
          municipality: m,
          device,
          reading: { at: midnight, activePower: 58, supplyVoltage: 231, seq: 1, uptime: 4_000 },
        }),
      ),
    ]
    const told = [...opening.map((it) => ({ at: midnight, record: it })), ...happenings]
    return told.map((it, i) => ({ ...it.record, position: i + 1, receivedAt: it.at }) as JournalEntry)
  })

const judge = (entries: readonly JournalEntry[], detector = newDetector()): Detector => {
  for (const entry of entries) detector.apply(entry)
  return detector
}
const newDetector = (): Detector => createDetector({ municipality: m, timeZone: 'Europe/Athens', rules: shippedRules })
const changesOf = (detector: Detector): IncidentChange[] =>
  detector.drain().filter((output): output is IncidentChange => output.type.startsWith('incident.'))
const endOf = (entries: readonly JournalEntry[]): number => (entries.at(-1)?.receivedAt ?? midnight) + 1

describe('whatever happens', () => {
  test('the same history gives the same state and the same words, byte by byte', () => {
    fc.assert(
      fc.property(history, (entries) => {
        const [once, twice] = [judge(entries), judge(entries)]
        expect(once.snapshot()).toBe(twice.snapshot())
        expect(JSON.stringify(once.drain())).toBe(JSON.stringify(twice.drain()))
      }),
      { numRuns: 60 },
    )
  })

  test('a snapshot taken anywhere and restored goes on as if nothing had been interrupted', () => {
    fc.assert(
      fc.property(history, fc.nat(), (entries, at) => {
        const cut = at % entries.length
        const whole = judge(entries)
        const first = judge(entries.slice(0, cut))
        const before = first.drain()
        const second = newDetector()
        second.restore(first.snapshot())
        expect(second.snapshot()).toBe(first.snapshot())
        judge(entries.slice(cut), second)
        expect(JSON.parse(second.snapshot())).toEqual(JSON.parse(whole.snapshot()))
        expect(second.snapshot()).toBe(whole.snapshot())
        expect(JSON.stringify([...before, ...second.drain()])).toBe(JSON.stringify(whole.drain()))
      }),
      { numRuns: 100 },
    )
  })

  test('the order of what different devices say at one instant does not matter', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (entries, dice) => {
        const shuffled = shuffleWithinInstants(entries, () => dice.next().value as number)
        const [one, other] = [judge(entries), judge(shuffled)]
        one.advance(endOf(entries))
        other.advance(endOf(entries))
        expect(other.snapshot()).toBe(one.snapshot())
        expect(JSON.stringify(other.drain())).toBe(JSON.stringify(one.drain()))
      }),
      { numRuns: 60 },
    )
  })

  test('ticking more often changes nothing: deadlines are judged at their own moment', () => {
    fc.assert(
      fc.property(history, (entries) => {
        const finer = newDetector()
        let now = midnight
        let stopped = false
        for (const entry of entries) {
          const unheard =
            stopped ||
            (entry.kind === 'platform' && entry.state === 'start') ||
            (entry.kind === 'tick' && !entry.hearing)
          if (!unheard) for (now += 777; now < entry.receivedAt; now += 777) finer.advance(now)
          now = entry.receivedAt
          finer.apply(entry)
          if (entry.kind === 'platform') stopped = entry.state === 'stop'
        }
        const plain = judge(entries)
        expect(changesOf(finer)).toEqual(changesOf(plain))
      }),
      { numRuns: 60 },
    )
  })

  test('an incident opens once, changes in unbroken revisions and resolves once; one is open a fault and scope', () => {
    fc.assert(
      fc.property(history, (entries) => {
        const revisions = new Map<string, number>()
        const openScopes = new Map<string, string>()
        // A cause that gets a nearer name stays the same incident.
        const openedAs = new Map<string, string>()
        for (const { type, incident } of changesOf(judge(entries))) {
          const named = `${incident.fault} ${incident.scope.kind} ${incident.scope.id}`
          const scope = openedAs.get(incident.id) ?? named
          openedAs.set(incident.id, scope)
          // What was over before it was found is told whole, and never open.
          const past = incident.resolution === 'foundInHistory'
          if (past) expect(incident.state).toBe('resolved')
          else if (type === 'incident.opened') {
            expect(revisions.has(incident.id)).toBe(false)
            expect(openScopes.has(scope)).toBe(false)
            openScopes.set(scope, incident.id)
          } else {
            expect(incident.revision).toBe((revisions.get(incident.id) ?? 0) + 1)
            expect(openScopes.get(scope)).toBe(incident.id)
            if (type === 'incident.resolved') openScopes.delete(scope)
          }
          revisions.set(incident.id, incident.revision)
          expect(incident.state).toBe(type === 'incident.resolved' || past ? 'resolved' : 'open')
        }
      }),
      { numRuns: 100 },
    )
  })

  test('nothing is said before its hold: two dark readings, or the silence its link warrants', () => {
    fc.assert(
      fc.property(history, (entries) => {
        for (const { type, at, incident } of changesOf(judge(entries))) {
          if (type !== 'incident.opened' || incident.scope.kind !== 'luminaire') continue
          const mine = entries.filter((entry) => 'device' in entry && entry.device === incident.scope.id)
          if (incident.reason === 'poorDelivery') continue
          const heard = mine.filter((entry) => entry.receivedAt <= at && entry.kind === 'reading')
          if (incident.fault === 'lampFailure') expect(heard.length).toBeGreaterThanOrEqual(2)
          if (incident.fault !== 'communicationFailure') continue
          // What comes at the very instant of the deadline comes after it.
          const last = mine.findLast((entry) => entry.receivedAt < at && isSign(entry))
          expect(at - (last?.receivedAt ?? 0)).toBeGreaterThanOrEqual(2 * 10_000)
        }
      }),
      { numRuns: 60 },
    )
  })
})

const isSign = (entry: JournalEntry): boolean =>
  entry.kind === 'reading' || entry.kind === 'event' || (entry.kind === 'status' && entry.status.state !== 'offline')

/** Devices' messages of one instant in another order; each device's own stay in theirs. */
const shuffleWithinInstants = (entries: readonly JournalEntry[], die: () => number): JournalEntry[] => {
  const result = [...entries]
  for (let i = 0; i + 1 < result.length; i++) {
    const [a, b] = [result[i] as JournalEntry, result[i + 1] as JournalEntry]
    const apart = 'device' in a && 'device' in b && a.device !== b.device && a.receivedAt === b.receivedAt
    if (apart && die() % 2 === 0) [result[i], result[i + 1]] = [b, a]
  }
  return result
}
