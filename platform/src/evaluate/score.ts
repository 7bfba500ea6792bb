import type { FaultName, Instant } from '@fanari/contracts'
import { minuteMs } from '@fanari/contracts'
import type { Cause } from './causes.ts'
import type { Decisions, ToldIncident } from './decisions.ts'
import { type CauseKind, diagnoses } from './diagnoses.ts'
import { type Evidence, evidenceOf, type Observation } from './evidence.ts'
import type { Span } from './facts.ts'
import { causeOfTicket, concerns, intervalOf, isRight, outagesBehind } from './match.ts'

/** How one cause was told. */
export interface CauseScore {
  id: string
  kind: CauseKind
  scope: string
  lights: number
  from: Instant
  to: Instant
  evidence: Evidence
  /** What was told of it, the earliest first. */
  told: { fault: FaultName; scope: string; detectedAt: Instant; right: boolean }[]
  found: boolean
  /** Named and placed rightly by an incident that stands in the end. */
  right: boolean
  /** Ids of the tickets opened for it. */
  tickets: string[]
  /** From when it could be seen, and from when it was, to the decision [ms]; `null` when not found. */
  latency: { sinceEvidenceMs: number | null; sinceOnsetMs: number } | null
  intervalMs: number
}

/** How one ticket was meant. */
export interface TicketScore {
  id: string
  fault: FaultName | null
  scope: string
  createdAt: Instant
  /** The cause it is for; `null`: a false one. */
  cause: string | null
  /** Whether it names and places that cause rightly. */
  right: boolean
  /** Opened soon after the platform came back. */
  afterRestart: boolean
}

/** How many incidents of one name were told, and how many of them of something that was so. */
export interface NameScore {
  told: number
  true: number
}

export interface DetectionScore {
  causes: CauseScore[]
  tickets: TicketScore[]
  names: Partial<Record<FaultName, NameScore>>
}

/** What is opened within three reports and a quarter of an hour of a restart may be the restart's doing [ms]. */
const restartMs = 3 * 5 * minuteMs + 15 * minuteMs

/** Compares what was decided within `scored` with what was so. */
export const scoreDetection = (
  causes: readonly Cause[],
  { incidents, tickets }: Decisions,
  observation: Observation,
  scored: Span,
): DetectionScore => {
  const { facts, stops } = observation
  const inWeek = (at: Instant): boolean => at >= scored.from && at <= scored.to
  const ticketed = incidents.filter(({ opensTicket }) => opensTicket)
  const assigned = tickets.map((ticket) => ({ ticket, cause: causeOfTicket(ticket, causes, facts) }))

  /** What each incident with a ticket was opened for. */
  const purposes = new Map(assigned.flatMap(({ ticket, cause }) => ticket.incidents.map((it) => [it, cause] as const)))

  const scoreCause = (cause: Cause): CauseScore => {
    const { id, kind, scope, lights, from, to } = cause
    const diagnosis = diagnoses[kind]
    const own = (diagnosis.ticket ? ticketed : incidents)
      .filter((incident) => concerns(incident, cause, facts))
      .map((incident) => ({ incident, right: isRight(incident, cause, facts) }))
      // What was opened for something else that is wrong there does not tell of this.
      .filter(({ incident, right }) => right || (purposes.get(incident) ?? cause) === cause)
      .sort((a, b) => a.incident.detectedAt - b.incident.detectedAt)
    const evidence = evidenceOf(cause, observation)
    const first = own[0]?.incident
    return {
      id,
      kind,
      scope: `${scope.kind} ${scope.id}`,
      lights: lights.length,
      from,
      to,
      evidence,
      told: own.map(({ incident, right }) => ({
        fault: incident.fault,
        scope: `${incident.scope.kind} ${incident.scope.id}`,
        detectedAt: incident.detectedAt,
        right,
      })),
      found: own.length > 0,
      right: own.some(({ incident, right }) => right && !incident.isAbsorbed),
      tickets: assigned.filter((it) => it.cause === cause).map(({ ticket }) => ticket.id),
      latency:
        first === undefined
          ? null
          : {
              sinceEvidenceMs: evidence.visible ? Math.max(0, first.detectedAt - evidence.from) : null,
              sinceOnsetMs: Math.max(0, first.detectedAt - from),
            },
      intervalMs: intervalOf(cause, facts),
    }
  }

  const names: DetectionScore['names'] = {}
  for (const incident of incidents) {
    if (!inWeek(incident.detectedAt)) continue
    const name = names[incident.fault] ?? { told: 0, true: 0 }
    names[incident.fault] = name
    name.told++
    const isTrue = (cause: Cause) =>
      (diagnoses[cause.kind].ticket || !incident.opensTicket) && concerns(incident, cause, facts)
    const isSo =
      causes.some(isTrue) ||
      outagesBehind(incident, causes, facts).length > 0 ||
      isBlindness(incident, stops) ||
      isSilence(incident, observation)
    if (isSo) name.true++
  }

  return {
    names,
    causes: causes.filter(({ from, to }) => from < scored.to && to > scored.from).map(scoreCause),
    tickets: assigned
      .filter(({ ticket }) => inWeek(ticket.createdAt))
      .map(({ ticket, cause }) => {
        const { id, createdAt } = ticket
        const last = ticket.incidents.at(-1)
        return {
          id,
          fault: last?.fault ?? null,
          scope: last === undefined ? '' : `${last.scope.kind} ${last.scope.id}`,
          createdAt,
          cause: cause?.id ?? null,
          right:
            cause !== null &&
            ticket.incidents.some((incident) => concerns(incident, cause, facts) && isRight(incident, cause, facts)),
          afterRestart: stops.some(({ to }) => createdAt >= to && createdAt - to <= restartMs),
        }
      }),
  }
}

/** The platform did not hear, and says so. */
const isBlindness = ({ fault, from, to }: ToldIncident, stops: readonly Span[]): boolean =>
  fault === 'platformBlind' && stops.some((stop) => from <= stop.to && to >= stop.from)

/** Nothing was heard of the light for three intervals, and the platform was there to hear. */
const isSilence = ({ fault, scope, detectedAt }: ToldIncident, { facts, heard, stops }: Observation): boolean => {
  const light = facts.lights.get(scope.id)
  if (fault !== 'communicationFailure' || light === undefined) return false
  const since = detectedAt - 3 * light.intervalMs
  if (stops.some(({ from, to }) => from < detectedAt && to > since)) return false
  return !(heard.of(light.device)?.receivedAt ?? []).some((at) => at > since && at <= detectedAt)
}
