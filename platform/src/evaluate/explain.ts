import { diagnoses } from './diagnoses.ts'
import type { CauseScore, TicketScore } from './score.ts'
import type { WeekScore } from './week.ts'

/** Every miss, wrong cause, doubled or false ticket of a week, with ids and times, so that rules can be mended. */
export const explainWeek = (week: WeekScore): string => {
  const { causes, tickets } = week.detection
  const expected = causes.filter(({ kind }) => diagnoses[kind].ticket)
  const visible = expected.filter(({ evidence }) => evidence.visible)
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', `${title} (${lines.length})`, ...lines]
  const wrong = visible.filter(({ found, right }) => found && !right)
  const others = expected.filter((cause) => !wrong.includes(cause))
  return [
    `seed ${week.seed}: ${week.season}, ${week.lights} lights, ${timeOf(week.scored.from)} – ${timeOf(week.scored.to)}, ${expected.length} causes for a ticket, ${tickets.length} tickets`,
    ...week.stops.map(({ from, to }) => `platform down ${timeOf(from)} – ${timeOf(to)}`),
    ...section('Missed', visible.filter(({ found }) => !found).map(causeLine)),
    ...section('Found, but called or placed wrongly', wrong.map(causeLine)),
    ...section('More than one ticket', others.filter(({ tickets }) => tickets.length > 1).map(causeLine)),
    ...section('False tickets', tickets.filter(({ cause }) => cause === null).map(ticketLine)),
    ...section(
      'Found late (over 3 intervals)',
      visible
        .filter(isLate)
        .filter((it) => !wrong.includes(it))
        .map(causeLine),
    ),
    ...section('Not seen by anybody', expected.filter(({ evidence }) => !evidence.visible).map(causeLine)),
    ...section('Found rightly', visible.filter(({ found, right }) => found && right).map(causeLine)),
    '',
  ].join('\n')
}

const isLate = ({ latency, intervalMs }: CauseScore): boolean => (latency?.sinceEvidenceMs ?? 0) > 3 * intervalMs

const causeLine = (cause: CauseScore): string => {
  const { id, kind, scope, lights, from, to, evidence, told, tickets, latency, intervalMs } = cause
  const seen = evidence.visible ? `${evidence.sign} from ${timeOf(evidence.from)}` : `unseen: ${evidence.why}`
  const late = latency?.sinceEvidenceMs ?? null
  const names = told.map(
    ({ fault, scope, detectedAt, right }) => `${right ? '' : '✗ '}${fault} on ${scope} ${timeOf(detectedAt)}`,
  )
  return [
    `  ${kind} on ${scope} (${lights} lights, ${id}) ${timeOf(from)} – ${timeOf(to)}; ${seen}`,
    ...(late === null ? [] : [`    after ${(late / intervalMs).toFixed(2)} intervals, ${Math.round(late / 1_000)} s`]),
    ...few(names).map((name) => `    told: ${name}`),
    ...(tickets.length > 0 ? [`    tickets: ${few(tickets).join(' ')}`] : []),
  ].join('\n')
}

const shownOf = 6

/** The first of a long list, and how many more there are. */
const few = (items: readonly string[]): string[] =>
  items.length <= shownOf ? [...items] : [...items.slice(0, shownOf), `and ${items.length - shownOf} more`]

const ticketLine = ({ id, fault, scope, createdAt, afterRestart }: TicketScore): string =>
  `  ${id} ${fault} on ${scope} ${timeOf(createdAt)}${afterRestart ? ', after a restart of the platform' : ''}`

/** `2026-01-15 20:04:30` [UTC] */
const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')
