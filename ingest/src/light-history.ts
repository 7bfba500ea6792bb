import {
  createLocalTime,
  type HistoryItem,
  type HistoryResolution,
  historyFields,
  hourMs,
  type Instant,
  type Log,
  type ReceivedReading,
  toIso,
} from '@fanari/contracts'
import type { FieldAggregate } from './followers/hour-aggregates.ts'
import type { HourlyRollup, Rollups } from './followers/rollups.ts'
import type { InfluxArchive } from './influx/archive.ts'
import type { Journal } from './journal/journal.ts'

type Range = { from: Instant; to: Instant }

/** What a light has done: from InfluxDB where one is beside the platform, from the journal and the own roll-ups otherwise. */
export interface LightHistory {
  readings(municipality: string, device: string, range: Range & { limit: number }): Promise<ReceivedReading[]>
  history(
    municipality: string,
    device: string,
    range: Range & { resolution: HistoryResolution; limit: number },
  ): Promise<HistoryItem[]>
}

export const createLightHistory = (options: {
  journal: Pick<Journal, 'readings'>
  rollups: Pick<Rollups, 'hourly'>
  archive: InfluxArchive | null
  /** Retention may have taken readings before this from the journal. */
  journalKeepsFrom: () => Instant
  timeZoneOf: (municipality: string) => string
  log: Log
}): LightHistory => {
  const { journal, rollups, archive, journalKeepsFrom, timeZoneOf, log } = options

  /** InfluxDB may be away: then what we have ourselves is the answer. */
  const askArchive = async <Answer>(
    ask: (archive: InfluxArchive) => Promise<Answer | null>,
  ): Promise<Answer | null> => {
    if (archive === null) return null
    try {
      return await ask(archive)
    } catch (error) {
      log('warn', 'influx.notAsked', { error: String(error) })
      return null
    }
  }

  const readings: LightHistory['readings'] = async (municipality, device, range) => {
    const kept = await journal.readings(municipality, device, range)
    const keptFrom = journalKeepsFrom()
    if (range.from >= keptFrom) return kept
    const older = await askArchive((it) =>
      it.readings(municipality, device, { ...range, to: Math.min(range.to, keptFrom) }),
    )
    if (older === null) return kept
    const keyOf = ({ at, seq }: ReceivedReading): string => `${at} ${seq}`
    const known = new Set(kept.map(keyOf))
    return [...older.filter((reading) => !known.has(keyOf(reading))), ...kept]
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      .slice(0, range.limit)
  }

  /** The hours of both, InfluxDB's where both have one. */
  const hourly = async (municipality: string, device: string, { from, to }: Range): Promise<HourlyRollup[]> => {
    const whole = { from: Math.ceil(from / hourMs) * hourMs, to }
    const own = await rollups.hourly(municipality, device, whole)
    const archived = await askArchive((it) => it.hours(municipality, device, whole))
    const hours = new Map(own.map((hour) => [hour.hour, hour]))
    for (const hour of archived ?? []) hours.set(hour.hour, hour)
    return [...hours.values()].sort((a, b) => a.hour - b.hour)
  }

  return {
    readings,
    async history(municipality, device, { resolution, limit, ...range }) {
      switch (resolution) {
        case 'raw':
          return (await readings(municipality, device, { ...range, limit })).map(rawItem)
        case 'hour':
          return (await hourly(municipality, device, range)).slice(0, limit).map(itemOf)
        case 'day':
          return byDay(await hourly(municipality, device, range), timeZoneOf(municipality))
            .filter(({ from }) => Date.parse(from) >= range.from)
            .slice(0, limit)
      }
    },
  }
}

const rawItem = (reading: ReceivedReading): HistoryItem => {
  const numbers: Record<string, unknown> = reading
  const { panelVoltage, panelCurrent } = numbers
  const fields: HistoryItem['fields'] = {}
  for (const field of historyFields) {
    const value =
      field !== 'panelPower'
        ? numbers[field]
        : typeof panelVoltage === 'number' && typeof panelCurrent === 'number'
          ? panelVoltage * panelCurrent
          : undefined
    if (typeof value === 'number') fields[field] = { count: 1, mean: value, min: value, max: value, last: value }
  }
  return { from: reading.at, readings: 1, fields }
}

const itemOf = ({ hour, readings, fields }: HourlyRollup): HistoryItem => ({
  from: toIso(hour),
  readings,
  fields: Object.fromEntries(
    Object.entries(fields).map(([field, { count, sum, min, max, last }]) => [
      field,
      { count, mean: sum / count, min, max, last },
    ]),
  ),
})

/** Hours added up to the local days they begin in. */
const byDay = (hours: readonly HourlyRollup[], timeZone: string): HistoryItem[] => {
  const local = createLocalTime(timeZone)
  const days = new Map<string, HourlyRollup>()
  for (const { hour, readings, fields } of hours) {
    const { date } = local.shown(hour)
    const day = days.get(date) ?? { hour: local.instantOf(date, 0), readings: 0, fields: {} }
    days.set(date, day)
    day.readings += readings
    for (const field of historyFields) {
      const more = fields[field]
      if (more !== undefined) day.fields[field] = together(day.fields[field], more)
    }
  }
  return [...days.values()].map(itemOf)
}

const together = (a: FieldAggregate | undefined, b: FieldAggregate): FieldAggregate =>
  a === undefined
    ? b
    : {
        count: a.count + b.count,
        sum: a.sum + b.sum,
        min: Math.min(a.min, b.min),
        max: Math.max(a.max, b.max),
        last: b.last,
        lastAt: b.lastAt,
      }
