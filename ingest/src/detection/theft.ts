import { type Instant, minuteMs, type Rules, secondMs } from '@fanari/contracts'
import { transportMarginMs } from './hearing.ts'
import { hasGasped, type Light } from './light.ts'

/** Two gasps of one event may come so far apart, by clocks and reserves [ms]. */
const scatterMs = 20 * secondMs
/** Of so large a share of the members, but at least of one, a lost report or a fault of its own may hide the order [1]. */
const strayShare = 0.1

/** When a light went out, as far as it is known: still there at `from`, gone at `until`. */
interface Gone {
  position: number
  from: Instant
  until: Instant
}

/** By the platform's clock and the light's own, whichever leaves more room: devices' clocks are up to minutes apart. */
const goneOf = (light: Light): Gone | null => {
  const { asset, hearing, gaspAt, gaspEventAt } = light
  if (asset.position === null) return null
  if (hasGasped(light))
    return {
      position: asset.position,
      from: Math.min(gaspEventAt, gaspAt),
      until: Math.max(gaspEventAt, gaspAt) + scatterMs,
    }
  if (light.darkRun > 0)
    return { position: asset.position, from: light.darkSince - hearing.intervalMs, until: light.darkSince }
  const missing = Math.max(hearing.lastAt, hearing.lastSeenAt) + hearing.intervalMs + transportMarginMs
  const until = hearing.offlineAt > 0 ? Math.min(missing, hearing.offlineAt) : missing
  return { position: asset.position, from: Math.min(hearing.lastAt, hearing.lastSeenAt), until }
}

const wentBefore = (one: Gone, other: Gone): boolean => one.until < other.from

/** How many others were still there beyond it when it was gone, or were gone nearer by while it still was there. */
const contradictions = (it: Gone, gone: readonly Gone[]): number =>
  gone.filter(
    (other) =>
      (other.position > it.position && wentBefore(it, other)) ||
      (other.position < it.position && wentBefore(other, it)),
  ).length

/** Those that went out in order from the far end; `null` when more than a few were out of it. */
const inOrder = (gone: readonly Gone[]): readonly Gone[] | null => {
  let kept = gone
  for (let left = Math.max(1, Math.floor(strayShare * gone.length)); ; left--) {
    const counts = kept.map((it) => contradictions(it, kept))
    const most = Math.max(0, ...counts)
    if (most === 0) return kept
    if (left === 0) return null
    const stray = counts.indexOf(most)
    kept = kept.filter((_, i) => i !== stray)
  }
}

/**
 * Whether the lights of a line went out one after another from its far end, by night: cable is being taken. A cut takes all beyond it
 * at once, so that nobody near is heard after somebody far was missed; lost reports would show that in either direction, of a few.
 */
export const isSpreading = (members: readonly Light[], rules: Rules): boolean => {
  const { lightsApart, within } = rules.suspectedTheft
  if (!members.every((light) => light.segment.mode === 'on')) return false
  const gone = inOrder(members.flatMap((light) => goneOf(light) ?? []))
  if (gone === null) return false
  const first = Math.min(...gone.map((it) => it.until))
  if (gone.some((it) => it.from - first > within * minuteMs)) return false
  const isApart = (other: (it: Gone) => (one: Gone) => boolean): number =>
    new Set(gone.filter((it) => gone.some(other(it))).map(({ position }) => position)).size
  const before = isApart((far) => (near) => near.position < far.position && wentBefore(far, near))
  const after = isApart((near) => (far) => near.position < far.position && wentBefore(far, near))
  return before >= lightsApart && after >= lightsApart
}
