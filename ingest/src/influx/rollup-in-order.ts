import { createLocalTime, hourMs, type Instant, rolledUpMeasurements, rollupFieldsOf } from '@fanari/contracts'
import { addUpEnergy, type EnergyPrices, type EnergySums, energyColumns, energyLines, energyOfDay } from './energy.ts'
import type { Lines } from './line.ts'
import type { Places } from './places.ts'
import { columnsToRollUp, dayLine, hourLine, lastCounters } from './rollup-aggregate.ts'
import type { InfluxSeries } from './server.ts'

/*
 * Roll-ups of history that comes in the order of time, from the lines on their way: InfluxDB need not be asked for what it has just got.
 * What an hour and a day are made by are the functions of the job.
 */

/** Rolls lines up as their hours end. */
export interface RollupInOrder {
  /** A line that comes after its hour was closed is not rolled up: the hour would be made anew from that line alone. */
  take(raw: readonly string[]): void
  /** Hours that got lines after they were closed: only InfluxDB has all of theirs. */
  lateHours(): readonly Instant[]
  /** Lines of `h1` and `d1` of all hours and days that are over before `until`. */
  close(until: Instant): Pick<Lines, 'h1' | 'd1'>
}

const unescaped = (text: string): string => text.replaceAll(/\\([,= ])/g, '$1')

/** Of the text before the first blank that is not escaped. */
const tagsOf = (head: string): { name: string; tags: Record<string, string> } => {
  const [name = '', ...pairs] = head.split(/(?<!\\),/)
  return { name, tags: Object.fromEntries(pairs.map((pair) => pair.split(/(?<!\\)=/).map(unescaped))) }
}

/** Where the name and the tags of a line end: at the first blank that is not escaped. */
export const headEndOf = (line: string): number => {
  let end = line.indexOf(' ')
  while (line[end - 1] === '\\') end = line.indexOf(' ', end + 1)
  return end
}

/** Where a text ends that begins here: at the first quotation mark that is not escaped. */
const textEndOf = (line: string, begins: number): number => {
  let end = begins
  while (line[end] !== '"' && end < line.length) end += line[end] === '\\' ? 2 : 1
  return end
}

/** Numbers of lines by series, as InfluxDB would answer for these columns. */
const createTable = (columnsOf: (name: string) => readonly string[] | null) => {
  const known = new Map<string, { series: InfluxSeries; at: Map<string, number> } | null>()
  const find = (head: string) => {
    let found = known.get(head)
    if (found !== undefined) return found
    const { name, tags } = tagsOf(head)
    const columns = columnsOf(name)
    found =
      columns === null
        ? null
        : {
            series: { name, tags, columns: ['time', ...columns], values: [] },
            at: new Map(columns.map((column, i) => [column, i + 1])),
          }
    known.set(head, found)
    return found
  }
  return {
    add(line: string): void {
      const headEnds = headEndOf(line)
      const found = find(line.slice(0, headEnds))
      if (found === null) return
      const timeBegins = line.lastIndexOf(' ') + 1
      const row: (number | null)[] = new Array(found.series.columns.length).fill(null)
      row[0] = Number(line.slice(timeBegins))
      for (let begins = headEnds + 1; begins < timeBegins; ) {
        const equals = line.indexOf('=', begins)
        if (equals < 0) break
        const comma = line.indexOf(',', line[equals + 1] === '"' ? textEndOf(line, equals + 2) : equals)
        const ends = comma < 0 ? timeBegins - 1 : comma
        const column = found.at.get(line.slice(begins, equals))
        if (column !== undefined) row[column] = Number.parseFloat(line.slice(equals + 1, ends))
        begins = ends + 1
      }
      found.series.values.push(row)
    },
    /** All series that have rows, in the order of time, a time once; forgets the rows. */
    empty(): InfluxSeries[] {
      const all: InfluxSeries[] = []
      for (const found of known.values()) {
        if (found === null || found.series.values.length === 0) continue
        const byTime = new Map(found.series.values.map((row) => [Number(row[0]), row]))
        const values = [...byTime].sort(([a], [b]) => a - b).map(([, row]) => row)
        all.push({ ...found.series, values })
        found.series.values = []
      }
      return all
    },
  }
}

const isRolledUp = (name: string) => rolledUpMeasurements.find((one) => one === name)

export const createRollupInOrder = (options: {
  municipality: string
  timeZone: string
  places: Pick<Places, 'light'>
  prices: EnergyPrices
  /** Hours before it are not rolled up. */
  from: Instant
}): RollupInOrder => {
  const { municipality, places, prices, from } = options
  const local = createLocalTime(options.timeZone)
  const waiting = new Map<Instant, string[]>()
  const late = new Set<Instant>()
  let closedUntil = Number.NEGATIVE_INFINITY
  const hourTable = createTable((text) => {
    const name = isRolledUp(text)
    return name === undefined ? null : columnsToRollUp(name)
  })
  const dayTable = createTable((text) => {
    const name = isRolledUp(text)
    if (name !== undefined) return Object.keys(rollupFieldsOf(name))
    return text === 'energy' ? energyColumns : null
  })
  let day: string | null = null
  let counters: { hour: Instant; of: Map<string, number> } = { hour: Number.NaN, of: new Map() }

  const closeHour = (hour: Instant, raw: readonly string[]): string[] => {
    for (const line of raw) hourTable.add(line)
    const series = hourTable.empty()
    const sums = new Map<string, EnergySums>()
    const lights = series.filter(({ name }) => name === 'luminaire_reading')
    const before = counters.hour === hour - hourMs ? counters.of : new Map<string, number>()
    addUpEnergy(sums, lights, { municipality, places, before })
    counters = { hour, of: lastCounters(lights) }
    return [
      ...series.flatMap((one) => {
        const name = isRolledUp(one.name)
        return name === undefined ? [] : (hourLine(name, hour, one) ?? [])
      }),
      ...[...sums.values()].flatMap((sum) => energyLines(sum, prices, hour)),
    ]
  }

  const closeDay = (): string[] => {
    if (day === null) return []
    const begins = local.instantOf(day, 0)
    return dayTable.empty().flatMap((one) => {
      const name = isRolledUp(one.name)
      return name === undefined ? energyOfDay(one, begins) : (dayLine(name, begins, one) ?? [])
    })
  }

  return {
    take(raw) {
      for (const line of raw) {
        const hour = Math.floor(Number(line.slice(line.lastIndexOf(' ') + 1)) / hourMs) * hourMs
        if (hour < from) continue
        if (hour < closedUntil) {
          late.add(hour)
          // Its energy is counted from what the counter showed last in the hour before.
          if (hour + hourMs < closedUntil) late.add(hour + hourMs)
          continue
        }
        const lines = waiting.get(hour) ?? []
        waiting.set(hour, lines)
        lines.push(line)
      }
    },
    lateHours: () => [...late],
    close(until) {
      const closed: Pick<Lines, 'h1' | 'd1'> = { h1: [], d1: [] }
      const over = [...waiting].filter(([hour]) => hour + hourMs <= until).sort(([a], [b]) => a - b)
      for (const [hour, raw] of over) {
        const { date } = local.shown(hour)
        if (date !== day) closed.d1.push(...closeDay())
        day = date
        const h1 = closeHour(hour, raw)
        for (const line of h1) dayTable.add(line)
        closed.h1.push(...h1)
        waiting.delete(hour)
        closedUntil = hour + hourMs
      }
      if (until === Number.POSITIVE_INFINITY) closed.d1.push(...closeDay())
      return closed
    },
  }
}
