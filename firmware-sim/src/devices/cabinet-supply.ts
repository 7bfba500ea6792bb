import { type Instant, minuteMs } from '@fanari/contracts'
import type { Cabinet } from '../town/town.ts'
import type { TrueCause } from '../truth.ts'
import type { World } from '../world.ts'

/** A switched cabinet feeds its lights a little longer than the night, so that each light keeps its own hours. */
export const contactorMarginMs = 15 * minuteMs

export type Phase = 'L1' | 'L2' | 'L3'

/** What a cabinet gives its circuits. */
export interface CabinetSupply {
  /** Why there is no current behind the contactor; `null` when there is. */
  loss(): TrueCause | null
  /** Whether the cabinet itself has a supply: its meter rides through a dip. */
  hasSupply(): boolean
  /** The voltage that the supply company delivers on a phase [V]. */
  voltage(phase: Phase): (at: Instant) => number
}

export const createCabinetSupply = (cabinet: Cabinet, world: World): CabinetSupply => {
  const { id, community, feed } = cabinet
  const { faults } = world
  const isNight = (at: Instant): boolean => {
    const { dusk, dawn } = world.nightOf(community, at)
    return at >= dusk - contactorMarginMs && at < dawn + contactorMarginMs
  }
  return {
    loss: () => {
      if (faults.has('cabinetSupply', id)) return 'cabinetSupply'
      if (faults.has('areaSupply', id)) return 'areaSupply'
      if (faults.has('dip', id)) return 'dip'
      if (faults.has('contactorStuckOpen', id)) return 'contactorStuckOpen'
      if (feed === 'permanent' || faults.has('contactorWelded', id)) return null
      return isNight(world.now()) ? null : 'supplySwitchedOff'
    },
    hasSupply: () => !faults.has('cabinetSupply', id) && !faults.has('areaSupply', id),
    voltage: (phase) => {
      const usual = world.mains(id, phase)
      const target = `${id}:${phase}`
      return (at) => {
        const volts = usual(at)
        const high = faults.severity('overvoltage', target)
        if (high !== undefined) return 258 + 14 * high + 0.3 * (volts - 230)
        const low = faults.severity('undervoltage', target)
        return low === undefined ? volts : 183 + 16 * low + 0.3 * (volts - 230)
      }
    },
  }
}
