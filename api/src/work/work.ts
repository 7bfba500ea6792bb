import {
  type Category,
  type CitizenEventName,
  categories,
  type Instant,
  ProblemError,
  type Service,
  type Ticket,
  type TicketAction,
  toIso,
  type WorkActor,
  type WorkEvent,
  type WorkOrder,
  workTransitions,
} from '@fanari/contracts'
import { startClock } from '../clocks/clock.ts'
import type { ClockStore } from '../clocks/clock-store.ts'
import { stopForwarding } from '../clocks/ticket-clocks.ts'
import { maskAddresses } from '../privacy/mask-addresses.ts'
import type { Dispatch } from '../routing/dispatch.ts'
import { routedByHand } from '../routing/routed-ticket.ts'
import { reopenTicket } from '../tickets/rules.ts'
import { isSettled, stepTicket, type TicketEventName } from '../tickets/step.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import { isUnderWay, stepWork, type WorkStep } from './machine.ts'
import type { Teams } from './teams.ts'
import type { WorkStore } from './work-store.ts'

/** Who takes a step. */
export interface Worker {
  name: string
  team: string | null
  /** Whether they may give work to others. */
  dispatches: boolean
}

/** Assignment and completion. Every method is to be called in a transaction and answers all tickets that have changed, the first first. */
export interface Work {
  /**
   * One step of a ticket's work order, which `assign`, `start`, `wait` and `done` make when there is none under way.
   * @throws ProblemError `not-found`, `conflict`, `forbidden`
   */
  step(municipality: string, ticket: string, step: WorkStep, change: { worker: Worker; at: Instant }): Ticket[]
  /** The same by the ticket's own actions. */
  act(municipality: string, ticket: string, action: TicketAction, change: { worker: Worker; at: Instant }): Ticket[]
  /** Sends a ticket to another service, by hand: no rule sends it elsewhere. Its work order is over. */
  forward(
    municipality: string,
    ticket: string,
    to: { service: Service; team?: string | undefined; reason: string },
    change: { by: string; at: Instant },
  ): Ticket[]
  /** What it is about, after all: the rules are asked again. Never what telemetry speaks of into another group. */
  changeCategory(
    municipality: string,
    ticket: string,
    category: Category,
    change: { by: string; at: Instant },
  ): Ticket[]
  /** Gives a ticket back to the rules. */
  routeAgain(municipality: string, ticket: string, change: { by: string; at: Instant }): Ticket[]
  /** What one is to the order under way. */
  actorsOf(municipality: string, order: WorkOrder | null, worker: Worker): WorkActor[]
}

const orderEvents: Record<WorkEvent, CitizenEventName> = {
  assign: 'workOrderAssigned',
  accept: 'workOrderAccepted',
  decline: 'workOrderDeclined',
  schedule: 'workOrderScheduled',
  travel: 'workOrderTravelling',
  start: 'workOrderStarted',
  wait: 'workOrderWaiting',
  resume: 'workOrderResumed',
  done: 'workOrderDone',
  amend: 'workOrderDone',
  cancel: 'workOrderCancelled',
}

/** What the ticket's public history says of a step. What is written in the order stays there: it may name people. */
const ticketEvents: Partial<Record<WorkEvent, TicketEventName>> = {
  assign: 'assigned',
  start: 'started',
  wait: 'waiting',
  done: 'resolved',
}

/** The ticket's own actions are steps of its work order. */
const stepOf = ({
  event,
  note,
  reason,
}: TicketAction & { event: Exclude<TicketAction['event'], 'reopened'> }): WorkStep => {
  switch (event) {
    case 'assigned':
      return { event: 'assign', note }
    case 'started':
      return { event: 'start', note }
    case 'waiting':
      return { event: 'wait', reason, note }
    case 'resolved':
      return { event: 'done', note }
  }
}

/** The same place, another matter. */
const rekeyed = (key: string, category: Category): string =>
  `${key.slice(0, key.lastIndexOf(':'))}:${categories[category].trouble ?? category}`

