import { hourMs, type Instant } from '@fanari/contracts'
import { getPosition, getTimes } from 'suncalc'
import type { Zone } from './local-time.ts'
import type { Place } from './town/town.ts'

/** A lighting night: from one local noon to the next, with civil dusk and dawn at a place. */
export interface Night {
  noon: Instant
  nextNoon: Instant
  dusk: Instant
  dawn: Instant
}

/** The sun's centre above the horizon [°], refraction included. */
export const sunElevation = (at: Instant, { lat, lon }: Place): number => getPosition(new Date(at), lat, lon).altitude

/**
 * The night that holds `at`. suncalc answers for the solar day that holds the moment it is asked about, and that day ends near
 * 22:15 UTC here: it is therefore asked only about noons.
 */
export const nightAt = (at: Instant, { lat, lon }: Place, zone: Zone): Night => {
  const noon = zone.noonBefore(at)
  const nextNoon = zone.clockTime(noon + 24 * hourMs, 12 * 60, 0)
  const dusk = getTimes(new Date(noon), lat, lon).dusk
  const dawn = getTimes(new Date(nextNoon), lat, lon).dawn
  if (dusk === null || dawn === null) throw new RangeError(`there is no civil twilight at ${lat}, ${lon} that day`)
  return { noon, nextNoon, dusk: dusk.getTime(), dawn: dawn.getTime() }
}

const nightsKept = 4

/** `nightAt` for one place, which works out each night once: a device whose clock is wrong lives in another night than the rest. */
export const createNights = (place: Place, zone: Zone): ((at: Instant) => Night) => {
  const known: Night[] = []
  return (at) => {
    for (const night of known) if (at >= night.noon && at < night.nextNoon) return night
    const night = nightAt(at, place, zone)
    known.unshift(night)
    if (known.length > nightsKept) known.pop()
    return night
  }
}
