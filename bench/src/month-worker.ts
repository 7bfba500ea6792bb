import { type AssetFeature, type JournalEntry, type JournalRecord, type Reading, shippedRules } from '@fanari/contracts'
import { createDetector, type Detector } from '@fanari/ingest/detection'
import { deviceName, municipality } from './load.ts'
import { answer } from './processes.ts'
import { isSolar, reportMs, town } from './town.ts'

/*
 * A month of a town, or a moment of a large one, in memory; what is timed is the detector alone, not the making of its entries.
 */

export interface MonthQuestion {
  lights: number
  days: number
}

export interface MonthAnswer {
  readings: number
  /** CPU time of all of `apply` and `drain` [s]. */
  judgedSeconds: number
  /** Incidents opened, to show that there was something to judge. */
  incidents: number
  /** Heap that the detector keeps a light in the end [bytes]; entries and outputs not counted. */
  heapBytesPerLight: number
  snapshotBytesPerLight: number
  /** CPU time [s]. */
  snapshotSeconds: number
  restoreSeconds: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const oneSolarIn = 7
/** A winter noon in Orestiada [UTC]. */
const noon = Date.parse('2026-01-15T10:00:00Z')
/** From then to mid-February these hours after noon lie in the twilight, in which on and off are both in order. */
const duskHour = 5.75
const dawnHour = 19.67

/** From 0 at sunrise over 1 at noon to 0 at sunset. */
const sunshine = (hour: number): number => Math.max(0, Math.cos((Math.min(hour, 24 - hour) / 4.8) * (Math.PI / 2)))

/** One lamp in 500 burns out, a few every night. */
const gridReading = (number: number, day: number, isNight: boolean): Partial<Reading> => {
  const isBurnt = number % 500 === 7 && day >= (number / 500) % 8
  return { supplyVoltage: 231, lightLevel: isNight ? 100 : 0, activePower: isNight && !isBurnt ? 58 : 0.4 }
}

/** A day's harvest and a night's use nearly balance; the battery's state follows the hour. */
const solarReading = (hour: number, isNight: boolean): Partial<Reading> => {
  const panelCurrent = 7 * sunshine(hour)
  const level = isNight ? 95 - 2.6 * (hour - duskHour) : 60 + 5 * Math.min(hour, 6)
  return {
    lightLevel: isNight ? 100 : 0,
    activePower: isNight ? 29 : 0.3,
    panelVoltage: panelCurrent > 0 ? 17.5 : 0,
    panelCurrent,
    batteryVoltage: isNight ? 13.1 : 13.3 + 0.05 * panelCurrent,
    batteryCurrent: isNight ? -2.3 : panelCurrent,
    batteryLevel: level,
    batteryTemperature: 6,
    loadState: isNight ? 'on' : 'off',
  }
}

/** The entries in the journal's order, an hour at a time: the town first. */
function* entriesOf({ lights, days }: MonthQuestion): Generator<JournalEntry[]> {
  let position = 0
  let entries: JournalEntry[] = []
  const add = (receivedAt: number, record: JournalRecord): void => {
    position += 1
    entries.push({ ...record, position, receivedAt })
  }
  const features: AssetFeature[] = town(lights, oneSolarIn)
  add(noon, { kind: 'platform', state: 'start' })
  add(noon, { kind: 'assets', municipality, features })
  const minutesPerReport = reportMs / minuteMs
  for (let at = noon; at < noon + days * dayMs; at += minuteMs) {
    add(at, { kind: 'tick', hearing: true })
    const minutes = (at - noon) / minuteMs
    const day = Math.floor(minutes / 1_440)
    const hour = (minutes % 1_440) / 60
    const isNight = hour >= duskHour && hour < dawnHour
    for (let number = minutes % minutesPerReport; number < lights; number += minutesPerReport) {
      const receivedAt = at + Math.floor((number / lights) * minuteMs)
      const ofLight = isSolar(number, oneSolarIn) ? solarReading(hour, isNight) : gridReading(number, day, isNight)
      const seq = Math.floor(minutes / minutesPerReport)
      const reading = { at: receivedAt, seq, uptime: 100_000 + minutes * 60, ...ofLight }
      add(receivedAt, { kind: 'reading', municipality, device: deviceName(number), reading })
    }
    if (minutes % 60 < 59 && at + minuteMs < noon + days * dayMs) continue
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

/** Only `apply` and `drain` are timed. */
const judge = (detector: Detector, question: MonthQuestion) => {
  let [readings, incidents, microseconds] = [0, 0, 0]
  for (const entries of entriesOf(question)) {
    const before = process.cpuUsage()
    for (const entry of entries) detector.apply(entry)
    const outputs = detector.drain()
    const { user, system } = process.cpuUsage(before)
    microseconds += user + system
    readings += entries.filter(({ kind }) => kind === 'reading').length
    incidents += outputs.filter(({ type }) => type === 'incident.opened').length
  }
  return { readings, incidents, judgedSeconds: microseconds / 1e6 }
}

/** CPU time of an action [s]. */
const cpuSecondsOf = (action: () => void): number => {
  const before = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

answer(async (question: MonthQuestion): Promise<MonthAnswer> => {
  // Once for the compiler to warm up, and for what loading the modules leaves to be collected.
  judge(create(), { lights: 400, days: 0.2 })
  let detector: Detector | null = create()
  const judged = judge(detector, question)
  const held = heapBytes()
  let snapshot = ''
  const snapshotSeconds = cpuSecondsOf(() => {
    snapshot = detector?.snapshot() ?? ''
  })
  const restoreSeconds = cpuSecondsOf(() => create().restore(snapshot))
  const snapshotBytesPerLight = snapshot.length / question.lights
  // What is freed with the detector is what it held.
  detector = null
  snapshot = ''
  return {
    ...judged,
    heapBytesPerLight: (held - heapBytes()) / question.lights,
    snapshotBytesPerLight,
    snapshotSeconds,
    restoreSeconds,
  }
})
