import {
  type AssetFeature,
  type DetectorOutput,
  type DeviceStatus,
  evidenceInGreek,
  type IncidentChange,
  type JournalEntry,
  type JournalRecord,
  type Reading,
  shippedRules,
} from '@fanari/contracts'
import { createDetector, type Detector } from './detector.ts'

/** For tests: a small municipality told minute by minute, in simulated time. */
export interface Story {
  detector: Detector
  entries: JournalEntry[]
  changes: IncidentChange[]
  outputs: DetectorOutput[]
  now: number
  tell(record: JournalRecord): void
  /** Lets time pass in ticks of 500 ms. `each` runs once a second with the seconds passed. */
  pass(seconds: number, each?: (second: number) => void): void
  read(device: string, fields?: Partial<Reading>): void
  status(device: string, status: DeviceStatus): void
  gasp(device: string): void
  /** "opened circuitOutage circuit:c1 ×5" */
  heard(): string[]
  state(light: string): string
}

export const m = 'town'

/** Mid-winter midnight in Orestiada: every dusk-to-dawn light has been on for hours. */
export const midnight = Date.parse('2026-01-15T22:00:00Z')
export const noon = Date.parse('2026-01-15T10:00:00Z')

export const lamp = (id: string, more: Partial<Record<string, unknown>> = {}): AssetFeature =>
  ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [26.53, 41.5] },
    properties: {
      kind: 'luminaire',
      id,
      community: 'village',
      supply: 'grid',
      ratedPower: 60,
      reportInterval: 300,
      owner: 'municipality',
      program: 'duskToDawn',
      ...more,
    },
  }) as AssetFeature

export const lamps = (prefix: string, count: number, more: Partial<Record<string, unknown>> = {}): AssetFeature[] =>
  Array.from({ length: count }, (_, i) => lamp(`${prefix}${String(i + 1).padStart(2, '0')}`, more))

/** Lights along a line: position 1 is next to the cabinet, phases turn. */
export const line = (prefix: string, count: number, more: Partial<Record<string, unknown>> = {}): AssetFeature[] =>
  lamps(prefix, count, more).map((feature, i) => ({
    ...feature,
    properties: { ...feature.properties, position: i + 1, phase: `L${(i % 3) + 1}` },
  })) as AssetFeature[]

/** A cabinet whose meter is the device `<id>-meter`. */
export const cabinet = (id: string): AssetFeature =>
  ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [26.53, 41.5] },
    properties: { kind: 'cabinet', id, community: 'village', device: `${id}-meter`, reportInterval: 300 },
  }) as AssetFeature

export const meter = (story: Story, id: string, fields: Partial<Reading>): void =>
  story.tell({
    kind: 'reading',
    municipality: m,
    device: `${id}-meter`,
    reading: { at: story.now, voltageL1: 231, voltageL2: 230, voltageL3: 232, ...fields },
  })

export const ids = (features: AssetFeature[]): string[] => features.map((feature) => feature.properties.id)

export const tell = (options: { start?: number; assets: AssetFeature[] }): Story => {
  const detector = createDetector({ municipality: m, timeZone: 'Europe/Athens', rules: shippedRules })
  const seq = new Map<string, number>()
  const begun = new Map<string, number>()
  const story: Story = {
    detector,
    entries: [],
    changes: [],
    outputs: [],
    now: options.start ?? midnight,
    tell(record) {
      const entry = { ...record, position: story.entries.length + 1, receivedAt: story.now } as JournalEntry
      story.entries.push(entry)
      detector.apply(entry)
      collect()
    },
    pass(seconds, each) {
      for (let half = 1; half <= seconds * 2; half++) {
        story.now += 500
        if (half % 2 === 0) each?.(half / 2)
        story.tell({ kind: 'tick', hearing: true })
      }
    },
    read(device, fields = {}) {
      const next = (seq.get(device) ?? 0) + 1
      seq.set(device, next)
      if (!begun.has(device)) begun.set(device, story.now - 3_600_000)
      const uptime = (story.now - (begun.get(device) ?? 0)) / 1_000
      const reading: Reading = { at: story.now, seq: next, uptime, activePower: 58, supplyVoltage: 231, ...fields }
      story.tell({ kind: 'reading', municipality: m, device, reading })
    },
    status: (device, status) => story.tell({ kind: 'status', municipality: m, device, status }),
    gasp: (device) =>
      story.tell({ kind: 'event', municipality: m, device, event: { type: 'supplyLoss', at: story.now } }),
    heard: () =>
      story.changes.map(
        ({ type, incident }) =>
          `${type.slice(9)} ${incident.fault} ${incident.scope.kind}:${incident.scope.id}${incident.members.length > 1 ? ` ×${incident.members.length}` : ''}${incident.resolution === undefined ? '' : ` ${incident.resolution}`}`,
      ),
    state: (light) => detector.light(light)?.state ?? 'missing',
  }
  const note = (change: IncidentChange): void => {
    story.changes.push(change)
    for (const { detail } of change.incident.evidence)
      if (evidenceInGreek(detail) === null) throw new Error(`evidence without Greek: ${detail}`)
  }
  const collect = (): void => {
    const drained = detector.drain()
    story.outputs.push(...drained)
    for (const output of drained)
      if ('incident' in output && typeof output.incident === 'object' && output.type !== 'incident.confirmed')
        note(output as IncidentChange)
  }
  story.tell({ kind: 'platform', state: 'start' })
  story.tell({ kind: 'assets', municipality: m, features: options.assets })
  return story
}

/** Every device reports once an interval, each at its own second of it. */
export const reporting =
  (
    story: Story,
    devices: readonly string[],
    intervalS: number,
    fields: (device: string) => Partial<Reading> | null = () => ({}),
  ) =>
  (second: number): void => {
    for (const [i, device] of devices.entries()) {
      if ((second + i * 7) % intervalS !== 0) continue
      const reading = fields(device)
      if (reading !== null) story.read(device, reading)
    }
  }

/** Only what was opened. */
export const opened = (heard: string[]): string[] => heard.filter((line) => line.startsWith('opened'))

/** What was opened and resolved of single causes, without what follows from them. */
export const told = (story: Story): string[] =>
  story.heard().filter((it) => !/communityDark|platformBlind/.test(it) && !it.startsWith('updated'))

/** The last document of the incidents of one scope. */
export const lastOf = (story: Story, scope: string) =>
  story.changes.findLast((it) => `${it.incident.scope.kind}:${it.incident.scope.id}` === scope)?.incident
