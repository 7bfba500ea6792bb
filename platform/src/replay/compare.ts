import type { FaultName, Instant, Scope } from '@fanari/contracts'
import type { ReplayOutput } from './playback.ts'

/** An incident as far as two rule sets can differ about it. Times are ms since 1970 UTC; `to` is infinite while it is open. */
export interface JudgedIncident {
  id: string
  fault: FaultName
  scope: Scope
  from: Instant
  to: Instant
  detectedAt: Instant
  /** The ticket it opened, if it opened one. */
  ticket: string | null
}

/** What one rule set decided, in short. */
export interface Verdicts {
  take(outputs: readonly ReplayOutput[]): void
  incidents(): JudgedIncident[]
}

export const createVerdicts = (): Verdicts => {
  const incidents = new Map<string, JudgedIncident>()
  return {
    incidents: () => [...incidents.values()],
    take(outputs) {
      for (const output of outputs) {
        switch (output.type) {
          case 'incident.opened':
          case 'incident.updated':
          case 'incident.resolved': {
            const { id, fault, scope, startedAt, detectedAt, resolvedAt } = output.incident
            const from = Date.parse(startedAt)
            const to = resolvedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(resolvedAt)
            const ticket = incidents.get(id)?.ticket ?? null
            incidents.set(id, { id, fault, scope, from, to, detectedAt: Date.parse(detectedAt), ticket })
            break
          }
          case 'ticket.opened': {
            const incident = incidents.get(output.ticket.incident ?? '')
            if (incident !== undefined) incident.ticket = output.ticket.id
            break
          }
          default:
            break
        }
      }
    },
  }
}

/** One difference between what two rule sets decided of the same history. */
export type Difference =
  | {
      type: 'incident.onlyInFirst' | 'incident.onlyInSecond'
      at: Instant
      incident: string
      fault: FaultName
      scope: Scope
      ticket: string | null
    }
  | {
      type: 'incident.earlier' | 'incident.later'
      at: Instant
      fault: FaultName
      scope: Scope
      first: { incident: string; detectedAt: Instant }
      second: { incident: string; detectedAt: Instant }
      /** How much earlier or later the second decided [s]. */
      seconds: number
    }
  | { type: 'ticket.onlyInFirst' | 'ticket.onlyInSecond'; at: Instant; ticket: string; fault: FaultName; scope: Scope }

export interface Comparison {
  /** In order of their moment. */
  differences: Difference[]
  first: { incidents: number; tickets: number }
  second: { incidents: number; tickets: number }
}

/**
 * Sets side by side what two rule sets decided. Two incidents are the same when they are of the same fault and scope and overlap in
 * time; of several, the one whose beginning is nearest.
 */
export const compare = (first: readonly JudgedIncident[], second: readonly JudgedIncident[]): Comparison => {
  const left = Map.groupBy(second, placeOf)
  const differences: Difference[] = []
  for (const incident of first) {
    const candidates = left.get(placeOf(incident)) ?? []
    const twin = nearestOf(incident, candidates)
    if (twin === null) {
      differences.push(alone('incident.onlyInFirst', incident), ...ticketAlone('ticket.onlyInFirst', incident))
      continue
    }
    candidates.splice(candidates.indexOf(twin), 1)
    const delayMs = twin.detectedAt - incident.detectedAt
    if (delayMs !== 0)
      differences.push({
        type: delayMs < 0 ? 'incident.earlier' : 'incident.later',
        at: Math.min(incident.detectedAt, twin.detectedAt),
        fault: incident.fault,
        scope: incident.scope,
        first: { incident: incident.id, detectedAt: incident.detectedAt },
        second: { incident: twin.id, detectedAt: twin.detectedAt },
        seconds: Math.abs(delayMs) / 1_000,
      })
    if (twin.ticket === null) differences.push(...ticketAlone('ticket.onlyInFirst', incident))
    if (incident.ticket === null) differences.push(...ticketAlone('ticket.onlyInSecond', twin))
  }
  for (const incident of [...left.values()].flat())
    differences.push(alone('incident.onlyInSecond', incident), ...ticketAlone('ticket.onlyInSecond', incident))
  return { differences: differences.sort((a, b) => a.at - b.at), first: countOf(first), second: countOf(second) }
}

const placeOf = ({ fault, scope }: JudgedIncident): string => `${fault} ${scope.kind} ${scope.id}`

const nearestOf = (incident: JudgedIncident, candidates: readonly JudgedIncident[]): JudgedIncident | null => {
  let nearest: JudgedIncident | null = null
  for (const it of candidates) {
    if (it.from > incident.to || it.to < incident.from) continue
    if (nearest === null || Math.abs(it.from - incident.from) < Math.abs(nearest.from - incident.from)) nearest = it
  }
  return nearest
}

const alone = (
  type: 'incident.onlyInFirst' | 'incident.onlyInSecond',
  { id, fault, scope, ticket, detectedAt }: JudgedIncident,
): Difference => ({ type, at: detectedAt, incident: id, fault, scope, ticket })

const ticketAlone = (
  type: 'ticket.onlyInFirst' | 'ticket.onlyInSecond',
  { ticket, fault, scope, detectedAt }: JudgedIncident,
): Difference[] => (ticket === null ? [] : [{ type, at: detectedAt, ticket, fault, scope }])

const countOf = (incidents: readonly JudgedIncident[]) => ({
  incidents: incidents.length,
  tickets: incidents.filter(({ ticket }) => ticket !== null).length,
})
