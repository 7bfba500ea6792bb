import {
  type Category,
  categories,
  type Instant,
  type PauseReason,
  pauseReasons,
  type TicketOutcome,
  ticketOutcomes,
} from '@fanari/contracts'
import { bytes, type Columns, createColumns, numbers, times } from './columns.ts'
import type { OpenSpan, ReportFact, TicketFact, Wait } from './facts.ts'
import type { LocalCalendar } from './local-calendar.ts'
import type { ServiceTime } from './service-time.ts'
import { createWords, type Words } from './words.ts'

/*
 * The facts of one municipality as rows of numbers, with what every count needs of them worked out beforehand: the hour that the wall
 * clock showed, and how much of a time the services were open. Instants are [ms since 1970 UTC], durations [ms]; NaN is for what has not
 * happened, and no comparison with it holds. Hours of the wall are counted from 1970 on.
 */

const reportColumns = (rows: number) => ({
  at: times(rows),
  wallHour: numbers(rows),
  flags: bytes(rows),
  respondedAt: times(rows),
  responseOpenMs: times(rows),
  responseDueAt: times(rows),
  answerAt: times(rows),
  answerWallHour: numbers(rows),
  rating: bytes(rows),
  channel: numbers(rows),
  category: numbers(rows),
  community: numbers(rows),
  luminaire: numbers(rows),
  /** Row of its ticket, which may not be known yet. */
  ticket: numbers(rows),
  lat: times(rows),
  lon: times(rows),
})

const ticketColumns = (rows: number) => ({
  at: times(rows),
  wallHour: numbers(rows),
  flags: bytes(rows),
  /** The place among `ticketOutcomes`, from 1 on; 0 for none. */
  outcome: bytes(rows),
  closedAt: times(rows),
  closedWallHour: numbers(rows),
  closingOpenMs: times(rows),
  /** When people called it done, else when it was closed. */
  doneAt: times(rows),
  doneWallHour: numbers(rows),
  repairOpenMs: times(rows),
  dueAt: times(rows),
  /** The only time that it was open, which may go on; of those that were open more than once `openedOften` tells. */
  openFrom: times(rows),
  openUntil: times(rows),
  openUntilWallHour: numbers(rows),
  leadMs: times(rows),
  /** Of the time until it was done. */
  waitedForOperatorMs: times(rows),
  operatorFrom: times(rows),
  operatorUntil: times(rows),
  operatorWallHour: numbers(rows),
  channel: numbers(rows),
  category: numbers(rows),
  community: numbers(rows),
  service: numbers(rows),
  team: numbers(rows),
  assignee: numbers(rows),
  lat: times(rows),
  lon: times(rows),
})

/** Bits of a report's `flags`. */
export const reportFlags = { isQuestion: 1, alreadyKnown: 2, joined: 4, parted: 8, lit: 16 } as const

/** Bits of a ticket's `flags`. */
export const ticketFlags = {
  /** It is known, and no part of another: it counts. */
  counts: 1,
  isLighting: 2,
  /** Telemetry told of it, and nobody else ever did. */
  withoutCall: 4,
  operatorInTime: 8,
} as const

/** What the numbers that depend on the municipality's clock and calendar are made with. */
export interface Basis {
  calendar: LocalCalendar
  time: ServiceTime
}

export type WordKind = 'channel' | 'category' | 'community' | 'service' | 'team' | 'assignee' | 'luminaire'

export interface Waited {
  reason: PauseReason
  ms: number
}

export interface FactTable {
  readonly reports: Columns<ReturnType<typeof reportColumns>>
  readonly tickets: Columns<ReturnType<typeof ticketColumns>>
  readonly words: Readonly<Record<WordKind, Words>>
  /** By rows of tickets: those that were open more than once, in order. */
  readonly openedOften: ReadonlyMap<number, readonly OpenSpan[]>
  /** By rows of tickets: how long what is done was paused, by its reasons [ms]. */
  readonly waited: ReadonlyMap<number, readonly Waited[]>
  /** Another number after each change. */
  readonly version: number
  /** In the place of what was known of it. */
  putReport(id: string, fact: ReportFact): void
  putTicket(id: string, fact: TicketFact): void
  /** Goes on with another clock or calendar: all that depends on them is worked out anew. Does nothing when they are the same. */
  useBasis(basis: Basis): void
}

const notYet = (at: Instant | null | undefined): number => at ?? Number.NaN
const flagsOf = (set: readonly (number | false)[]): number => set.reduce<number>((all, flag) => all | (flag || 0), 0)
const outcomeNumbers = Object.fromEntries(ticketOutcomes.map((outcome, index) => [outcome, index + 1])) as Record<
  TicketOutcome,
  number
>
const isLighting = (category: Category): boolean => categories[category].trouble !== null

const reasons = Object.keys(pauseReasons) as PauseReason[]

const waitedUntil = (waits: readonly Wait[], doneAt: Instant): Waited[] =>
  reasons.flatMap((reason) => {
    let ms = 0
    for (const wait of waits) {
      if (wait.reason === reason && wait.from < doneAt) ms += Math.min(wait.until ?? doneAt, doneAt) - wait.from
    }
    return ms > 0 ? [{ reason, ms }] : []
  })

