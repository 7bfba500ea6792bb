import { type FaultName, faultCatalogue, hourMs, minuteMs } from '@fanari/contracts'
import type { Cause } from './causes.ts'
import type { ToldIncident, ToldTicket } from './decisions.ts'
import { diagnoses, type Shows } from './diagnoses.ts'
import type { TownFacts } from './facts.ts'

/** Readings are dated by devices, and an incident begins with the last good one: so far it may begin before its cause. */
const earlyIntervals = 3
const earlyMs = 5 * minuteMs
/** What a cause did may still be told so long after its end. */
const lateIntervals = 2
const lateMs = 2 * minuteMs
/** A warning of the coming night may come a day before it. */
const warningMs = 24 * hourMs

/** Whether an incident tells of a cause at all, by whatever name: the same lights, or the same place, at the same time. */
export const concerns = (incident: ToldIncident, cause: Cause, facts: TownFacts): boolean =>
  sharesPlace(incident, cause) && sharesTime(incident, cause, facts)

/** An incident that takes in many more lights than the cause tells of something else, unless it has the right name. */
const leastShare = 1 / 3

const sharesPlace = (incident: ToldIncident, cause: Cause): boolean => {
  const { scope, members } = incident
  if (cause.lights.length === 0 || members.size === 0) return scope.id === cause.scope.id
  const common = commonLights(incident, cause)
  return common > 0 && (isNamed(incident, cause) || common >= leastShare * members.size)
}

const commonLights = ({ members }: ToldIncident, { lights }: Cause): number =>
  lights.reduce((count, light) => count + (members.has(light) ? 1 : 0), 0)

const sharesTime = (incident: ToldIncident, cause: Cause, facts: TownFacts): boolean => {
  const intervalMs = intervalOf(cause, facts)
  const isWarning = incident.fault === 'autonomyAtRisk'
  const end = isWarning ? Math.max(incident.to, incident.detectedAt + warningMs) : incident.to
  if (end < cause.from || incident.from > cause.to + lateIntervals * intervalMs + lateMs) return false
  // What has gone on for long may be right about what begins now, but was not opened for it.
  return isWarning || incident.from >= cause.from - earlyIntervals * intervalMs - earlyMs || isNamed(incident, cause)
}

/** The slowest of a cause's lights; five minutes where it has none. */
export const intervalOf = (cause: Cause, facts: TownFacts): number =>
  Math.max(0, ...cause.lights.map((light) => facts.lights.get(light)?.intervalMs ?? 0)) || 5 * minuteMs

const isNamed = ({ fault }: ToldIncident, cause: Cause): boolean =>
  diagnoses[cause.kind].faults.includes(fault) || (isSmall(cause) && fault === singlyNamed[diagnoses[cause.kind].shows])

/** Fewer than three lights are judged one by one (CONTRACT section 2), and so are named. */
const isSmall = ({ lights }: Cause): boolean => lights.length > 0 && lights.length < 3
const singlyNamed: Partial<Record<Shows, FaultName>> = { supply: 'supplyLoss', unlit: 'lampUnexpectedOn' }

/** Whether an incident that concerns a cause calls it by a right name and at the right place. */
export const isRight = (incident: ToldIncident, cause: Cause, facts: TownFacts): boolean => {
  if (!isNamed(incident, cause)) return false
  const { scope } = incident
  if (isSmall(cause) && scope.kind === 'luminaire') return cause.lights.includes(scope.id)
  if (sameLights(facts.lightsOf(scope), cause.lights)) return true
  if (!diagnoses[cause.kind].scopes.includes(scope.kind)) return false
  // Who names an area is free how to call it, and nobody can say where a provider ends.
  if (scope.kind === 'area' || diagnoses[cause.kind].shows === 'link') return true
  return scope.id === cause.scope.id || scope.id === placeOf(cause)
}

/** The cabinet or circuit of a phase. */
const placeOf = ({ scope }: Cause): string => scope.id.replace(/:L[123]$/, '')

const sameLights = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && a.length === b.length && a.toSorted().every((id, i) => id === b.toSorted()[i])

/** Which cause a ticket is for, or `null`: the one it names rightly, else the one most like it. */
export const causeOfTicket = (ticket: ToldTicket, causes: readonly Cause[], facts: TownFacts): Cause | null => {
  let best: Cause | null = null
  let bestRank = 0
  for (const cause of causes) {
    if (!diagnoses[cause.kind].ticket) continue
    const told = ticket.incidents.filter((incident) => concerns(incident, cause, facts))
    const rank = Math.max(0, ...told.map((incident) => rankOf(incident, cause, facts)))
    if (rank > bestRank) {
      best = cause
      bestRank = rank
    }
  }
  if (best !== null) return best
  for (const incident of ticket.incidents) best ??= largestOf(outagesBehind(incident, causes, facts), incident)
  return best
}

/** The outages that together leave at least half of an incident's lights dark; none when they do not. */
export const outagesBehind = (incident: ToldIncident, causes: readonly Cause[], facts: TownFacts): Cause[] => {
  const behind = causes.filter(
    (cause) => diagnoses[cause.kind].outage && commonLights(incident, cause) > 0 && sharesTime(incident, cause, facts),
  )
  const dark = new Set(behind.flatMap(({ lights }) => lights).filter((light) => incident.members.has(light)))
  return 2 * dark.size >= incident.members.size ? behind : []
}

const largestOf = (causes: readonly Cause[], incident: ToldIncident): Cause | null =>
  causes.toSorted((a, b) => commonLights(incident, b) - commonLights(incident, a))[0] ?? null

/** Right before wrong; then whether both are about darkness, how much of the lights is common, and at last the nearer beginning. */
const rankOf = (incident: ToldIncident, cause: Cause, facts: TownFacts): number => {
  const all = new Set([...cause.lights, ...incident.members]).size
  const shared = all === 0 ? 1 : commonLights(incident, cause) / all
  const isSameKind = faultCatalogue[incident.fault].dark === diagnoses[cause.kind].outage
  const nearness = 1 / (1 + Math.abs(incident.from - cause.from) / hourMs)
  return (isRight(incident, cause, facts) ? 4 : 0) + (isSameKind ? 2 : 0) + shared + nearness / 1_000
}
