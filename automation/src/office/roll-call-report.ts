import {
  createLocalTime,
  type Instant,
  minuteMs,
  type RollCall,
  type RollCallMoment,
  shiftDate,
} from '@fanari/contracts'
import { timeInWords } from '../duty/words.ts'

/*
 * The mayor's office hears twice a night which communities are lit: half an hour after the planned switch-on, and in the morning.
 * Pure: roll-calls come in, a report comes out.
 */

export type ReportKind = 'evening' | 'morning'

/** The night last reported, by kind. */
export type ReportsSent = Partial<Record<ReportKind, string>>

/** Communities switch on within minutes of each other: the last to be called is waited for [ms]. */
const lastCallMs = 5 * minuteMs
/** A morning's report is of no use in the afternoon. */
const morningEndsMinutes = 12 * 60

/** Which report is due at `now`, if any. `morningMinutes`: after local midnight. */
export const reportDue = (
  sent: ReportsSent,
  calls: readonly RollCall[],
  options: { timeZone: string; morningMinutes: number },
  now: Instant,
): { kind: ReportKind; night: string } | null => {
  const night = calls
    .map((call) => call.night)
    .toSorted()
    .at(-1)
  if (night === undefined) return null
  const local = createLocalTime(options.timeZone)
  const nextDay = shiftDate(night, 1)
  const morning = local.instantOf(nextDay, options.morningMinutes)
  if (now >= morning && now < local.instantOf(nextDay, morningEndsMinutes))
    return sent.morning === night ? null : { kind: 'morning', night }
  const evening = calls.filter((call) => call.night === night && call.moment === 'switchOn+30m')
  const called = Math.max(...evening.map(({ plannedAt }) => Date.parse(plannedAt)))
  if (evening.length === 0 || sent.evening === night || now < called + lastCallMs || now >= morning) return null
  return { kind: 'evening', night }
}

const order: readonly RollCallMoment[] = ['switchOn+10m', 'switchOn+30m', 'midnight', '05:00']

/** Writes a report. Each community stands there as it was called last, an evening's at switch-on + 30 minutes. */
export const writeReport = (
  kind: ReportKind,
  night: string,
  calls: readonly RollCall[],
  names: ReadonlyMap<string, string>,
  timeZone: string,
): { subject: string; text: string } => {
  const latest = new Map<string, RollCall>()
  for (const call of calls) {
    if (call.night !== night || (kind === 'evening' && call.moment !== 'switchOn+30m')) continue
    const known = latest.get(call.community)
    if (known === undefined || order.indexOf(call.moment) > order.indexOf(known.moment))
      latest.set(call.community, call)
  }
  const rows = [...latest.values()].toSorted(
    (a, b) => b.dark - a.dark || b.unknown - a.unknown || nameOf(names, a).localeCompare(nameOf(names, b), 'el'),
  )
  const sum = (field: 'lit' | 'dark' | 'unknown') => rows.reduce((total, row) => total + row[field], 0)
  const dark = rows.filter((row) => row.dark > 0)
  const unsure = rows.filter((row) => row.dark === 0 && row.unknown > 0)
  const lit = rows.filter((row) => row.dark === 0 && row.unknown === 0)
  const list = (title: string, some: readonly RollCall[]) =>
    some.length === 0 ? [] : ['', title, ...some.map((row) => `  • ${rowInWords(row, nameOf(names, row), timeZone)}`)]
  const date = night.split('-').toReversed().join('/')
  return {
    subject: `[Φανάρι] ${kind === 'evening' ? 'Βραδινό' : 'Πρωινό'} προσκλητήριο ${date}: ${
      dark.length === 0 ? 'καμία κοινότητα με σκοτεινά φωτιστικά' : `${dark.length} με σκοτεινά φωτιστικά`
    }`,
    text: [
      `Νύχτα ${date}. Κοινότητες: ${rows.length}.`,
      `Φωτιστικά: ${sum('lit')} φωτίζουν, ${sum('dark')} σκοτεινά, ${sum('unknown')} άγνωστα (δεν μιλούν ή δεν επιβεβαιώθηκαν).`,
      ...list('Με σκοτεινά φωτιστικά:', dark),
      ...list('Με άγνωστα φωτιστικά:', unsure),
      ...list('Φωτίζονται πλήρως:', lit),
    ].join('\n'),
  }
}

const nameOf = (names: ReadonlyMap<string, string>, { community }: RollCall): string =>
  names.get(community) ?? community

const rowInWords = ({ lit, dark, unknown, at }: RollCall, name: string, timeZone: string): string =>
  `${name}: ${lit} φωτίζουν, ${dark} σκοτεινά, ${unknown} άγνωστα (${timeInWords(at, timeZone)})`
