import type { Evidence } from '@fanari/contracts'
import { transportMarginMs } from './hearing.ts'
import { phaseIndex } from './judge-meters.ts'
import { isUnderMaintenance, type Light, silenceOf } from './light.ts'
import { fallOf } from './meter.ts'
import { fact, groupKey, type World } from './world.ts'

/** More silent lights than this on one phase at once are a matter of groups; their loads cannot be told apart. */
const mostSuspects = 4
/** ln odds that one silent light among lights that live has lost its supply and not its radio. */
const lostSupplyNats = Math.log(0.05)
/** ln odds that the load changed by something else altogether. */
const otherChangeNats = -8
/** The odds at which a light is called dark: 99 to 1, in the few cases that come to be decided. */
const decidedNats = Math.log(99)
/** What a lamp may draw beside what it last said, a share [1]. */
const lampTolerance = 0.05

/**
 * Whether the load of its phase fell by what a silent light drew, when it fell silent: then it lost its supply, and not its radio.
 * Several lights may have gone at once, so every choice among them is weighed. `null` when the meter does not tell, or not yet.
 */
export const loadSaysDark = (world: World, light: Light): Evidence | null => {
  const { cabinet } = light.asset
  const meter = cabinet === null ? null : world.groups.get(groupKey('cabinet', cabinet))?.meter
  if (!meter || !drewPower(light) || light.segment.mode !== 'on') return null
  const phase = phaseIndex(light)
  const peers = (world.groups.get(groupKey('cabinet', cabinet ?? ''))?.lights ?? []).filter(
    (it) => it.hearing.lastSeenAt > 0 && !isUnderMaintenance(it, world.now) && phaseIndex(it) === phase,
  )
  const { lastAt, intervalMs } = light.hearing
  const suspects = peers.filter(
    (it) => it === light || (isGone(world, it) && it.hearing.lastAt >= lastAt - 3 * intervalMs),
  )
  const neighbourLives = peers.some(
    (it) => it !== light && it.sign === 'lit' && it.hearing.lastAt > lastAt + intervalMs,
  )
  if (suspects.length > mostSuspects || !neighbourLives) return null
  const before = Math.min(...suspects.map(({ hearing }) => hearing.lastAt))
  const after = Math.max(...suspects.map(({ hearing }) => hearing.lastAt + hearing.intervalMs)) + transportMarginMs
  // Asked for another level meanwhile, what it last drew says no more what it would draw.
  if (light.segment.from > before - intervalMs) return null
  const fall = fallOf(meter, phase, before, after)
  if (fall === null || fall.readingsAfter < 2) return null
  if (oddsOfLoss(suspects, light, fall) < decidedNats) return null
  const detail = `the load fell by ${Math.round(fall.fallW)} ± ${Math.round(fall.sigmaW)} W when it fell silent; it last drew ${Math.round(light.powerW)} W`
  return fact('meter', cabinet ?? '', world.now, detail)
}

const drewPower = (light: Light): boolean => light.sign === 'lit' && light.counted === 'on' && light.powerW > 0

const isGone = (world: World, light: Light): boolean =>
  drewPower(light) && (silenceOf(light, world).missed > 0 || light.hearing.offlineAt > 0)

/** ln odds that `light` is among those whose load is gone, over every choice of them and over another change of load. */
const oddsOfLoss = (
  suspects: readonly Light[],
  light: Light,
  { fallW, sigmaW }: { fallW: number; sigmaW: number },
): number => {
  let lost = 0
  let kept = Math.exp(otherChangeNats)
  for (let choice = 0; choice < 1 << suspects.length; choice++) {
    let sumW = 0
    let nats = 0
    let chosen = false
    for (const [i, suspect] of suspects.entries()) {
      if ((choice & (1 << i)) === 0) continue
      sumW += suspect.powerW
      nats += lostSupplyNats
      if (suspect === light) chosen = true
    }
    const spreadW = Math.hypot(sigmaW, lampTolerance * sumW)
    const likelihood = Math.exp(nats - (fallW - sumW) ** 2 / (2 * spreadW ** 2))
    if (chosen) lost += likelihood
    else kept += likelihood
  }
  return Math.log(lost / kept)
}
