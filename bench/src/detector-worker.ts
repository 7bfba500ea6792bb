import type { AssetFeature, JournalEntry, JournalRecord } from '@fanari/contracts'
import { createDetector, type Detector } from '@fanari/ingest/detection'
import { deviceName, municipality } from './load.ts'
import { answer } from './processes.ts'

/*
 * One night of a town in memory. Entries are made before the clock starts; what is timed is the detector alone.
 */

export interface DetectorQuestion {
  lights: number
  hours: number
}

export interface DetectorAnswer {
  readings: number
  ticks: number
  /** By CPU time, which does not count what other processes did meanwhile. */
  readingsPerCpuSecond: number
  /** Incidents opened, to show that there was something to judge. */
  incidents: number
  /** Heap that the detector keeps a light after the night [bytes]; entries and outputs not counted. */
  heapBytesPerLight: number
  snapshotBytesPerLight: number
  snapshotMs: number
  restoreMs: number
}

const minuteMs = 60_000
const reportMs = 5 * minuteMs
const tickMs = 5_000
/** Mid-winter in Orestiada, well after dusk. */
const dusk = Date.parse('2026-01-15T17:00:00Z')
const lightsPerCircuit = 40
const circuitsPerCabinet = 6

const feature = (properties: object): AssetFeature =>
  ({ type: 'Feature', geometry: { type: 'Point', coordinates: [26.53, 41.5] }, properties }) as AssetFeature

const town = (lights: number): AssetFeature[] => {
  const features = [feature({ kind: 'community', id: 'village', name: 'Village' })]
  for (let number = 0; number < lights; number++) {
    const circuit = Math.floor(number / lightsPerCircuit)
    features.push(
      feature({
        kind: 'luminaire',
        id: deviceName(number),
        community: 'village',
        cabinet: `cabinet-${Math.floor(circuit / circuitsPerCabinet)}`,
        circuit: `circuit-${circuit}`,
        phase: `L${(number % 3) + 1}`,
        position: number % lightsPerCircuit,
        gateway: `gateway-${number % 20}`,
        supply: 'grid',
        ratedPower: 60,
        reportInterval: reportMs / 1_000,
        owner: 'municipality',
        program: 'duskToDawn',
      }),
    )
  }
  return features
}

/** What a light does that night. One in 500 burns out in the second hour; one circuit fails and comes back. */
const powerOf = (number: number, minutes: number): number | null => {
  const inFailedCircuit = Math.floor(number / lightsPerCircuit) === 3
  if (inFailedCircuit && minutes >= 120 && minutes < 180) return null
  return number % 500 === 7 && minutes >= 90 ? 0.4 : 58
}

const night = ({ lights, hours }: DetectorQuestion): JournalEntry[] => {
  const entries: JournalEntry[] = []
  const add = (receivedAt: number, record: JournalRecord): void => {
    entries.push({ ...record, position: entries.length + 1, receivedAt })
  }
  add(dusk, { kind: 'platform', state: 'start' })
  add(dusk, { kind: 'assets', municipality, features: town(lights) })
  for (let at = dusk; at < dusk + hours * 60 * minuteMs; at += tickMs) {
    add(at, { kind: 'tick', hearing: true })
    const slot = ((at - dusk) % reportMs) / tickMs
    for (let number = slot; number < lights; number += reportMs / tickMs) {
      const sinceDuskMs = at - dusk
      const activePower = powerOf(number, sinceDuskMs / minuteMs)
      if (activePower === null) continue
      // Devices report at any moment, not by the tick.
      const receivedAt = at + Math.floor((number / lights) * tickMs)
      const reading = {
        at: receivedAt,
        seq: Math.floor(sinceDuskMs / reportMs),
        uptime: 100_000 + sinceDuskMs / 1_000,
        lightLevel: 100,
        supplyVoltage: 231,
        activePower,
      }
      add(receivedAt, { kind: 'reading', municipality, device: deviceName(number), reading })
    }
  }
  return entries
}

const heapBytes = (): number => {
  global.gc?.()
  return process.memoryUsage().heapUsed
}

const create = (): Detector => createDetector({ municipality, timeZone: 'Europe/Athens' })

const replay = (detector: Detector, entries: readonly JournalEntry[]): { cpuSeconds: number; incidents: number } => {
  let incidents = 0
  const before = process.cpuUsage()
  for (let from = 0; from < entries.length; from += 1_000) {
    for (const entry of entries.slice(from, from + 1_000)) detector.apply(entry)
    for (const { type } of detector.drain()) if (type === 'incident.opened') incidents += 1
  }
  const { user, system } = process.cpuUsage(before)
  return { cpuSeconds: (user + system) / 1e6, incidents }
}

answer(async (question: DetectorQuestion): Promise<DetectorAnswer> => {
  const entries = night(question)
  const readings = entries.filter(({ kind }) => kind === 'reading').length
  // Once for the compiler to warm up.
  replay(create(), entries)
  const before = heapBytes()
  const detector = create()
  const { cpuSeconds, incidents } = replay(detector, entries)
  const heapBytesPerLight = (heapBytes() - before) / question.lights
  const snapshotStartedAt = performance.now()
  const snapshot = detector.snapshot()
  const snapshotMs = performance.now() - snapshotStartedAt
  const restoreStartedAt = performance.now()
  create().restore(snapshot)
  return {
    readings,
    ticks: entries.length - readings,
    readingsPerCpuSecond: readings / cpuSeconds,
    incidents,
    heapBytesPerLight,
    snapshotBytesPerLight: snapshot.length / question.lights,
    snapshotMs,
    restoreMs: performance.now() - restoreStartedAt,
  }
})
