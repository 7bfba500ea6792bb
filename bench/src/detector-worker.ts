import { type JournalEntry, type JournalRecord, shippedRules } from '@fanari/contracts'
import { createDetector, type Detector } from '@fanari/ingest/detection'
import { deviceName, municipality } from './load.ts'
import { answer } from './processes.ts'
import { lightsPerCircuit, reportMs, town } from './town.ts'

/*
 * One night of a town in memory; what is timed is the detector alone, not the making of its entries.
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
const tickMs = 5_000
/** Mid-winter in Orestiada, well after dusk. */
const dusk = Date.parse('2026-01-15T17:00:00Z')
/** What a light does that night. One in 500 burns out in the second hour; one circuit fails and comes back. */
const powerOf = (number: number, minutes: number): number | null => {
  const inFailedCircuit = Math.floor(number / lightsPerCircuit) === 3
  if (inFailedCircuit && minutes >= 120 && minutes < 180) return null
  return number % 500 === 7 && minutes >= 90 ? 0.4 : 58
}

/** The entries of a night in the journal's order, one reporting interval at a time: the town first. */
function* night({ lights, hours }: DetectorQuestion): Generator<JournalEntry[]> {
  let position = 0
  let entries: JournalEntry[] = []
  const add = (receivedAt: number, record: JournalRecord): void => {
    position += 1
    entries.push({ ...record, position, receivedAt })
  }
  add(dusk, { kind: 'platform', state: 'start' })
  add(dusk, { kind: 'assets', municipality, features: town(lights) })
  yield entries
  entries = []
  const ticksPerReport = reportMs / tickMs
  for (let at = dusk; at < dusk + hours * 60 * minuteMs; at += tickMs) {
    add(at, { kind: 'tick', hearing: true })
    const sinceDuskMs = at - dusk
    const slot = (sinceDuskMs / tickMs) % ticksPerReport
    for (let number = slot; number < lights; number += ticksPerReport) {
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
    if (slot < ticksPerReport - 1) continue
    yield entries
    entries = []
  }
}

const heapBytes = (): number => {
  // The second pass frees what finalizers and weak references held through the first.
  global.gc?.()
  global.gc?.()
  return process.memoryUsage().heapUsed
}

const create = (): Detector => createDetector({ municipality, timeZone: 'Europe/Athens', rules: shippedRules })

/** Replays a night. Only `apply` and `drain` are timed, and registering the town is not. */
const replay = (detector: Detector, question: DetectorQuestion) => {
  let incidents = 0
  let readings = 0
  let ticks = 0
  let microseconds = 0
  for (const entries of night(question)) {
    const before = process.cpuUsage()
    for (const entry of entries) detector.apply(entry)
    const outputs = detector.drain()
    const { user, system } = process.cpuUsage(before)
    const readingsHere = entries.filter(({ kind }) => kind === 'reading').length
    if (readingsHere > 0) microseconds += user + system
    readings += readingsHere
    ticks += entries.filter(({ kind }) => kind === 'tick').length
    incidents += outputs.filter(({ type }) => type === 'incident.opened').length
  }
  return { readings, ticks, incidents, readingsPerCpuSecond: readings / (microseconds / 1e6) }
}

answer(async (question: DetectorQuestion): Promise<DetectorAnswer> => {
  // Once for the compiler to warm up.
  replay(create(), question)
  const before = heapBytes()
  const detector = create()
  const replayed = replay(detector, question)
  const heapBytesPerLight = (heapBytes() - before) / question.lights
  const snapshotStartedAt = performance.now()
  const snapshot = detector.snapshot()
  const snapshotMs = performance.now() - snapshotStartedAt
  const restoreStartedAt = performance.now()
  create().restore(snapshot)
  return {
    ...replayed,
    heapBytesPerLight,
    snapshotBytesPerLight: snapshot.length / question.lights,
    snapshotMs,
    restoreMs: performance.now() - restoreStartedAt,
  }
})
