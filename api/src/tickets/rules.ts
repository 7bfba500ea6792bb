import { hash } from 'node:crypto'
import {
  type Category,
  categories,
  type DetectedIncident,
  type FaultName,
  faultCatalogue,
  type IncidentChange,
  type Instant,
  resolutions,
  type Ticket,
  type TicketOutcome,
  toIso,
} from '@fanari/contracts'
import type { AssetFacts } from '../register/inventory.ts'
import type { Dispatch, Dispatched } from '../routing/dispatch.ts'
import { matterOfIncident } from '../routing/matter.ts'
import { placeOf, promiseOf } from '../routing/routed-ticket.ts'
import { matterKeyOf } from './matter-key.ts'
import { claimGraceMs, reopenWithinMs } from './policy.ts'
import { isSettled, stepTicket, type TicketChange, unsettled } from './step.ts'
import { lightsInWords, locationOf, titleOf } from './words.ts'

/*
 * From an incident to its ticket. Pure: what is known comes in, changed tickets come out, time is a value. The live platform asks the
 * database what is known, a replay its memory; both run these rules.
 */

/** What the rules need to know of earlier incidents and tickets. */
export interface KnownTickets {
  /** The ticket whose open or last incident this is. */
  ofIncident(incident: string): Ticket | null
  /** The latest ticket of the same root cause (`causeOf`). */
  ofCause(cause: string): Ticket | null
  /**
   * The open ticket of citizens that speaks of the same trouble at the same place and that no incident stands behind yet. A replay of
   * recorded traffic knows no citizens.
   */
  ofCitizens(incident: DetectedIncident): Ticket | null
  /** The fault of an incident, or `null` when it has not been heard of yet. */
  faultOf(incident: string): FaultName | null
}

const telemetry = 'telemetry'

/** What runs a solar light down, and what comes of it: one matter for one visit, however it shows tonight. */
const solarEnergy: ReadonlySet<FaultName> = new Set<FaultName>([
  'autonomyAtRisk',
  'batteryEmpty',
  'batteryLevelTooLow',
  'notCharging',
  'panelUnderperforming',
  'batteryAged',
])

/** A lamp that dies by turns: whether it is dark for good shows only in the end. */
const failingLamp: ReadonlySet<FaultName> = new Set<FaultName>(['lampFailure', 'controlGearFailure', 'cyclingFailure'])

/** One root cause: the same fault at the same place. */
export const causeOf = ({ fault, scope }: DetectedIncident): string => {
  const matter = solarEnergy.has(fault) ? 'solarEnergy' : failingLamp.has(fault) ? 'failingLamp' : fault
  return `${matter}:${scope.kind}:${scope.id}`
}

/** Derived and never random, so that a replay opens the same ticket and not a second one. */
const ticketIdOf = (incident: string): string => `t-${hash('sha256', incident).slice(0, 16)}`

/** The tickets that an incident's change opens or changes, one entry a step. */
export const decideTickets = (
  change: IncidentChange,
  known: KnownTickets,
  facts: AssetFacts,
  dispatch: Dispatch,
): TicketChange[] => {
  const { incident, at } = change
  const ticket = known.ofIncident(incident.id)
  const absorber = absorberOf(incident, known)
  if (incident.state === 'resolved')
    return ticket === null ? [] : settle({ ...ticket, ...concerns(incident, facts) }, incident, absorber, known, at)
  if (ticket !== null && isPart(ticket)) return []
  if (absorber !== null)
    return ticket === null || hasReports(ticket) ? [] : close(ticket, 'superseded', absorbedNote(absorber, known), at)
  if (ticket === null) return openOrTakeUp(incident, known, facts, dispatch, at)
  return followUp(ticket, incident, facts, dispatch, at)
}

/** A settled ticket that a person says is not: it opens again; `null` when it is open. */
export const reopenTicket = (
  ticket: Ticket,
  { by, at, note }: { by: string; at: Instant; note?: string | undefined },
): TicketChange | null =>
  isSettled(ticket)
    ? stepTicket('ticket.reopened', { ...unsettled(ticket), status: 'open' }, { event: 'reopened', by, at, note })
    : null

/**
 * The wider incident whose ticket stands for this one. A parent that opens no ticket of its own (a dark community is a consequence of
 * its dark circuits) takes none away: a dark light has one ticket, never two and never none.
 */
const absorberOf = ({ parent }: DetectedIncident, known: KnownTickets): string | null => {
  if (parent === undefined) return null
  const fault = known.faultOf(parent)
  return fault === null || faultCatalogue[fault].ticket !== null ? parent : null
}

