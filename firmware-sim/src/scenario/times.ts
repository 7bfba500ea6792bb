import { dayMs, hourMs, type Instant, minuteMs, secondMs } from '@fanari/contracts'
import { z } from 'zod'

const duration = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/
const moment = /^(dusk|dawn)?(?:([+-])(.+))?$/
const isoWithZone = z.iso.datetime({ offset: true })

/** Milliseconds of `90s`, `40m`, `1h30m`, `2d`; `null` when it is none of these. */
export const parseDuration = (text: string): number | null => {
  const [matched, days, hours, minutes, seconds] = duration.exec(text) ?? []
  if (matched === undefined) return null
  const count = (digits: string | undefined, unitMs: number): number => Number(digits ?? 0) * unitMs
  return count(days, dayMs) + count(hours, hourMs) + count(minutes, minuteMs) + count(seconds, secondMs)
}

/** What a relative time is relative to. */
export interface TimeOrigin {
  now: Instant
  /** Of the lighting night that holds `now`. */
  dusk: Instant
  dawn: Instant
}

/**
 * A time of a scenario: ISO 8601 with zone, `+90s` from now, `dusk`, `dusk+25m`, `dawn-1h` of this lighting night (which begins
 * at noon). `null` when it is none of these.
 */
export const parseMoment = (text: string, origin: TimeOrigin): Instant | null => {
  if (isoWithZone.safeParse(text).success) return Date.parse(text)
  const [matched, event, sign, length] = moment.exec(text) ?? []
  if (matched === undefined || matched === '') return null
  const offsetMs = length === undefined ? 0 : parseDuration(length)
  if (offsetMs === null || (event === undefined && sign !== '+')) return null
  const base = event === 'dusk' ? origin.dusk : event === 'dawn' ? origin.dawn : origin.now
  return sign === '-' ? base - offsetMs : base + offsetMs
}
