import { pick, type Random } from '../random.ts'
import type { FaultKind } from '../scenario/faults.ts'
import { providerNames, providerOf } from '../scenario/providers.ts'
import { eveningDim } from '../town/programs.ts'
import type { Cabinet, Luminaire, Place, TownPlan } from '../town/town.ts'
import { createWeekTraits } from './week-traits.ts'

/** So often a lamp or driver that fails is a solar light's. */
const solarShareOfLamps = 0.08
const fewestBehindCut = 3
const sharesOfArea = { nextVillage: 0.5 } as const

const metresApart = (a: Place, b: Place): number =>
  Math.hypot(a.lat - b.lat, (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180))

/** Chooses what breaks: only what can show the fault, such as a lamp that is dimmed where dimming sticks. */
export const createCauseTargets = (
  seed: number,
  town: TownPlan,
): ((fault: FaultKind, random: Random) => string | null) => {
  const traitsOf = createWeekTraits(seed, town)
  const grid = town.luminaires.filter(({ supply }) => supply === 'grid')
  const solar = town.luminaires.filter(({ supply }) => supply === 'solar')
  const feelsTilt = grid.filter(({ id }) => !traitsOf(id).omits.has('tilt'))
  const dims = grid.filter(({ id, program }) => program === eveningDim && !traitsOf(id).omits.has('lightLevel'))
  // By day a lamp behind a switched contactor has no supply to burn on.
  const switched = new Set(town.cabinets.flatMap(({ id, feed }) => (feed === 'switched' ? [id] : [])))
  const burnsByDay = grid.filter(({ cabinet }) => !switched.has(cabinet ?? ''))
  const circuits = [...Map.groupBy(grid, ({ circuit }) => circuit ?? '')].filter(([, lights]) => lights.length >= 6)
  const metered = town.cabinets.filter(({ device }) => device !== undefined)

  const one = (things: readonly { id: string }[], random: Random): string | null =>
    things.length === 0 ? null : pick(random, things).id
  const circuit = (random: Random): [id: string, lights: Luminaire[]] | null =>
    circuits.length === 0 ? null : pick(random, circuits)
  const phased = (feeder: string | null | undefined, random: Random): string | null =>
    feeder == null ? null : `${feeder}:${pick(random, ['L1', 'L2', 'L3'])}`
  /** Cabinets behind the same line of the supply company: those of a village, and often of the next. */
  const area = (random: Random): string | null => {
    if (town.cabinets.length < 2) return null
    const first = pick(random, town.cabinets)
    const others = town.cabinets
      .filter(({ community }) => community !== first.community)
      .sort((a, b) => metresApart(a, first) - metresApart(b, first))
    const near = others[0]?.community
    const own = town.cabinets.filter(({ community }) => community === first.community)
    const next: Cabinet[] =
      own.length < 2 || random() < sharesOfArea.nextVillage
        ? town.cabinets.filter(({ community }) => community === near)
        : []
    return [...own, ...next].map(({ id }) => id).join('+')
  }

  return (fault, random) => {
    switch (fault) {
      case 'lamp':
      case 'driver':
        return one(random() < solarShareOfLamps ? solar : grid, random)
      case 'knockdown':
      case 'leaning':
        return one(feelsTilt, random)
      case 'dayBurner':
        return one(burnsByDay, random)
      case 'dimmingStuck':
        return one(dims, random)
      case 'ledString':
      case 'wrongLamp':
      case 'cycling':
      case 'relayOpen':
      case 'capacitor':
      case 'poleFuse':
      case 'overheating':
      case 'clockWrong':
      case 'controllerHang':
      case 'poorLink':
        return one(grid, random)
      case 'radioLoss':
      case 'reboot':
        return one(town.luminaires, random)
      case 'drainedBattery':
      case 'batteryAged':
      case 'panelSoiled':
      case 'panelShaded':
      case 'panelCovered':
      case 'panelDisconnected':
      case 'chargerFault':
        return one(solar, random)
      case 'circuitTrip':
      case 'cableTheft':
        return circuit(random)?.[0] ?? null
      case 'cableCut': {
        const found = circuit(random)
        if (found === null) return null
        const [id, lights] = found
        return `${id}#${2 + Math.floor(random() * (lights.length - fewestBehindCut))}`
      }
      case 'contactorWelded':
      case 'dip':
        return random() < 0.5 ? (circuit(random)?.[0] ?? null) : one(town.cabinets, random)
      case 'phaseLoss':
        return phased(random() < 0.6 ? circuit(random)?.[0] : one(town.cabinets, random), random)
      case 'overvoltage':
      case 'undervoltage':
        return phased(one(town.cabinets, random), random)
      case 'contactorStuckOpen':
      case 'cabinetSupply':
        return one(town.cabinets, random)
      case 'illegalTap':
      case 'leakage':
      case 'doorOpen':
        return one(metered, random)
      case 'areaSupply':
        return area(random)
      case 'gatewayFailure':
        return one(town.gateways, random)
      case 'providerOutage': {
        const served = new Set([...town.gateways, ...solar].map(({ id }) => providerOf(id)))
        const known = providerNames.filter((name) => served.has(name))
        return known.length === 0 ? null : pick(random, known)
      }
    }
  }
}
