import { z } from 'zod'

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

export const secondMs = 1_000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

/**
 * A time on the wire: ISO 8601 with a zone, or integer milliseconds since 1970 UTC (CONTRACT section 1).
 * Parsed to milliseconds.
 */
export const instantSchema = z
  .union([
    // The range of an ECMAScript time value: beyond it there is no date to show.
    z.int().min(-8.64e15).max(8.64e15),
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  ])
  .describe('ISO 8601 with zone, or integer milliseconds since 1970 UTC')

/** A time in a document of the platform: always ISO 8601 in UTC, as `toIso` writes it. */
export const isoInstantSchema = z.iso.datetime().describe('ISO 8601, UTC')

export const toIso = (at: Instant): string => new Date(at).toISOString()

/**
 * The one clock of a running platform: real, or simulated with an epoch and a speed, so that every service agrees on the time.
 * `speed` is platform seconds a wall second; a delay in platform time of `d` ms takes `d / speed` ms of wall time.
 */
export interface Clock {
  now(): Instant
  readonly speed: number
}

export const createRealClock = (wallNow: () => number): Clock => ({ now: wallNow, speed: 1 })

/** A clock that shows `epoch` when the wall shows `wallEpoch` and runs `speed` times as fast. */
export const createSimulatedClock = (options: {
  epoch: Instant
  wallEpoch: number
  speed: number
  wallNow: () => number
}): Clock => {
  const { epoch, wallEpoch, speed, wallNow } = options
  if (!(speed > 0)) throw new RangeError(`speed must be above 0, got ${speed}`)
  return { now: () => Math.round(epoch + (wallNow() - wallEpoch) * speed), speed }
}
