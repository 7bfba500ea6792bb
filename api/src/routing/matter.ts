import type {
  Category,
  DetectedIncident,
  Extent,
  FaultName,
  LuminaireProperties,
  RoutedMatter,
  Ticket,
} from '@fanari/contracts'
import type { AssetFacts } from '../register/inventory.ts'
import { lightsOf } from '../tickets/words.ts'

/*
 * What the routing rules are told of a matter. Of several lights only what is true of all of them: a mixed group is nobody's in
 * particular.
 */

const supplyFaults: ReadonlySet<FaultName> = new Set<FaultName>(['cabinetOutage', 'supplyLoss'])
const circuitFaults: ReadonlySet<FaultName> = new Set<FaultName>(['circuitOutage', 'phaseLoss'])

export const matterOfIncident = (
  incident: DetectedIncident,
  category: Category,
  facts: AssetFacts,
  danger: boolean,
): RoutedMatter => ({
  category,
  ...(incident.community === undefined ? {} : { community: incident.community }),
  fault: incident.fault,
  extent: extentOf(incident),
  ...ofAllLights(lightsOf(incident.members, facts)),
  danger,
  severity: incident.severity,
})

/** Of a ticket that no incident speaks for: what the citizens have said. */
export const matterOfTicket = (ticket: Ticket, facts: AssetFacts): RoutedMatter => {
  const { category, location, members, danger = [], safetyClass } = ticket
  return {
    category,
    ...(location.community === undefined ? {} : { community: location.community }),
    extent: extentOfTicket(ticket),
    ...ofAllLights(lightsOf(members, facts)),
    danger: danger.length > 0 || safetyClass === 'danger',
  }
}

/** Who says that the whole street is dark, where the circuit is known, speaks of the circuit. */
const extentOfTicket = ({ dedupKey, category, members }: Ticket): Extent => {
  if (dedupKey?.startsWith('circuit:')) return 'circuit'
  if (category === 'street-dark') return 'several'
  if (members.length === 0) return 'none'
  return members.length === 1 ? 'single' : 'several'
}

const extentOf = ({ fault, scope, members }: DetectedIncident): Extent => {
  if (fault === 'dayBurningGroup') return 'dayBurningGroup'
  if (circuitFaults.has(fault)) return 'circuit'
  if (scope.kind === 'area' || (supplyFaults.has(fault) && scope.kind !== 'luminaire')) return 'cabinet'
  if (members.length === 0) return 'none'
  return members.length === 1 ? 'single' : 'several'
}

const ofAllLights = (lights: readonly LuminaireProperties[]): Pick<RoutedMatter, 'owner' | 'supply'> => {
  const owner = theSame(lights.map((light) => light.owner))
  const supply = theSame(lights.map((light) => light.supply))
  return { ...(owner === undefined ? {} : { owner }), ...(supply === undefined ? {} : { supply }) }
}

const theSame = <Value>(values: readonly (Value | undefined)[]): Value | undefined =>
  values.every((value) => value === values[0]) ? values[0] : undefined