const absorbedNote = (absorber: string, known: KnownTickets): string =>
  `Εξηγείται από ευρύτερη βλάβη: αίτημα ${known.ofIncident(absorber)?.id ?? ticketIdOf(absorber)}`

const openOrTakeUp = (
  incident: DetectedIncident,
  known: KnownTickets,
  facts: AssetFacts,
  dispatch: Dispatch,
  at: Instant,
): TicketChange[] => {
  const opens = ticketOf(incident)
  if (opens === null) return []
  const previous = known.ofCause(causeOf(incident))
  if (previous !== null && isRecent(previous, at)) return [takeUp(previous, incident, facts, dispatch, at)]
  const asked = {
    category: opens.category,
    safetyClass: categories[opens.category].safetyClass,
    dedupKey: matterKeyOf(opens.category, incident.scope),
    incident: incident.id,
    ...concerns(incident, facts),
  }
  const narrower = earliestOpen(incident.absorbs ?? [], known) ?? known.ofCitizens(incident)
  const routed = routeIncident(incident, opens.category, narrower, facts, dispatch, at)
  if (narrower !== null) {
    const sooner = narrower.dueAt === undefined || routed.dueAt < narrower.dueAt ? promiseOf(routed) : {}
    const widened = { ...narrower, ...asked, ...knownAfter(narrower, at), ...placeOf(narrower, routed), ...sooner }
    return [stepTicket('ticket.updated', widened, { event: 'linked', by: telemetry, at, note: asked.title })]
  }
  const ticket: Ticket = {
    id: ticketIdOf(incident.id),
    municipality: incident.municipality,
    source: 'telemetry',
    status: 'open',
    reports: 0,
    createdAt: toIso(at),
    ...asked,
    ...placeOf(null, routed),
    ...promiseOf(routed),
    history: [],
    revision: 0,
  }
  return [stepTicket('ticket.opened', ticket, { event: 'opened', by: telemetry, at })]
}

/** How long after the first citizen telemetry saw it: a negative lead. */
const knownAfter = (
  { source, firstReportAt }: Ticket,
  at: Instant,
): Pick<Ticket, 'detectedBeforeReportMs' | 'verified'> =>
  source === 'telemetry' || firstReportAt === undefined
    ? {}
    : { detectedBeforeReportMs: Date.parse(firstReportAt) - at, verified: 'confirmed' }

/** What is part of another ticket follows that one, whatever becomes of its own incident. */
const isPart = ({ mergedInto }: Ticket): boolean => mergedInto !== undefined

/** A matter that citizens speak of does not end without proof: who reported it is told that it is mended only when it is. */
const hasReports = ({ reports }: Ticket): boolean => reports > 0

/** A supply lost at several cabinets together is the network operator's, and a matter of streets; of one light it is the crew's. */
const ticketOf = ({ fault, scope }: DetectedIncident): TicketOf =>
  scope.kind === 'area' ? faultCatalogue.cabinetOutage.ticket : faultCatalogue[fault].ticket
type TicketOf = (typeof faultCatalogue)[FaultName]['ticket']

/** The first ticket of the narrower incidents goes on as the wider one's: who was sent out already hears what it really is. */
const earliestOpen = (incidents: readonly string[], known: KnownTickets): Ticket | null =>
  incidents
    .flatMap((id) => known.ofIncident(id) ?? [])
    .filter((ticket) => !isSettled(ticket))
    .sort((a, b) => (a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id) ? -1 : 1))[0] ?? null

const isRecent = ({ closedAt }: Ticket, at: Instant): boolean =>
  closedAt === undefined || at - Date.parse(closedAt) <= reopenWithinMs

/** The fault is back: its ticket goes on with the new incident. */
const takeUp = (
  previous: Ticket,
  incident: DetectedIncident,
  facts: AssetFacts,
  dispatch: Dispatch,
  at: Instant,
): TicketChange => {
  const linked = { ...previous, ...concerns(incident, facts), incident: incident.id }
  return isSettled(previous)
    ? reopen(linked, incident, facts, dispatch, 'Εμφανίστηκε ξανά', at)
    : stepTicket('ticket.updated', linked, { event: 'linked', by: telemetry, at, note: incident.id })
}