export const createWork = (options: {
  tickets: TicketStore
  orders: WorkStore
  teams: Teams
  clocks: ClockStore
  dispatchOf: (municipality: string) => Dispatch
}): Work => {
  const { tickets, orders, teams, clocks, dispatchOf } = options

  const ticketOf = (municipality: string, id: string): Ticket => {
    const ticket = tickets.ticket(municipality, id)
    if (ticket === null) throw new ProblemError('not-found', `There is no ticket ${id}`)
    return ticket
  }

  /** What is nobody's is anyone's of the crews. */
  const actorsOf: Work['actorsOf'] = (municipality, order, { name, team, dispatches }) => {
    const isNobodys = order === null || (order.assignee === undefined && order.team === undefined)
    const isTeams = order?.team !== undefined && teams.of(municipality, { name, team }).includes(order.team)
    const holds = isNobodys || isTeams || order.assignee === name
    return [...(dispatches ? (['dispatcher'] as const) : []), ...(holds ? (['holder'] as const) : [])]
  }

  /** Who gives no work to others takes it themselves, or for a team of theirs. */
  const assignable = (municipality: string, step: WorkStep, worker: Worker): WorkStep => {
    if (step.event !== 'assign') return step
    if (step.team !== undefined && teams.team(municipality, step.team) === null) {
      throw new ProblemError('conflict', `There is no team ${step.team}`)
    }
    if (worker.dispatches) return step
    const own = { ...step, assignee: step.assignee ?? worker.name }
    const isOwnTeam = step.team === undefined || teams.of(municipality, worker).includes(step.team)
    if (own.assignee !== worker.name || !isOwnTeam) {
      throw new ProblemError('forbidden', 'To give work to others is for dispatchers')
    }
    return own
  }

  const take = (
    municipality: string,
    id: string,
    asked: WorkStep,
    { worker, at, note }: { worker: Worker; at: Instant; note?: string | undefined },
  ): Ticket[] => {
    const ticket = ticketOf(municipality, id)
    if (ticket.mergedInto !== undefined) {
      throw new ProblemError('conflict', `The ticket is part of ${ticket.mergedInto}, which is worked on`)
    }
    const step = assignable(municipality, asked, worker)
    const earlier = orders.ofTicket(municipality, id)
    const last = earlier.at(-1) ?? null
    const order = last !== null && (isUnderWay(last) || step.event === 'amend') ? last : null
    const outcome = stepWork(order, ticket, step, {
      by: worker.name,
      at,
      actors: actorsOf(municipality, order, worker),
      earlier: earlier.length,
    })
    if ('refused' in outcome) throw new ProblemError(outcome.refused, outcome.detail)
    const by = worker.name
    const photos = 'photos' in step ? (step.photos ?? []) : []
    const taken = photos.length === 0 ? [] : orders.photosOf(municipality, outcome.order.id)
    const missing = photos.find((photo) => !taken.includes(photo))
    if (missing !== undefined)
      throw new ProblemError('conflict', `There is no photograph ${missing} of this work order`)
    if (order === null) {
      const created: WorkOrder = { ...outcome.order, status: 'created' }
      orders.write(created, { by, at, event: 'workOrderCreated', from: 'none' })
    }
    const from = order?.status ?? 'created'
    orders.write(outcome.order, { by, at, event: orderEvents[step.event], from })
    if (step.event === 'decline') startForwarding(ticket, at)

    const status = outcome.ticketStatus ?? ticket.status
    const { assignee: _assignee, team: _team, ...rest } = ticket
    const held: Ticket = {
      ...rest,
      status,
      workOrder: outcome.order.id,
      ...(outcome.order.team === undefined ? {} : { team: outcome.order.team }),
      ...(outcome.order.assignee === undefined ? {} : { assignee: outcome.order.assignee }),
      ...(status === 'resolved' && ticket.status !== 'resolved' ? { resolvedAt: toIso(at) } : {}),
    }
    const event = ticketEvents[step.event] ?? 'worked'
    const label = workTransitions.find((transition) => transition.event === step.event)?.el
    const change = stepTicket(event === 'resolved' ? 'ticket.resolved' : 'ticket.updated', held, {
      event,
      by,
      at,
      note: note ?? (event === 'worked' ? label : undefined),
    })
    const pause = step.event === 'wait' && step.reason !== undefined ? { pause: step.reason } : {}
    return tickets.write({ ...change, ...pause }, { details: { workOrder: outcome.order.id } })
  }

  /** A crew that says it is not theirs starts the time in which the competent service must have it. */
  const startForwarding = (ticket: Ticket, at: Instant) => {
    const { days, policy } = dispatchOf(ticket.municipality)
    const subject = { municipality: ticket.municipality, kind: 'ticket', id: ticket.id } as const
    if (clocks.clock(subject, 'forwarding')?.state === 'running') return
    clocks.put(subject, startClock('forwarding', policy.forwarding, at, policy.milestones, days))
  }

  return {
    step: (municipality, ticket, step, change) => take(municipality, ticket, step, change),
    act: (municipality, id, action, { worker, at }) => {
      const { event, note } = action
      if (event !== 'reopened') return take(municipality, id, stepOf({ ...action, event }), { worker, at, note })
      const ticket = ticketOf(municipality, id)
      const change = reopenTicket(ticket, { by: worker.name, at, note })
      if (change === null) throw new ProblemError('conflict', `A ticket that is ${ticket.status} cannot be reopened`)
      return tickets.write(change)
    },
    forward: (municipality, id, { service, team, reason: said }, { by, at }) => {
      const reason = maskAddresses(said)
      const ticket = ticketOf(municipality, id)
      if (isSettled(ticket)) throw new ProblemError('conflict', `A ticket that is ${ticket.status} goes nowhere`)
      if (ticket.mergedInto !== undefined) {
        throw new ProblemError('conflict', `The ticket is part of ${ticket.mergedInto}, which is to be forwarded`)
      }
      if (team !== undefined && teams.team(municipality, team)?.service !== service) {
        throw new ProblemError('conflict', `There is no team ${team} of the service ${service}`)
      }
      const clock = stopForwarding(clocks, dispatchOf(municipality), ticket, at)
      const { team: _team, assignee: _assignee, ...rest } = ticket
      const forwarded: Ticket = {
        ...rest,
        status: 'open',
        service,
        ...(team === undefined ? {} : { team }),
        routedBy: {
          rule: routedByHand,
          el: `Διαβιβάστηκε από ${by}: ${reason}`.slice(0, 500),
          en: `Forwarded by ${by}: ${reason}`.slice(0, 500),
        },
      }
      const change = stepTicket('ticket.updated', forwarded, { event: 'forwarded', by, at, note: reason })
      const details = { fromService: ticket.service, toService: service, inTime: String(clock.inTime ?? true) }
      return tickets.write(change, { details })
    },
    changeCategory: (municipality, id, category, { by, at }) => {
      const ticket = ticketOf(municipality, id)
      if (isSettled(ticket)) throw new ProblemError('conflict', `A ticket that is ${ticket.status} keeps its category`)
      const { group, safetyClass } = categories[category]
      if (ticket.incident !== undefined && group !== categories[ticket.category].group) {
        throw new ProblemError('conflict', `What telemetry has found is not a matter of ${group}`)
      }
      const isDangerous = (ticket.danger ?? []).length > 0
      const changed: Ticket = {
        ...ticket,
        category,
        safetyClass: isDangerous ? 'danger' : safetyClass,
        ...(ticket.dedupKey === undefined ? {} : { dedupKey: rekeyed(ticket.dedupKey, category) }),
      }
      const note = `${categories[ticket.category].el} → ${categories[category].el}`
      const change = stepTicket('ticket.updated', changed, { event: 'categoryChanged', by, at, note })
      return tickets.write(change, { details: { fromCategory: ticket.category, toCategory: category } })
    },
    routeAgain: (municipality, id, { by, at }) => {
      const ticket = ticketOf(municipality, id)
      if (isSettled(ticket)) throw new ProblemError('conflict', `A ticket that is ${ticket.status} goes nowhere`)
      const { routedBy: _routedBy, ...rest } = ticket
      return tickets.write(stepTicket('ticket.updated', rest, { event: 'routed', by, at }))
    },
    actorsOf,
  }
}
