import type { Luminaire, TownPlan } from '../town/town.ts'
import type { FaultKind } from './faults.ts'
import { providerOf } from './providers.ts'

/** What a fault is a fault of; kinds and ids are those of an incident's scope. */
export interface FaultScope {
  kind: 'luminaire' | 'sensor' | 'circuit' | 'phase' | 'cabinet' | 'gateway' | 'area'
  id: string
}

/** Who a fault is about. */
export interface FaultReach {
  scope: FaultScope
  /** The lights it changes, darkens or keeps from being heard. */
  lights: string[]
  /** The devices whose condition changes: lights and others. */
  devices: string[]
  /** The things that count as broken: the target itself, or what lies behind it. */
  carriers: string[]
}
export type FaultTarget = { ok: true; reach: FaultReach } | { ok: false; reason: string }

const idsOf = (things: readonly { id: string }[]): string[] => things.map(({ id }) => id)

/**
 * Finds what a fault would reach in a town, or says why it cannot be. `phaseLoss` takes `<circuit or cabinet>:L2`, `overvoltage`
 * and `undervoltage` `<cabinet>:L2`, `cableCut` `<circuit>#<position>`, `areaSupply` `<cabinet>+<cabinet>`, `providerOutage` a
 * provider's name.
 */
export const createTargets = (town: TownPlan): ((kind: FaultKind, target: string) => FaultTarget) => {
  const luminaires = new Map(town.luminaires.map((light) => [light.id, light]))
  const group = (key: 'circuit' | 'cabinet' | 'gateway') => Map.groupBy(town.luminaires, (light) => light[key])
  const [byCircuit, byCabinet, byGateway] = [group('circuit'), group('cabinet'), group('gateway')]
  const cabinets = new Map(town.cabinets.map((cabinet) => [cabinet.id, cabinet]))
  const gateways = new Set(idsOf(town.gateways))
  const sensors = new Set(idsOf(town.sensors))

  const refuse = (reason: string): FaultTarget => ({ ok: false, reason })
  const reach = (
    scope: FaultScope,
    lights: readonly { id: string }[],
    others: readonly string[] = [],
    carriers: readonly string[] = [scope.id],
  ): FaultTarget => {
    const ids = idsOf(lights)
    return { ok: true, reach: { scope, lights: ids, devices: [...ids, ...others], carriers: [...carriers] } }
  }
  const ofLight = (target: string, suits: (light: Luminaire) => boolean, what: string): FaultTarget => {
    const light = luminaires.get(target)
    return light !== undefined && suits(light)
      ? reach({ kind: 'luminaire', id: target }, [light])
      : refuse(`${target} is no ${what}`)
  }
  const ofCabinet = (target: string, lights = byCabinet.get(target) ?? []): FaultTarget =>
    cabinets.has(target) ? reach({ kind: 'cabinet', id: target }, lights, [target]) : refuse(`${target} is no cabinet`)
  const ofCircuit = (target: string): FaultTarget => {
    const members = byCircuit.get(target)
    const cabinet = members?.[0]?.cabinet
    return members === undefined || cabinet === undefined
      ? refuse(`${target} is no circuit`)
      : reach({ kind: 'circuit', id: target }, members, [cabinet])
  }
  /** The lights of a circuit, the farthest first. */
  const fromFarEnd = (circuit: string): Luminaire[] =>
    [...(byCircuit.get(circuit) ?? [])].sort((a, b) => (b.position ?? 0) - (a.position ?? 0))

  return (kind, target) => {
    switch (kind) {
      case 'lamp':
      case 'driver':
      case 'ledString':
      case 'wrongLamp':
      case 'dimmingStuck':
      case 'cycling':
      case 'relayOpen':
      case 'dayBurner':
      case 'leaning':
      case 'overheating':
      case 'clockWrong':
      case 'controllerHang':
      case 'reboot':
        return ofLight(target, () => true, 'luminaire')
      case 'poleFuse':
      case 'knockdown':
      case 'capacitor':
        return ofLight(target, ({ supply }) => supply === 'grid', 'luminaire on the grid')
      case 'poorLink':
        return ofLight(target, ({ gateway }) => gateway !== undefined, 'luminaire behind a gateway')
      case 'drainedBattery':
      case 'batteryAged':
      case 'panelSoiled':
      case 'panelShaded':
      case 'panelCovered':
      case 'panelDisconnected':
      case 'chargerFault':
        return ofLight(target, ({ supply }) => supply === 'solar', 'solar luminaire')
      case 'radioLoss':
        if (sensors.has(target)) return reach({ kind: 'sensor', id: target }, [], [target])
        if (cabinets.has(target)) return ofCabinet(target, [])
        return ofLight(target, () => true, 'luminaire, cabinet or sensor')
      case 'circuitTrip':
        return ofCircuit(target)
      case 'cableTheft': {
        const found = ofCircuit(target)
        return found.ok ? { ok: true, reach: { ...found.reach, carriers: idsOf(fromFarEnd(target)) } } : found
      }
      case 'cableCut': {
        const [, circuit = '', position = ''] = /^(.+)#(\d+)$/.exec(target) ?? []
        const tail = fromFarEnd(circuit).filter((light) => (light.position ?? 0) >= Number(position))
        const cabinet = tail[0]?.cabinet
        if (cabinet === undefined) return refuse(`${target} is no <circuit>#<position> with a light from there on`)
        return reach({ kind: 'circuit', id: circuit }, tail, [cabinet], idsOf(tail))
      }
      case 'contactorWelded':
      case 'dip':
        return cabinets.has(target) ? ofCabinet(target) : ofCircuit(target)
      case 'cabinetSupply':
      case 'contactorStuckOpen':
        return ofCabinet(target)
      case 'illegalTap':
      case 'leakage':
      case 'doorOpen':
        return ofCabinet(target, [])
      case 'phaseLoss':
      case 'overvoltage':
      case 'undervoltage': {
        const [, feeder = '', phase] = /^(.+):(L[123])$/.exec(target) ?? []
        const fed = byCabinet.get(feeder) ?? (kind === 'phaseLoss' ? byCircuit.get(feeder) : undefined)
        const cabinet = fed?.[0]?.cabinet
        if (fed === undefined || cabinet === undefined)
          return refuse(`${target} is no <${kind === 'phaseLoss' ? 'circuit or cabinet' : 'cabinet'}>:L1, L2 or L3`)
        return reach(
          { kind: 'phase', id: target },
          fed.filter((member) => member.phase === phase),
          [cabinet],
        )
      }
      case 'areaSupply': {
        const members = target.split('+')
        const unknown = members.find((id) => !cabinets.has(id))
        if (unknown !== undefined) return refuse(`${unknown} is no cabinet`)
        const communities = new Set(members.map((id) => cabinets.get(id)?.community))
        const near = town.gateways.filter(({ id }) =>
          (byGateway.get(id) ?? []).some(({ community }) => communities.has(community)),
        )
        const others = [...members, ...idsOf(near)]
        const lights = members.flatMap((id) => byCabinet.get(id) ?? [])
        return reach({ kind: 'area', id: target }, lights, others, others)
      }
      case 'gatewayFailure':
        return gateways.has(target)
          ? reach({ kind: 'gateway', id: target }, byGateway.get(target) ?? [], [target])
          : refuse(`${target} is no gateway`)
      case 'providerOutage': {
        const isServed = ({ id }: { id: string }): boolean => providerOf(id) === target
        const behind = town.gateways.filter(isServed)
        const direct = town.luminaires.filter((light) => light.gateway === undefined && isServed(light))
        const others = [
          ...behind,
          ...town.cabinets.filter((cabinet) => cabinet.device !== undefined && isServed(cabinet)),
          ...town.sensors.filter(isServed),
        ]
        if (direct.length + others.length === 0) return refuse(`nothing is connected through ${target}`)
        const lights = [...behind.flatMap(({ id }) => byGateway.get(id) ?? []), ...direct]
        return reach({ kind: 'area', id: target }, lights, idsOf(others))
      }
    }
  }
}
