import type { Incident, Instant, Ticket } from '@fanari/contracts'
import { afterQuiet, type DutyPolicy, isAtLeast, type Severity } from './policy.ts'

/*
 * Who is told of a ticket, and when: the technician on duty, and the supervisor when nobody takes it up. Pure: documents and times
 * come in, what is to be said and the next moment to ask again come out. The state is plain data, so that it survives a restart.
 */

/** A ticket that is not over. */
interface Watched {
  ticket: Ticket
  /** Since when it has been open, as heard here. */
  openSince: Instant
  /** When the technician was told; `null`: not yet. */
  toldAt: Instant | null
  /** How bad it was when the technician was told; not set by releases that did not look whether it grew worse. */
  toldSeverity?: Severity
  /** Since when it is worse than the technician was told. */
  worseSince?: Instant
  /** When the supervisor was told; `null`: not yet. */
  escalatedAt: Instant | null
}

/** Heavy weather: from when until when. */
interface Storm {
  since: Instant
  until: Instant
}

export interface DutyState {
  watched: Readonly<Record<string, Watched>>
  /** Of open incidents. */
  severities: Readonly<Record<string, Severity>>
  /** Tickets that ended after somebody had been told of them. */
  ended: readonly Ticket[]
  storm: Storm | null
}
export const initialDuty: DutyState = { watched: {}, severities: {}, ended: [], storm: null }

/** What is to be said, and to whom; several tickets in one message when they fall due together. */
export interface DutyNotice {
  kind: 'opened' | 'worsened' | 'escalated' | 'ended'
  to: 'duty' | 'supervisor'
  /** The worst of them. */
  severity: Severity
  tickets: { ticket: Ticket; severity: Severity; escalatesAt: Instant | null }[]
}

/** An incident and its ticket come on two topics: how long a ticket waits for its incident [ms]. */
const incidentWaitMs = 3_000

export const hearIncident = (state: DutyState, { id, state: is, severity }: Incident): DutyState => {
  const { [id]: _, ...others } = state.severities
  return { ...state, severities: is === 'open' ? { ...others, [id]: severity } : others }
}

/** Takes a ticket document; one that is not newer than what is known changes nothing. */
export const hearTicket = (state: DutyState, ticket: Ticket, at: Instant): DutyState => {
  const known = state.watched[ticket.id]
  if (known !== undefined && ticket.revision <= known.ticket.revision) return state
  const { [ticket.id]: _, ...others } = state.watched
  const watching = (watched: Watched): DutyState => ({ ...state, watched: { ...others, [ticket.id]: watched } })
  // What is part of another ticket is told with that one.
  if (ticket.mergedInto !== undefined) return known === undefined ? state : { ...state, watched: others }
  switch (ticket.status) {
    case 'open':
      return known?.ticket.status === 'open'
        ? watching({ ...known, ticket })
        : watching({ ticket, openSince: at, toldAt: null, escalatedAt: null })
    case 'assigned':
    case 'inProgress':
    case 'waiting':
    case 'resolved':
      return known === undefined ? state : watching({ ...known, ticket })
    case 'closed':
      return {
        ...state,
        watched: others,
        ended: known === undefined || known.toldAt === null ? state.ended : [...state.ended, ticket],
      }
  }
}

/** Begins, prolongs or (`null`) ends heavy weather. */
export const setStorm = (state: DutyState, until: Instant | null, at: Instant): DutyState => ({
  ...state,
  storm: until === null || until <= at ? null : { since: state.storm?.since ?? at, until },
})

/** Tickets that something is to be said about by `now`, for a last look at what has become of them. */
export const ticketsDue = (state: DutyState, policy: DutyPolicy, now: Instant): string[] =>
  Object.values(state.watched)
    .filter((watched) => (nextStep(state, watched, policy, now)?.at ?? Number.POSITIVE_INFINITY) <= now)
    .map(({ ticket }) => ticket.id)

