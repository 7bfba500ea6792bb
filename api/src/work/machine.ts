import { hash } from 'node:crypto'
import {
  type Instant,
  type PauseReason,
  type Ticket,
  type TicketStatus,
  ticketStatusOf,
  toIso,
  type WorkAction,
  type WorkActor,
  type WorkOrder,
  type WorkOrderStatus,
  workTransitions,
} from '@fanari/contracts'
import { maskAddresses } from '../privacy/mask-addresses.ts'

/*
 * A work order's next version. Pure: the order and its ticket come in, the changed order and the ticket's status come out. What may
 * happen is in one table, `workTransitions`; here is only what each step writes down.
 */

/** A step; without a reason a ticket waits and its clocks run on, as clients of the ticket's own actions have it. */
export type WorkStep =
  | Exclude<WorkAction, { event: 'wait' }>
  | { event: 'wait'; reason?: PauseReason | undefined; note?: string | undefined }

export interface WorkStepOutcome {
  order: WorkOrder
  /** What the ticket's status becomes; `null`: it stays. */
  ticketStatus: TicketStatus | null
}

/** Why a step is refused, in words for the problem document. */
export interface WorkRefusal {
  refused: 'conflict' | 'forbidden'
  detail: string
}

export const isUnderWay = ({ status }: Pick<WorkOrder, 'status'>): boolean =>
  status !== 'done' && status !== 'cancelled'

/** The ids of a ticket's orders follow from its own: the same in every replay. */
const orderIdOf = (ticket: string, earlier: number): string =>
  `w-${hash('sha256', `${ticket}:${earlier}`).slice(0, 16)}`

/**
 * @param order the ticket's order under way, or its last one for `amend`; `null` when it has none
 * @param actors what the one who acts is to this order
 * @param earlier how many orders the ticket has had
 */
export const stepWork = (
  order: WorkOrder | null,
  ticket: Ticket,
  step: WorkStep,
  change: { by: string; at: Instant; actors: readonly WorkActor[]; earlier: number },
): WorkStepOutcome | WorkRefusal => {
  const { by, at, actors, earlier } = change
  const transition = workTransitions.find(({ event }) => event === step.event)
  const status = order?.status ?? 'none'
  if (transition === undefined || !transition.from.includes(status)) {
    return { refused: 'conflict', detail: `A work order that is ${status} cannot ${step.event}` }
  }
  const isSettled = ticket.status === 'resolved' || ticket.status === 'closed'
  if (isSettled && step.event !== 'amend') {
    return { refused: 'conflict', detail: `A ticket that is ${ticket.status} takes no ${step.event}; reopen it first` }
  }
  if (!transition.who.some((actor) => actors.includes(actor))) {
    return { refused: 'forbidden', detail: `To ${step.event} is for ${transition.who.join(' or ')}` }
  }
  const before = order ?? createOrder(ticket, { by, at, earlier })
  const next = { ...written(before, step, toIso(at)), status: transition.to, revision: before.revision + 1 }
  return { order: next, ticketStatus: isSettled ? null : (ticketStatusOf[transition.to] ?? 'open') }
}

const createOrder = (ticket: Ticket, { by, at, earlier }: { by: string; at: Instant; earlier: number }): WorkOrder => ({
  id: orderIdOf(ticket.id, earlier),
  municipality: ticket.municipality,
  ticket: ticket.id,
  service: ticket.service,
  status: 'created',
  ...(ticket.team === undefined ? {} : { team: ticket.team }),
  createdAt: toIso(at),
  createdBy: by,
  parts: [],
  photos: [],
  revision: 0,
})

/** What a step leaves in the order, with what was said of it below what was said before. */
const written = (order: WorkOrder, step: WorkStep, at: string): WorkOrder => {
  switch (step.event) {
    case 'assign':
      return withNote(
        { ...unheld(order), ...given({ team: step.team, assignee: step.assignee }), assignedAt: at },
        step,
      )
    case 'accept':
      return withNote({ ...order, acceptedAt: at }, step)
    case 'decline':
      return withNote(unheld(order), step)
    case 'schedule':
      return withNote({ ...order, scheduledFor: toIso(step.scheduledFor) }, step)
    case 'travel':
    case 'cancel':
    case 'resume':
      return withNote(notWaiting(order), step)
    case 'start':
      return withNote({ ...notWaiting(order), startedAt: at }, step)
    case 'wait':
      return withNote({ ...order, ...given({ waitingReason: step.reason }) }, step)
    case 'done':
      return withWork({ ...notWaiting(order), doneAt: at }, step)
    case 'amend':
      return withWork(order, step)
  }
}

const notWaiting = ({ waitingReason: _waitingReason, ...order }: WorkOrder): WorkOrder => order

/** Nobody's: what the one before had agreed to holds no longer. */
const unheld = (order: WorkOrder): WorkOrder => {
  const { team: _team, assignee: _assignee, acceptedAt: _acceptedAt, scheduledFor: _scheduledFor, ...rest } = order
  return notWaiting(rest)
}

const withNote = (order: WorkOrder, { note }: { note?: string | undefined }): WorkOrder =>
  note === undefined
    ? order
    : { ...order, note: [order.note, maskAddresses(note)].filter(Boolean).join('\n').slice(0, longestNote) }

/** Adds what was done to what is written already. */
const withWork = (order: WorkOrder, step: Extract<WorkStep, { event: 'done' | 'amend' }>): WorkOrder => {
  const parts = [...order.parts, ...(step.parts ?? [])].slice(0, mostParts)
  const costsEur = parts.flatMap(({ quantity, costEur }) => (costEur === undefined ? [] : quantity * costEur))
  const workMinutes =
    order.workMinutes === undefined && step.workMinutes === undefined
      ? undefined
      : (order.workMinutes ?? 0) + (step.workMinutes ?? 0)
  return {
    ...withNote(order, step),
    parts,
    photos: [...new Set([...order.photos, ...(step.photos ?? [])])].slice(0, mostPhotos),
    ...given({ workMinutes }),
    ...(costsEur.length === 0 ? {} : { costEur: toCents(costsEur.reduce((sum, cost) => sum + cost, 0)) }),
  }
}

const mostParts = 100
const mostPhotos = 20
const longestNote = 4_000
const toCents = (eur: number): number => Math.round(eur * 100) / 100

/** Only what is there: a document has no empty fields. */
const given = <Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>
  }

/** The steps that an actor may take now, for clients that show only what is possible. */
export const possibleSteps = (status: WorkOrderStatus | 'none', actors: readonly WorkActor[]) =>
  workTransitions
    .filter(({ from, who }) => from.includes(status) && who.some((actor) => actors.includes(actor)))
    .map(({ event }) => event)
