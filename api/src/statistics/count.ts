import { type Instant, type TicketOutcome, ticketOutcomes } from '@fanari/contracts'
import { type FactTable, reportFlags, ticketFlags } from './fact-table.ts'
import { type Grouping, groupAt } from './grouping.ts'
import type { Period, Tallies } from './tallies.ts'

/* What counts, when, and for whom: the definitions of docs/citizen-line.md, over rows of numbers. Pure. */

export interface Counting {
  period: Period
  /** What has not happened by then is not known. */
  now: Instant
  grouping: Grouping
  tallies: Tallies
}

/** Rows from `first` up to, and without, `last`: a long table is counted in pieces. */
export interface Rows {
  first: number
  last: number
}

const nothing = Number.NaN

export const countReports = ({ reports }: FactTable, { first, last }: Rows, counting: Counting): void => {
  const { period, now, grouping, tallies } = counting
  const { from, until } = period
  const { counts, durations } = tallies
  const { of } = reports
  const groups = grouping.reports
  for (let row = first; row < last; row++) {
    const at = of.at[row] ?? nothing
    const flags = of.flags[row] ?? 0
    const answerAt = of.answerAt[row] ?? nothing
    if (at >= from && at < until) {
      const group = groupAt(groups, row, of.wallHour[row] ?? 0)
      tallies.seen[group] = 1
      if ((flags & reportFlags.isQuestion) !== 0) one(counts.questions, group)
      else {
        one(counts.received, group)
        if ((flags & reportFlags.alreadyKnown) !== 0) one(counts.alreadyKnown, group)
        if ((flags & reportFlags.joined) !== 0) {
          one(counts.joined, group)
          if ((flags & reportFlags.parted) !== 0) one(counts.parted, group)
        }
        const respondedAt = of.respondedAt[row] ?? nothing
        const dueAt = of.responseDueAt[row] ?? nothing
        if (Number.isNaN(respondedAt)) {
          one(counts.unanswered, group)
          if (dueAt < now) one(counts.responsesDue, group)
        } else {
          durations.responseElapsed.add(group, respondedAt - at)
          durations.responseService.add(group, of.responseOpenMs[row] ?? 0)
          if (!Number.isNaN(dueAt)) {
            one(counts.responsesDue, group)
            if (respondedAt <= dueAt) one(counts.responsesInTime, group)
          }
        }
      }
    }
    if (answerAt >= from && answerAt < until) {
      const group = groupAt(groups, row, of.answerWallHour[row] ?? 0)
      tallies.seen[group] = 1
      one(counts.asked, group)
      if ((flags & reportFlags.lit) !== 0) one(counts.mended, group)
      const rating = of.rating[row] ?? 0
      if (rating > 0) {
        one(counts.ratings, group)
        counts.ratingSum[group] = (counts.ratingSum[group] ?? 0) + rating
      }
    }
  }
}

const one = (counts: Int32Array, group: number): void => {
  counts[group] = (counts[group] ?? 0) + 1
}

/** Ways to end that say nothing of a repair, by their numbers. */
const noRepair = new Set<TicketOutcome>(['answered', 'superseded', 'withdrawn', 'notOurs'])
const endsWithoutRepair = [false, ...ticketOutcomes.map((outcome) => noRepair.has(outcome))]
/** Was never anything to be done. */
const noMatter = [false, ...ticketOutcomes.map((outcome) => outcome === 'answered' || outcome === 'superseded')]

