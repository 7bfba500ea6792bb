import { lampPowerW, openCircuitPowerW, standbyPowerW } from '../physics/lamp.ts'
import type { ActiveFaults } from '../scenario/faults.ts'
import type { Luminaire } from '../town/town.ts'
import type { TrueCause } from '../truth.ts'

/** What a lamp does, and what its controller believes it does. */
export interface LampOutput {
  /** As the controller reports it [%]. */
  level: number
  powerW: number
  isLit: boolean
  /** Why it gives no light though it is asked to, or gives some unasked; `null` when it does as it is told. */
  cause: TrueCause | null
}

export const darkness: LampOutput = { level: 0, powerW: 0, isLit: false, cause: null }

/** What switches a lamp on past its controller. */
const burnsBy = ({ id, circuit, cabinet }: Luminaire, faults: ActiveFaults): TrueCause | null => {
  if (faults.has('dayBurner', id)) return 'dayBurner'
  // A lamp without orders goes to the level it was built to fail to: full light (IEC 62386-102, system failure level).
  if (faults.has('controllerHang', id)) return 'controllerHang'
  if (circuit !== undefined && faults.has('contactorWelded', circuit)) return 'contactorWelded'
  return cabinet !== undefined && faults.has('contactorWelded', cabinet) ? 'contactorWelded' : null
}

/** Strings of LEDs that are dark, or the wrong module put in: a factor on the power. */
const powerFactorOf = (id: string, faults: ActiveFaults): number => {
  const dark = faults.severity('ledString', id)
  const wrong = faults.severity('wrongLamp', id)
  return (dark === undefined ? 1 : 0.35 + 0.4 * dark) * (wrong === undefined ? 1 : 1.3 + 0.3 * wrong)
}

/**
 * The lamp behind a supply that is there: `asked` is what its firmware asks of the driver [%], `build` what this one takes beside
 * the type, `isResting` that its protection has switched it off for a while.
 */
export const lampOutput = (
  light: Luminaire,
  faults: ActiveFaults,
  now: { asked: number; build: number; isResting: boolean },
): LampOutput => {
  const { id, ratedPower } = light
  const { asked, build, isResting } = now
  const by = burnsBy(light, faults)
  const driven = by !== null || (asked > 0 && faults.has('dimmingStuck', id)) ? 100 : asked
  const level = by === 'dayBurner' ? driven : asked
  if (driven === 0) return { level, powerW: standbyPowerW, isLit: false, cause: null }
  if (faults.has('relayOpen', id)) return { level, powerW: standbyPowerW, isLit: false, cause: 'relayOpen' }
  if (faults.has('driver', id)) return { level: 0, powerW: standbyPowerW, isLit: false, cause: 'driver' }
  const unlit = faults.has('lamp', id) ? 'lamp' : isResting ? 'cycling' : null
  if (unlit !== null) return { level, powerW: openCircuitPowerW(ratedPower), isLit: false, cause: unlit }
  return { level, powerW: lampPowerW(driven, ratedPower) * build * powerFactorOf(id, faults), isLit: true, cause: by }
}
