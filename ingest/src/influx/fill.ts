import {
  createLocalTime,
  type DetectorOutput,
  type Forecast,
  type GroupIndices,
  hourMs,
  type Incident,
  type Instant,
  type JournalEntry,
  type LightState,
  type Log,
  minuteMs,
  type NightGroup,
  shiftDate,
  type Ticket,
} from '@fanari/contracts'
import { createInfluxDoor } from './door.ts'
import { createDecisionEncoder } from './encode-decisions.ts'
import { encodeEntry } from './encode-journal.ts'
import { nightIndexLines } from './encode-nights.ts'
import { incidentTicketLines, ticketLines } from './encode-records.ts'
import type { EnergyPrices } from './energy.ts'
import { type Line, type Lines, noLines } from './line.ts'
import { createPlaces } from './places.ts'
import { createRollupJob } from './rollup.ts'
import { createRollupInOrder, headEndOf } from './rollup-in-order.ts'
import { createInfluxServer, type InfluxConnection } from './server.ts'
import { writeSolarOutcomes } from './solar-outcomes.ts'
import { createInfluxStore } from './store.ts'
import { createWriter } from './writer.ts'

/** A stretch of history put into InfluxDB in one go, by the encoders and the roll-up job of the follower. */
export interface InfluxFill {
  entry(entry: JournalEntry): void
  decided(outputs: readonly DetectorOutput[]): void
  /** The last version of each is enough. */
  tickets(tickets: readonly Ticket[]): void
  incidents(incidents: readonly Incident[]): void
  night(night: string, by: NightGroup, indices: readonly GroupIndices[]): void
  /** Lines of another origin. */
  add(lines: readonly Line[]): void
  /** Sends what was taken so far. */
  flush(): Promise<void>
  /** Sends the rest, rolls every hour and day up, and closes. Answers how many points InfluxDB has taken and refused. */
  finish(): Promise<{ points: number; refused: number }>
}

/** Points in one request. */
const pointsAtATime = 5_000

/**
 * The lines of each series together, in their order: InfluxDB finds a series once a request for each field, and writes its name into the
 * log once, however many points follow.
 */
const bySeries = (lines: readonly string[]): string[] => {
  const all = new Map<string, string[]>()
  for (const line of lines) {
    const head = line.slice(0, headEndOf(line))
    const known = all.get(head)
    if (known === undefined) all.set(head, [line])
    else known.push(line)
  }
  return [...all.values()].flat()
}
const noonMinutes = 12 * 60
const quarterMs = 15 * minuteMs

export const createInfluxFill = (options: {
  connection: InfluxConnection
  municipality: string
  timeZone: string
  /** For what the roll-ups must know while the fill goes on. */
  folder: string
  prices: EnergyPrices
  /** Hours before it are not rolled up: they only let batteries get their past. */
  rollUpFrom?: Instant
  /**
   * Readings come in the order of time: hours and days are rolled up on their way, and the server is asked only for those that a reading
   * came to after the flush that followed them.
   */
  isInOrder?: boolean
  stateOf: (luminaire: string) => LightState | null
  forecastOf: (luminaire: string) => Forecast | null
  log: Log
}): InfluxFill => {
  const { connection, municipality, timeZone, log, rollUpFrom = Number.NEGATIVE_INFINITY } = options
  const store = createInfluxStore({ folder: options.folder })
  const server = createInfluxServer(connection)
  // Much is sent, and as a rule not far.
  const writer = createWriter(connection, { gzipBytes: Number.POSITIVE_INFINITY })
  const places = createPlaces()
  let refused = 0
  const door = createInfluxDoor({
    server,
    writer,
    connection,
    log,
    setAside: (points) => {
      refused += points.length
    },
  })
  const encoder = createDecisionEncoder({
    places,
    stateOf: (_municipality, luminaire) => options.stateOf(luminaire),
    forecastOf: (_municipality, luminaire) => options.forecastOf(luminaire),
  })
  const { signal } = new AbortController()
  const hours = new Set<number>()
  const nights = new Set<string>()
  const quarters = new Set<number>()
  const local = createLocalTime(timeZone)
  const inOrder =
    options.isInOrder === true
      ? createRollupInOrder({ municipality, timeZone, places, prices: options.prices, from: rollUpFrom })
      : null
  let newest = Number.NEGATIVE_INFINITY
  let waiting: Lines = noLines()
  store.start()

  const add = (lines: readonly Line[]): void => {
    for (const { policy, text } of lines) waiting[policy].push(text)
  }

  const send = async (until: Instant): Promise<void> => {
    const lines = waiting
    waiting = noLines()
    if (inOrder !== null) {
      inOrder.take(lines.raw)
      const { h1, d1 } = inOrder.close(until)
      for (const line of h1) lines.h1.push(line)
      for (const line of d1) lines.d1.push(line)
    }
    const sendAll = async (policy: keyof Lines): Promise<void> => {
      const sorted = bySeries(lines[policy])
      for (let first = 0; first < sorted.length; first += pointsAtATime)
        await door.deliver({ [policy]: sorted.slice(first, first + pointsAtATime) }, signal)
    }
    await Promise.all((Object.keys(lines) as (keyof Lines)[]).map(sendAll))
  }

  return {
    add,
    flush: () => send(newest),
    entry(entry) {
      const skipped = encodeEntry(places, entry, waiting)
      if (entry.kind !== 'reading' || skipped !== null || entry.reading.at < rollUpFrom) return
      newest = Math.max(newest, entry.reading.at)
      if (inOrder === null) hours.add(Math.floor(entry.reading.at / hourMs) * hourMs)
      // Of all zones, noon is at a whole quarter: it is asked once.
      const quarter = Math.floor(entry.reading.at / quarterMs)
      if (quarters.has(quarter)) return
      quarters.add(quarter)
      nights.add(local.nightOf(entry.reading.at))
    },
    decided: (outputs) => add(encoder.encode(municipality, outputs)),
    tickets: (tickets) => add(tickets.flatMap((ticket) => ticketLines(ticket))),
    incidents: (incidents) => add(incidents.flatMap(incidentTicketLines)),
    night(night, by, indices) {
      const noon = local.instantOf(night, noonMinutes)
      for (const one of indices) add(nightIndexLines({ municipality, night, noon, live: false }, by, one))
    },
    async finish() {
      await send(Number.POSITIVE_INFINITY)
      const stale = [...hours, ...(inOrder?.lateHours() ?? [])].map((hour) => ({ municipality, hour }))
      store.advance('journal', 1, stale)
      await createRollupJob({
        server,
        door,
        store,
        places,
        timeZoneOf: () => timeZone,
        now: () => Number.POSITIVE_INFINITY,
        prices: options.prices,
      }).run(signal)
      for (const night of nights) {
        const from = local.instantOf(night, noonMinutes)
        const until = local.instantOf(shiftDate(night, 1), noonMinutes)
        await writeSolarOutcomes({ server, door }, { municipality, night, from, until }, signal)
      }
      writer.close()
      store.stop()
      return { points: door.points(), refused }
    },
  }
}