/** Counts rows of tickets, and, once, what few of them have: that they were open more than once, and that they were paused. */
export const createTicketCount = (
  { tickets, openedOften, waited }: FactTable,
  { period, now, grouping, tallies }: Counting,
): { rows(rows: Rows): void; seldom(): void } => {
  const { counts, durations } = tallies
  const { of } = tickets
  const outcomeCounts = [null, ...ticketOutcomes.map((outcome) => counts[outcome])]
  const groups = grouping.tickets
  const end = Math.min(period.until, now)
  const { from, until } = period
  const isIn = (at: number) => at >= from && at < until
  /** What happens at this very instant has happened; what happens at the end of a period is outside it. */
  const isOpenAtEnd = (from: number, until: number) =>
    end === period.until ? from < end && !(until < end) : from <= end && !(until <= end)
  const groupOf = (row: number, wallHour: number) => {
    const group = groupAt(groups, row, wallHour)
    tallies.seen[group] = 1
    return group
  }

  const countOpen = (row: number): void => {
    // What is open belongs to no hour or day.
    const group = grouping.isTime ? 0 : groupOf(row, 0)
    tallies.seen[group] = 1
    durations.age.add(group, end - (of.at[row] ?? nothing))
    if ((of.dueAt[row] ?? nothing) < end) one(counts.overdue, group)
  }

  const countEnd = (row: number, wallHour: number, isReopened: boolean): void => {
    const group = groupOf(row, wallHour)
    one(counts.ended, group)
    if (isReopened) one(counts.reopened, group)
  }

  const countOpened = (row: number, flags: number, group: number): void => {
    one(counts.opened, group)
    if ((flags & ticketFlags.isLighting) === 0) return
    one(counts.detectable, group)
    const leadMs = of.leadMs[row] ?? nothing
    if ((flags & ticketFlags.withoutCall) !== 0) {
      one(counts.withoutCall, group)
      one(counts.detectedFirst, group)
    } else if (leadMs > 0) {
      one(counts.detectedFirst, group)
      durations.lead.add(group, leadMs)
    }
  }

  const countRepair = (row: number, at: number, doneAt: number): void => {
    const group = groupOf(row, of.doneWallHour[row] ?? 0)
    const dueAt = of.dueAt[row] ?? nothing
    durations.repairElapsed.add(group, doneAt - at)
    durations.repairService.add(group, of.repairOpenMs[row] ?? 0)
    durations.repairAlone.add(group, doneAt - at - (of.waitedForOperatorMs[row] ?? 0))
    if (!Number.isNaN(dueAt)) {
      one(counts.repairsDue, group)
      if (doneAt <= dueAt) one(counts.repairsInTime, group)
    }
  }

  const countRows = ({ first, last }: Rows): void => {
    for (let row = first; row < last; row++) {
      const flags = of.flags[row] ?? 0
      if ((flags & ticketFlags.counts) === 0) continue
      const at = of.at[row] ?? nothing
      const outcome = of.outcome[row] ?? 0
      const closedAt = of.closedAt[row] ?? nothing
      const ends = outcomeCounts[outcome] ?? null
      if (ends !== null && isIn(closedAt)) one(ends, groupOf(row, of.closedWallHour[row] ?? 0))
      if (noMatter[outcome] === true) continue
      if (isIn(at)) countOpened(row, flags, groupOf(row, of.wallHour[row] ?? 0))
      const openUntil = of.openUntil[row] ?? nothing
      if (isOpenAtEnd(of.openFrom[row] ?? nothing, openUntil)) countOpen(row)
      if (endsWithoutRepair[outcome] === true) continue
      if (isIn(openUntil)) countEnd(row, of.openUntilWallHour[row] ?? 0, false)
      const doneAt = of.doneAt[row] ?? nothing
      if (isIn(doneAt)) countRepair(row, at, doneAt)
      if (isIn(closedAt)) {
        const group = groupOf(row, of.closedWallHour[row] ?? 0)
        durations.closingElapsed.add(group, closedAt - at)
        durations.closingService.add(group, of.closingOpenMs[row] ?? 0)
      }
      const operatorUntil = of.operatorUntil[row] ?? nothing
      if (isIn(operatorUntil)) {
        const group = groupOf(row, of.operatorWallHour[row] ?? 0)
        durations.operatorHeld.add(group, operatorUntil - (of.operatorFrom[row] ?? nothing))
        one(counts.operatorDue, group)
        if ((flags & ticketFlags.operatorInTime) !== 0) one(counts.operatorInTime, group)
      }
    }
  }

  const countOpenedOften = (): void => {
    for (const [row, spans] of openedOften) {
      const outcome = of.outcome[row] ?? 0
      if (((of.flags[row] ?? 0) & ticketFlags.counts) === 0 || noMatter[outcome] === true) continue
      if (spans.some(({ from, until }) => isOpenAtEnd(from, until ?? nothing))) countOpen(row)
      if (endsWithoutRepair[outcome] === true) continue
      for (const [index, { until }] of spans.entries()) {
        if (until !== null && isIn(until)) countEnd(row, grouping.wallHourOf(until), index < spans.length - 1)
      }
    }
  }

  const countWaited = (): void => {
    for (const [row, waits] of waited) {
      if (((of.flags[row] ?? 0) & ticketFlags.counts) === 0 || endsWithoutRepair[of.outcome[row] ?? 0] === true)
        continue
      if (!isIn(of.doneAt[row] ?? nothing)) continue
      const group = groupOf(row, of.doneWallHour[row] ?? 0)
      for (const { reason, ms } of waits) durations[reason].add(group, ms)
    }
  }

  return {
    rows: countRows,
    seldom: () => {
      countOpenedOften()
      countWaited()
    },
  }
}
