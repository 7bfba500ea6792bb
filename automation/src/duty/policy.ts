import { createLocalTime, type Incident, type Instant, minuteMs, severities, shiftDate } from '@fanari/contracts'

export type Severity = Incident['severity']

/** Hours of the day, as minutes after midnight; `from` after `to` spans midnight. */
interface QuietHours {
  from: number
  to: number
}

/** When somebody is told of a ticket. */
export interface DutyPolicy {
  /** IANA name of the zone that quiet hours are in. */
  timeZone: string
  /** What is less severe is told to nobody. */
  least: Severity
  /** When a severity must wait; left out: never. */
  quiet: Partial<Record<Severity, QuietHours>>
  /** How long nobody may have taken up a ticket until the supervisor hears of it [ms]; left out: for ever. */
  escalateAfterMs: Partial<Record<Severity, number>>
  /** In heavy weather what is not critical is gathered for this long [ms]. */
  groupMs: number
}

/** Whether `severity` is `least` or worse. */
export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(least)

const isSeverity = (text: string): text is Severity => severities.some((name) => name === text)

const entries = (text: string): [Severity, string][] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split('=').map((side) => side.trim())
      if (!isSeverity(name)) throw new Error(`"${part}" names no severity; there are ${severities.join(', ')}`)
      return [name, value]
    })

const minutesOf = (clock: string): number => {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(clock) ?? []
  if (hours === undefined || minutes === undefined) throw new Error(`"${clock}" is no time of day such as 22:00`)
  return Number(hours) * 60 + Number(minutes)
}

/** Reads `minor=22:00-07:00,info=20:00-08:00`. @throws Error saying what is wrong */
export const parseQuietHours = (text: string): DutyPolicy['quiet'] =>
  Object.fromEntries(
    entries(text).map(([severity, hours]) => {
      const [from = '', to = ''] = hours.split('-')
      return [severity, { from: minutesOf(from), to: minutesOf(to) }]
    }),
  )

/** Reads minutes by severity, `critical=15,major=30`. @throws Error saying what is wrong */
export const parseEscalation = (text: string): DutyPolicy['escalateAfterMs'] =>
  Object.fromEntries(
    entries(text).map(([severity, value]) => {
      const minutes = Number(value)
      if (value === '' || !Number.isFinite(minutes) || minutes < 0)
        throw new Error(`"${value}" is no number of minutes`)
      return [severity, minutes * minuteMs]
    }),
  )

/** Reads a severity. @throws Error naming those there are */
export const parseSeverity = (text: string): Severity => {
  if (!isSeverity(text)) throw new Error(`"${text}" is no severity; there are ${severities.join(', ')}`)
  return text
}

/** `at` itself, or the end of the quiet hours that it lies in. */
export const afterQuiet = (at: Instant, severity: Severity, { quiet, timeZone }: DutyPolicy): Instant => {
  const hours = quiet[severity]
  if (hours === undefined || hours.from === hours.to) return at
  const local = createLocalTime(timeZone)
  const { date, clock } = local.shown(at)
  const minutes = minutesOf(clock)
  const { from, to } = hours
  const isQuiet = from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to
  if (!isQuiet) return at
  return local.instantOf(minutes < to ? date : shiftDate(date, 1), to)
}
