import type { TownPlan } from '../town/town.ts'

export const faultKinds = [
  'lamp',
  'driver',
  'poleFuse',
  'circuitTrip',
  'cabinetSupply',
  'phaseLoss',
  'gatewayFailure',
  'radioLoss',
  'dayBurner',
  'drainedBattery',
  'contactorStuckOpen',
] as const
/** What breaks, at the layer where it breaks; what devices say of it follows. */
export type FaultKind = (typeof faultKinds)[number]

/** What is broken now. The same thing may be broken twice; it works again when both are repaired. */
export interface ActiveFaults {
  has(kind: FaultKind, target: string): boolean
  begin(kind: FaultKind, target: string): void
  /** Returns whether there was such a fault. */
  end(kind: FaultKind, target: string): boolean
}

export const createActiveFaults = (): ActiveFaults => {
  const counts = new Map<string, number>()
  const keyOf = (kind: FaultKind, target: string): string => `${kind} ${target}`
  return {
    has: (kind, target) => counts.size > 0 && counts.has(keyOf(kind, target)),
    begin: (kind, target) => {
      counts.set(keyOf(kind, target), (counts.get(keyOf(kind, target)) ?? 0) + 1)
    },
    end: (kind, target) => {
      const count = counts.get(keyOf(kind, target))
      if (count === undefined) return false
      if (count === 1) counts.delete(keyOf(kind, target))
      else counts.set(keyOf(kind, target), count - 1)
      return true
    },
  }
}

/** Who a fault is about: the lights it keeps from light or from being heard, and the devices whose condition changes. */
export interface FaultReach {
  lights: string[]
  devices: string[]
}
export type FaultTarget = { ok: true; reach: FaultReach } | { ok: false; reason: string }

/** Finds what a fault would reach in a town, or says why it cannot be: `phaseLoss` takes `<circuit or cabinet>:L2`. */
export const createTargets = (town: TownPlan): ((kind: FaultKind, target: string) => FaultTarget) => {
  const luminaires = new Map(town.luminaires.map((light) => [light.id, light]))
  const group = (key: 'circuit' | 'cabinet' | 'gateway') => Map.groupBy(town.luminaires, (light) => light[key])
  const [byCircuit, byCabinet, byGateway] = [group('circuit'), group('cabinet'), group('gateway')]
  const cabinets = new Set(town.cabinets.map(({ id }) => id))
  const others = new Set([...town.cabinets, ...town.sensors].map(({ id }) => id))
  const refuse = (reason: string): FaultTarget => ({ ok: false, reason })
  const reach = (lights: readonly { id: string }[], ...devices: string[]): FaultTarget => {
    const ids = lights.map(({ id }) => id)
    return { ok: true, reach: { lights: ids, devices: [...ids, ...devices] } }
  }

  return (kind, target) => {
    const light = luminaires.get(target)
    switch (kind) {
      case 'lamp':
      case 'driver':
      case 'dayBurner':
        return light === undefined ? refuse(`${target} is no luminaire`) : reach([light])
      case 'poleFuse':
        return light?.supply === 'grid' ? reach([light]) : refuse(`${target} is no luminaire on the grid`)
      case 'drainedBattery':
        return light?.supply === 'solar' ? reach([light]) : refuse(`${target} is no solar luminaire`)
      case 'radioLoss':
        if (light !== undefined) return reach([light])
        return others.has(target) ? reach([], target) : refuse(`${target} is no luminaire, cabinet or sensor`)
      case 'circuitTrip': {
        const members = byCircuit.get(target)
        const cabinet = members?.[0]?.cabinet
        return members === undefined || cabinet === undefined
          ? refuse(`${target} is no circuit`)
          : reach(members, cabinet)
      }
      case 'cabinetSupply':
      case 'contactorStuckOpen':
        return cabinets.has(target) ? reach(byCabinet.get(target) ?? [], target) : refuse(`${target} is no cabinet`)
      case 'phaseLoss': {
        const [, feeder = '', phase] = /^(.+):(L[123])$/.exec(target) ?? []
        const fed = byCircuit.get(feeder) ?? byCabinet.get(feeder)
        const cabinet = fed?.[0]?.cabinet
        if (fed === undefined || cabinet === undefined)
          return refuse(`${target} is no <circuit or cabinet>:L1, L2 or L3`)
        return reach(
          fed.filter((member) => member.phase === phase),
          cabinet,
        )
      }
      case 'gatewayFailure': {
        const known = town.gateways.some(({ id }) => id === target)
        return known ? reach(byGateway.get(target) ?? [], target) : refuse(`${target} is no gateway`)
      }
    }
  }
}
