import { type Instant, minuteMs, type Rules, secondMs } from '@fanari/contracts'
import { transportMarginMs } from './hearing.ts'
import { hasGasped, type Light } from './light.ts'

/** Two gasps of one event may come so far apart, by clocks and reserves [ms]. */
const scatterMs = 20 * secondMs

/** When a light went out, as far as it is known: still there at `from`, gone at `until`. */
interface Gone {
  position: number
  from: Instant
  until: Instant
}

const goneOf = (light: Light): Gone | null => {
  const { asset, hearing } = light
  if (asset.position === null) return null
  if (hasGasped(light))
    return { position: asset.position, from: light.gaspEventAt, until: light.gaspEventAt + scatterMs }
  if (light.darkRun > 0)
    return { position: asset.position, from: light.darkSince - hearing.intervalMs, until: light.darkSince }
  const missing = hearing.lastAt + hearing.intervalMs + transportMarginMs
  const until = hearing.offlineAt > 0 ? Math.min(missing, hearing.offlineAt) : missing
  return { position: asset.position, from: hearing.lastAt, until }
}

/**
 * Whether the lights of a line went out one after another from its far end, by night: cable is being taken. A cut takes all beyond it
 * at once, so that nobody near is heard after somebody far was missed; lost reports would show that in either direction.
 */
export const isSpreading = (members: readonly Light[], rules: Rules): boolean => {
  const { lightsApart, within } = rules.suspectedTheft
  if (!members.every((light) => light.segment.mode === 'on')) return false
  const gone = members.flatMap((light) => goneOf(light) ?? []).sort((a, b) => b.position - a.position)
  const first = Math.min(...gone.map((it) => it.until))
  if (gone.some((it) => it.from - first > within * minuteMs)) return false
  const before = new Set<number>()
  const after = new Set<number>()
  for (const [i, far] of gone.entries())
    for (const near of gone.slice(i + 1)) {
      if (near.position === far.position) continue
      if (near.until < far.from) return false
      if (far.until >= near.from) continue
      before.add(far.position)
      after.add(near.position)
    }
  return before.size >= lightsApart && after.size >= lightsApart
}