/** What is to be said at `now`, the state after it, and when to ask again (`null`: when something is heard). */
export const decide = (
  before: DutyState,
  policy: DutyPolicy,
  now: Instant,
): { state: DutyState; notices: DutyNotice[]; nextAt: Instant | null } => {
  const state = before.storm !== null && before.storm.until <= now ? { ...before, storm: null } : before
  const watched: Record<string, Watched> = {}
  const opened: DutyNotice['tickets'] = []
  const worsened: DutyNotice['tickets'] = []
  const escalated: DutyNotice['tickets'] = []
  for (const [id, known] of Object.entries(state.watched)) {
    const entry = isWorse(state, known) && known.worseSince === undefined ? { ...known, worseSince: now } : known
    watched[id] = entry
    const step = nextStep(state, entry, policy, now)
    if (step === null || step.at > now) continue
    const { ticket } = entry
    if (step.kind === 'escalated') {
      escalated.push({ ticket, severity: step.severity, escalatesAt: null })
      watched[id] = { ...entry, escalatedAt: now }
    } else {
      const { worseSince: _, ...told } = entry
      watched[id] = { ...told, toldAt: now, toldSeverity: step.severity, escalatedAt: null }
      const into = step.kind === 'opened' ? opened : worsened
      into.push({ ticket, severity: step.severity, escalatesAt: escalationAt(now, step.severity, policy) })
    }
  }
  const ended = state.ended.map((ticket) => ({ ticket, severity: severityOf(state, ticket), escalatesAt: null }))
  const after: DutyState = { ...state, watched, ended: [] }
  const times = Object.values(watched).flatMap((entry) => nextStep(after, entry, policy, now)?.at ?? [])
  if (after.storm !== null) times.push(after.storm.until)
  return {
    state: after,
    notices: [
      ...notice('opened', 'duty', opened),
      ...notice('worsened', 'duty', worsened),
      ...notice('escalated', 'supervisor', escalated),
      ...notice('ended', 'duty', ended),
    ],
    nextAt: times.length === 0 ? null : Math.min(...times),
  }
}

const notice = (kind: DutyNotice['kind'], to: DutyNotice['to'], tickets: DutyNotice['tickets']): DutyNotice[] => {
  const sorted = tickets.toSorted((a, b) =>
    a.severity === b.severity ? 0 : isAtLeast(a.severity, b.severity) ? -1 : 1,
  )
  const [worst] = sorted
  return worst === undefined ? [] : [{ kind, to, severity: worst.severity, tickets: sorted }]
}

/** Whether a ticket needs no incident to say how bad it is, or its incident has said so. */
const isKnown = ({ severities }: DutyState, { incident }: Ticket): boolean =>
  incident === undefined || incident in severities

/** A citizen's report of one lamp that turns out to be a dark circuit is news to who was told of the lamp. */
const isWorse = (state: DutyState, { ticket, toldSeverity }: Watched): boolean => {
  if (ticket.status !== 'open' || toldSeverity === undefined || !isKnown(state, ticket)) return false
  const severity = severityOf(state, ticket)
  return severity !== toldSeverity && isAtLeast(severity, toldSeverity)
}

const nextStep = (
  state: DutyState,
  watched: Watched,
  policy: DutyPolicy,
  now: Instant,
): { kind: 'opened' | 'worsened' | 'escalated'; at: Instant; severity: Severity } | null => {
  const { ticket, openSince, toldAt, worseSince, escalatedAt } = watched
  if (ticket.status !== 'open') return null
  const severity = severityOf(state, ticket)
  if (isWorse(state, watched)) {
    const at = afterQuiet(worseSince ?? now, severity, policy)
    return { kind: 'worsened', at: gathered(at, severity, state, policy), severity }
  }
  if (escalatedAt !== null) return null
  if (toldAt === null) {
    const heardAt = isKnown(state, ticket) ? openSince : openSince + incidentWaitMs
    // What its incident will say may be worse than what is supposed meanwhile.
    if (now < heardAt) return { kind: 'opened', at: heardAt, severity }
    if (!isAtLeast(severity, policy.least)) return null
    return { kind: 'opened', at: gathered(afterQuiet(heardAt, severity, policy), severity, state, policy), severity }
  }
  const at = escalationAt(toldAt, severity, policy)
  return at === null ? null : { kind: 'escalated', at: gathered(at, severity, state, policy), severity }
}

const escalationAt = (toldAt: Instant, severity: Severity, policy: DutyPolicy): Instant | null => {
  const afterMs = policy.escalateAfterMs[severity]
  return afterMs === undefined ? null : afterQuiet(toldAt + afterMs, severity, policy)
}

/** In heavy weather: the end of the stretch that `at` lies in. */
const gathered = (at: Instant, severity: Severity, { storm }: DutyState, { groupMs }: DutyPolicy): Instant => {
  if (storm === null || severity === 'critical' || groupMs <= 0 || at >= storm.until) return at
  const stretches = Math.max(1, Math.ceil((at - storm.since) / groupMs))
  return Math.min(storm.since + stretches * groupMs, storm.until)
}

/** Its incident's; that of a citizen's report follows from its priority. */
const severityOf = (state: DutyState, { incident, priority }: Ticket): Severity => {
  const known = incident === undefined ? undefined : state.severities[incident]
  if (known !== undefined) return known
  switch (priority) {
    case 'urgent':
      return 'critical'
    case 'high':
      return 'major'
    case 'low':
      return 'info'
    case 'normal':
      return 'minor'
    case undefined:
      return incident === undefined ? 'minor' : 'major'
  }
}
