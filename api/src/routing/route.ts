import {
  type ClockTerm,
  categories,
  type Priority,
  type RoutedMatter,
  type RoutingCondition,
  type RoutingTable,
  type SafetyClass,
  type Service,
} from '@fanari/contracts'

/** Where a matter goes, and why. */
export interface Routed {
  service: Service
  team: string | null
  priority: Priority
  /** To repair. */
  term: ClockTerm
  routedBy: { rule: string; el: string; en: string }
}

/** What a rule may ask of the moment. */
export interface RoutingMoment {
  /** The local clock, `HH:mm`. */
  clock: string
  serviceOpen: boolean
}

/** The first rule that holds. Pure, so that a dry run and a replay answer as the live platform does. */
export const routeMatter = (table: RoutingTable, matter: RoutedMatter, moment: RoutingMoment): Routed => {
  const rule = table.rules.find(({ when }) => holds(when, matter, moment))
  if (rule === undefined) throw new Error('a routing table ends with a rule that always holds')
  const { service, team = null, priority = priorityOf(matter), term = table.terms[priority] } = rule.to
  return { service, team, priority, term, routedBy: { rule: rule.id, ...rule.why } }
}

const bySeverity = { critical: 'urgent', major: 'high', minor: 'normal', info: 'normal' } as const
const bySafetyClass: Record<SafetyClass, Priority> = {
  danger: 'urgent',
  safety: 'high',
  service: 'normal',
  none: 'low',
}

/** As severe as telemetry calls it; without telemetry, as its category is. */
const priorityOf = ({ severity, category }: RoutedMatter): Priority =>
  severity === undefined ? bySafetyClass[categories[category].safetyClass] : bySeverity[severity]

const holds = (when: RoutingCondition, matter: RoutedMatter, { clock, serviceOpen }: RoutingMoment): boolean =>
  among(when.categories, matter.category) &&
  among(when.groups, categories[matter.category].group) &&
  among(when.communities, matter.community) &&
  among(when.faults, matter.fault) &&
  among(when.extents, matter.extent) &&
  among(when.owners, matter.owner) &&
  among(when.supplies, matter.supply) &&
  (when.danger ?? matter.danger) === matter.danger &&
  (when.serviceOpen ?? serviceOpen) === serviceOpen &&
  (when.hours === undefined || isWithin(when.hours, clock))

const among = <Value>(asked: readonly Value[] | undefined, value: Value | undefined): boolean =>
  asked === undefined || (value !== undefined && asked.includes(value))

const isWithin = ({ from, until }: { from: string; until: string }, clock: string): boolean =>
  from <= until ? clock >= from && clock < until : clock >= from || clock < until