/** The incident goes on: new members, or a repair that it contradicts. */
const followUp = (
  ticket: Ticket,
  incident: DetectedIncident,
  facts: AssetFacts,
  dispatch: Dispatch,
  at: Instant,
): TicketChange[] => {
  const current = { ...ticket, ...concerns(incident, facts) }
  switch (ticket.status) {
    case 'closed':
      return [reopen(current, incident, facts, dispatch, 'Η βλάβη συνεχίζεται', at)]
    case 'resolved': {
      const claimedAt = ticket.resolvedAt === undefined ? at : Date.parse(ticket.resolvedAt)
      return at - claimedAt < claimGraceMs
        ? []
        : [reopen(current, incident, facts, dispatch, 'Η βλάβη συνεχίζεται', at)]
    }
    case 'open':
    case 'assigned':
    case 'inProgress':
    case 'waiting': {
      if (sameMembers(ticket.members, incident.members)) return []
      const note = `Τώρα: ${lightsInWords(incident.members.length)}`
      const routed = routeIncident(incident, ticket.category, ticket, facts, dispatch, at)
      const updated = { ...current, ...placeOf(ticket, routed) }
      return [stepTicket('ticket.updated', updated, { event: 'updated', by: telemetry, at, note })]
    }
  }
}

/** The incident is over: its resolution says whether that proves the repair. */
const settle = (
  ticket: Ticket,
  incident: DetectedIncident,
  absorber: string | null,
  known: KnownTickets,
  at: Instant,
): TicketChange[] => {
  const { resolution } = incident
  if (isPart(ticket)) return []
  if (resolution === undefined) return resolve(ticket, undefined, at)
  const note = resolutions[resolution].el
  switch (resolution) {
    case 'litAgain':
    case 'offAgain':
    case 'supplyRestored':
    case 'clearedByDevice':
    case 'withinLimits':
    case 'membersReturned':
    case 'autonomyRegained':
    case 'chargingAgain':
    case 'yieldRegained':
    case 'capacityRegained':
    case 'stillRunning':
    case 'restarted':
    case 'hearingAgain':
    case 'foundInHistory': {
      const resolved = resolve(ticket, note, at)
      return [...resolved, ...close(resolved.at(-1)?.ticket ?? ticket, 'fixed', note, at)]
    }
    case 'split':
    case 'assetRemoved':
      return hasReports(ticket) ? [] : close(ticket, 'superseded', note, at)
    case 'absorbed':
      if (hasReports(ticket)) return []
      return absorber === null
        ? resolve(ticket, note, at)
        : close(ticket, 'superseded', absorbedNote(absorber, known), at)
    case 'underMaintenance':
    case 'unknown':
      // No proof that it was repaired: settled for now, and taken up again when the fault shows again.
      return hasReports(ticket) ? [] : resolve(ticket, note, at)
    case 'scheduleEnded':
      // Daylight repairs nothing: the ticket stays as it is, and the next night's incident takes it up.
      return []
  }
}

const resolve = (ticket: Ticket, note: string | undefined, at: Instant): TicketChange[] =>
  isSettled(ticket)
    ? []
    : [
        stepTicket(
          'ticket.resolved',
          { ...ticket, status: 'resolved', resolvedAt: toIso(at) },
          { event: 'resolved', by: telemetry, at, note },
        ),
      ]

const close = (ticket: Ticket, outcome: TicketOutcome, note: string | undefined, at: Instant): TicketChange[] =>
  ticket.status === 'closed'
    ? []
    : [
        stepTicket(
          'ticket.closed',
          { ...ticket, status: 'closed', closedAt: toIso(at), outcome },
          { event: 'closed', by: telemetry, at, note },
        ),
      ]

const reopen = (
  ticket: Ticket,
  incident: DetectedIncident,
  facts: AssetFacts,
  dispatch: Dispatch,
  note: string,
  at: Instant,
): TicketChange => {
  const routed = routeIncident(incident, ticket.category, ticket, facts, dispatch, at)
  const reopened: Ticket = {
    ...unsettled(ticket),
    status: 'open',
    ...placeOf(ticket, routed),
    ...promiseOf(routed),
  }
  return stepTicket('ticket.reopened', reopened, { event: 'reopened', by: telemetry, at, note })
}

const routeIncident = (
  incident: DetectedIncident,
  category: Category,
  ticket: Ticket | null,
  facts: AssetFacts,
  dispatch: Dispatch,
  at: Instant,
): Dispatched => {
  const isDangerous = (ticket?.danger ?? []).length > 0
  return dispatch.route(matterOfIncident(incident, category, facts, isDangerous), at)
}

/** What a ticket says of its incident, kept current. */
const concerns = (incident: DetectedIncident, facts: AssetFacts) => ({
  members: incident.members,
  title: titleOf(incident, facts),
  location: locationOf(incident, facts),
})

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index])