export const createFactTable = (firstBasis: Basis): FactTable => {
  let basis = firstBasis
  let version = 0
  const reports = createColumns(reportColumns)
  const tickets = createColumns(ticketColumns)
  const reportRows = new Map<string, number>()
  const ticketRows = new Map<string, number>()
  const openedOften = new Map<number, readonly OpenSpan[]>()
  const waited = new Map<number, readonly Waited[]>()
  const words: Record<WordKind, Words> = {
    channel: createWords(),
    category: createWords(),
    community: createWords(),
    service: createWords(),
    team: createWords(),
    assignee: createWords(),
    luminaire: createWords(),
  }

  const rowOf = (rows: Map<string, number>, { add }: { add: () => number }, id: string): number => {
    const known = rows.get(id)
    if (known !== undefined) return known
    const row = add()
    rows.set(id, row)
    return row
  }
  const wallHour = (at: number): number => (Number.isNaN(at) ? 0 : basis.calendar.wallHourOf(at))
  const openMs = (from: number, until: number): number =>
    Number.isNaN(until) ? Number.NaN : basis.time.between(from, until)

  const placeReport = (row: number): void => {
    const { of } = reports
    const at = of.at[row] ?? Number.NaN
    of.wallHour[row] = wallHour(at)
    of.answerWallHour[row] = wallHour(of.answerAt[row] ?? Number.NaN)
    of.responseOpenMs[row] = openMs(at, of.respondedAt[row] ?? Number.NaN)
  }
  const placeTicket = (row: number): void => {
    const { of } = tickets
    const at = of.at[row] ?? Number.NaN
    const closedAt = of.closedAt[row] ?? Number.NaN
    const doneAt = of.doneAt[row] ?? Number.NaN
    of.wallHour[row] = wallHour(at)
    of.closedWallHour[row] = wallHour(closedAt)
    of.doneWallHour[row] = wallHour(doneAt)
    of.openUntilWallHour[row] = wallHour(of.openUntil[row] ?? Number.NaN)
    of.operatorWallHour[row] = wallHour(of.operatorUntil[row] ?? Number.NaN)
    of.closingOpenMs[row] = openMs(at, closedAt)
    of.repairOpenMs[row] = openMs(at, doneAt)
  }

  return {
    reports,
    tickets,
    words,
    openedOften,
    waited,
    get version() {
      return version
    },

    putReport: (id, fact) => {
      const row = rowOf(reportRows, reports, id)
      const ticket = rowOf(ticketRows, tickets, fact.ticket)
      const { of } = reports
      of.at[row] = fact.at
      of.flags[row] = flagsOf([
        fact.isQuestion && reportFlags.isQuestion,
        fact.alreadyKnown && reportFlags.alreadyKnown,
        fact.joined && reportFlags.joined,
        fact.parted && reportFlags.parted,
        fact.answer?.lit === true && reportFlags.lit,
      ])
      of.respondedAt[row] = notYet(fact.respondedAt)
      of.responseDueAt[row] = notYet(fact.responseDueAt)
      of.answerAt[row] = notYet(fact.answer?.at)
      of.rating[row] = fact.answer?.rating ?? 0
      of.channel[row] = words.channel.numberOf(fact.channel)
      of.category[row] = words.category.numberOf(fact.category)
      of.community[row] = words.community.numberOf(fact.community)
      of.luminaire[row] = words.luminaire.numberOf(fact.luminaire)
      of.ticket[row] = ticket
      of.lat[row] = notYet(fact.point?.lat)
      of.lon[row] = notYet(fact.point?.lon)
      placeReport(row)
      version++
    },

    putTicket: (id, fact) => {
      const row = rowOf(ticketRows, tickets, id)
      const { of } = tickets
      const only = fact.open.length === 1 ? fact.open[0] : undefined
      const doneAt = fact.resolvedAt ?? fact.closedAt
      const waits = doneAt === null ? [] : waitedUntil(fact.waits, doneAt)
      of.at[row] = fact.at
      of.flags[row] = flagsOf([
        !fact.isPart && ticketFlags.counts,
        isLighting(fact.category) && ticketFlags.isLighting,
        fact.source === 'telemetry' && fact.reports === 0 && ticketFlags.withoutCall,
        fact.operator?.inTime === true && ticketFlags.operatorInTime,
      ])
      of.outcome[row] = fact.outcome === null ? 0 : outcomeNumbers[fact.outcome]
      of.closedAt[row] = notYet(fact.closedAt)
      of.doneAt[row] = notYet(doneAt)
      of.dueAt[row] = notYet(fact.dueAt)
      of.openFrom[row] = notYet(only?.from)
      of.openUntil[row] = notYet(only?.until)
      of.leadMs[row] = notYet(fact.leadMs)
      of.operatorFrom[row] = notYet(fact.operator?.from)
      of.operatorUntil[row] = notYet(fact.operator?.until)
      of.channel[row] = words.channel.numberOf(fact.source)
      of.category[row] = words.category.numberOf(fact.category)
      of.community[row] = words.community.numberOf(fact.community)
      of.service[row] = words.service.numberOf(fact.service)
      of.team[row] = words.team.numberOf(fact.team)
      of.assignee[row] = words.assignee.numberOf(fact.assignee)
      of.lat[row] = notYet(fact.point?.lat)
      of.lon[row] = notYet(fact.point?.lon)
      of.waitedForOperatorMs[row] = waits.find(({ reason }) => reason === 'waitingForNetworkOperator')?.ms ?? 0
      if (fact.open.length > 1) openedOften.set(row, fact.open)
      else openedOften.delete(row)
      if (waits.length > 0) waited.set(row, waits)
      else waited.delete(row)
      placeTicket(row)
      version++
    },

    useBasis: (next) => {
      if (next.calendar === basis.calendar && next.time === basis.time) return
      basis = next
      for (let row = 0; row < reports.size; row++) placeReport(row)
      for (let row = 0; row < tickets.size; row++) placeTicket(row)
      version++
    },
  }
}
