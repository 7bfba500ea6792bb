import { dayMs, hourMs, minuteMs, secondMs } from '@fanari/contracts'

export type Language = 'el' | 'en'

/** Numbers, times and spans as people of a language read them, on the clocks of the municipality's zone. */
export interface Formats {
  number(value: number, maximumFractionDigits?: number): string
  /** A value with its unit; the unit `1` (a count or a ratio) is not written. */
  quantity(value: number, unit: string): string
  /** Hour and minute, and the day and month too when it is not the day of `nowMs`. */
  moment(atMs: number, nowMs: number): string
  clock(atMs: number, withSeconds: boolean): string
  date(atMs: number): string
  dayMonth(atMs: number): string
  /** A span in its largest sensible unit, cut and not rounded: 90 s is one minute. */
  span(ms: number): string
}

const locales = { el: 'el-GR', en: 'en-GB' } as const satisfies Record<Language, string>

export const createFormats = (language: Language, timeZone: string): Formats => {
  const locale = locales[language]
  const dateTime = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options })
  const hourMinute = dateTime({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const hourMinuteSecond = dateTime({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const dayMonth = dateTime({ day: 'numeric', month: 'short' })
  const fullDate = dateTime({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
  const numbers = [0, 1, 2, 3, 4, 5].map(
    (maximumFractionDigits) => new Intl.NumberFormat(locale, { maximumFractionDigits }),
  )
  const spans = spanUnits.map(
    ({ unit, ms }) => [ms, new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' })] as const,
  )

  const number = (value: number, maximumFractionDigits = 2) =>
    numbers[maximumFractionDigits]?.format(value) ?? String(value)

  return {
    number,
    quantity: (value, unit) => (unit === '1' ? number(value) : `${number(value, 1)} ${unit}`),
    moment: (atMs, nowMs) => {
      const day = dayMonth.format(atMs)
      const time = hourMinute.format(atMs)
      return day === dayMonth.format(nowMs) ? time : `${day}, ${time}`
    },
    clock: (atMs, withSeconds) => (withSeconds ? hourMinuteSecond : hourMinute).format(atMs),
    date: (atMs) => fullDate.format(atMs),
    dayMonth: (atMs) => dayMonth.format(atMs),
    span: (ms) => {
      const [unitMs, format] = spans.find(([unitMs]) => ms >= unitMs) ?? smallest(spans)
      return format.format(Math.max(0, Math.floor(ms / unitMs)))
    },
  }
}

const spanUnits = [
  { unit: 'day', ms: dayMs },
  { unit: 'hour', ms: hourMs },
  { unit: 'minute', ms: minuteMs },
  { unit: 'second', ms: secondMs },
] as const

const smallest = <Item>(items: Item[]): Item => {
  const last = items.at(-1)
  if (last === undefined) throw new RangeError('no units')
  return last
}
