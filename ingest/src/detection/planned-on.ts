import type { Instant } from '@fanari/contracts'
import type { Program, Schedule } from './schedule.ts'

/** A stretch of time, its end not included. */
export interface Stretch {
  from: Instant
  until: Instant
}

/**
 * The stretches between `from` and `until` in which a light is planned to be on beyond doubt: from ten minutes after the planned
 * switch-on to ten minutes before the planned switch-off, twilight left out.
 */
export const plannedOn = (
  schedule: Schedule,
  place: { lat: number; lon: number },
  program: Program,
  { from, until }: Stretch,
): Stretch[] => {
  const stretches: Stretch[] = []
  for (let at = from; at < until; ) {
    const segment = schedule.segmentAt(place, program, at)
    const end = Math.min(segment.until, until)
    const last = stretches.at(-1)
    if (segment.mode === 'on') {
      if (last?.until === at) last.until = end
      else stretches.push({ from: at, until: end })
    }
    // A day's last segment is given for instants that no segment holds; never stand still.
    at = end > at ? end : until
  }
  return stretches
}
