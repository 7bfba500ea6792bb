import {
  bulkActionSchema,
  bulkResultSchema,
  categorySchema,
  clockSchema,
  forwardSchema,
  idSchema,
  ProblemError,
  serviceSchema,
  ticketSchema,
  ticketStatuses,
  ticketStatusOf,
  workActionSchema,
  workEvents,
  workOrderSchema,
  workOrderStatuses,
  workTransitions,
} from '@fanari/contracts'
import { z } from 'zod'
import { isUnderWay, possibleSteps } from '../../work/machine.ts'
import type { WorkItem } from '../../work/work-store.ts'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, limitSchema, listOf, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const documentParams = municipalityParams.extend({ id: idSchema })
const position = z.tuple([z.number(), z.string()])
/** The most tickets of one bulk action. */
const mostAtOnce = 200
/** The most a person has before them. */
const mostMine = 500

const workItemSchema = z.object({
  order: workOrderSchema,
  ticket: ticketSchema.omit({ history: true }),
  actions: z.array(z.enum(workEvents)).describe('What the one who asks may do next'),
})
const ticketWorkSchema = z.object({
  order: workOrderSchema.nullable().describe('The one under way'),
  earlier: z.array(workOrderSchema),
  actions: z.array(z.enum(workEvents)).describe('What the one who asks may do next'),
  clocks: z.array(clockSchema),
})
const transitionSchema = z.object({
  event: z.enum(workEvents),
  from: z.array(z.enum(['none', ...workOrderStatuses])),
  to: z.enum(workOrderStatuses),
  who: z.array(z.enum(['dispatcher', 'holder', 'platform'])),
  el: z.string(),
  en: z.string(),
})
const statusQuery = z
  .string()
  .max(200)
  .default('all')
  .transform((text) => (text === 'all' ? [...workOrderStatuses] : text.split(',')))
  .pipe(z.array(z.enum(workOrderStatuses)))
  .describe(`${workOrderStatuses.join(', ')} (several after commas) or all`)

/** Assignment and completion: work orders, who has them, and what may be done with them. */
export const addWorkRoutes = (app: HttpApp, services: HttpServices): void => {
  const { register, documents, workDesk, work, orders, teams, clocks } = services
  const base = '/api/v1/municipalities/:municipality'

  const known = (municipality: string, id: string) => {
    const ticket = documents.ticket(municipality, id)
    if (ticket === null) throw new ProblemError('not-found', `There is no ticket ${id}`)
    return ticket
  }

  app.get(
    '/api/v1/work-order-machine',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'The life of a work order as a table',
        description:
          'From which statuses each event is possible, where it leads, who may take it, and what the ticket becomes.',
        tags: ['work'],
        response: answers({
          200: z.object({
            transitions: z.array(transitionSchema),
            ticketStatusOf: z.record(z.enum(workOrderStatuses), z.enum(ticketStatuses).nullable()),
          }),
        }),
      },
    },
    () => ({
      transitions: workTransitions.map(({ from, who, ...rest }) => ({ ...rest, from: [...from], who: [...who] })),
      ticketStatusOf,
    }),
  )

  app.get(
    `${base}/tickets/:id/work`,
    {
      config: { permission: 'workOrder.read' },
      schema: {
        summary: "A ticket's work orders, clocks, and what may be done next",
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        response: answers({ 200: ticketWorkSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      const ticket = known(municipality, id)
      const all = orders.ofTicket(municipality, id)
      const order = all.findLast(isUnderWay) ?? null
      const worker = workDesk.workerOf(municipality, signedIn(request))
      const isSettled = ticket.status === 'resolved' || ticket.status === 'closed'
      const last = order ?? (isSettled ? (all.at(-1) ?? null) : null)
      const actions =
        isSettled && last === null
          ? []
          : possibleSteps(last?.status ?? 'none', work.actorsOf(municipality, last, worker))
      return {
        order,
        earlier: all.filter((one) => one !== order),
        actions: ticket.mergedInto === undefined ? actions : [],
        clocks: clocks.of({ municipality, kind: 'ticket', id }),
      }
    },
  )

  app.post(
    `${base}/tickets/:id/work`,
    {
      config: { permission: 'ticket.work' },
      schema: {
        summary: "Take a step of a ticket's work order",
        description:
          '`assign`, `start`, `wait` and `done` make a work order when none is under way: one ticket has one at a time. `wait` stops the clocks for its reason.',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        body: workActionSchema,
        response: answers({ 200: ticketSchema }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return workDesk.act(municipality, id, { kind: 'work', step: request.body }, signedIn(request))
    },
  )

  app.post(
    `${base}/tickets/:id/forward`,
    {
      config: { permission: 'ticket.dispatch' },
      schema: {
        summary: 'Send a misdirected ticket to another service',
        description: 'Its reporters are told. No rule sends it elsewhere afterwards; its work order is over.',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        body: forwardSchema,
        response: answers({ 200: ticketSchema }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return workDesk.act(municipality, id, { kind: 'forward', to: request.body }, signedIn(request))
    },
  )

  app.post(
    `${base}/tickets/:id/category`,
    {
      config: { permission: 'ticket.dispatch' },
      schema: {
        summary: 'Say what a ticket is about',
        description: 'The routing rules are asked again, unless somebody has sent it by hand.',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        body: z.strictObject({ category: categorySchema }),
        response: answers({ 200: ticketSchema }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return workDesk.act(municipality, id, { kind: 'category', ...request.body }, signedIn(request))
    },
  )

  app.post(
    `${base}/tickets/:id/route`,
    {
      config: { permission: 'ticket.dispatch' },
      schema: {
        summary: 'Ask the routing rules again',
        description: 'Also for a ticket that was sent somewhere by hand.',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        response: answers({ 200: ticketSchema }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return workDesk.act(municipality, id, { kind: 'route' }, signedIn(request))
    },
  )

  app.post(
    `${base}/tickets/bulk`,
    {
      config: { permission: 'ticket.dispatch' },
      schema: {
        summary: 'One action on many tickets',
        description: 'Each ticket is changed whole or not at all; what is refused does not keep back the others.',
        tags: ['work'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: z.strictObject({ ids: z.array(idSchema).min(1).max(mostAtOnce), action: bulkActionSchema }),
        response: answers({ 200: z.object({ results: z.array(bulkResultSchema) }) }, 'not-found', ...writeProblems),
      },
    },
    async (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      const { ids, action } = request.body
      return { results: await workDesk.bulk(municipality, ids, action, signedIn(request)) }
    },
  )

  const shown =
    (municipality: string, worker: ReturnType<typeof workDesk.workerOf>) =>
    ({ order, ticket: { history: _history, ...ticket } }: WorkItem) => ({
      order,
      ticket,
      actions: possibleSteps(order.status, work.actorsOf(municipality, order, worker)),
    })

  app.get(
    `${base}/work-orders`,
    {
      config: { permission: 'workOrder.read' },
      schema: {
        summary: 'Work orders, newest first',
        tags: ['work'],
        security: [{ token: [] }],
        params: municipalityParams,
        querystring: z.object({
          ...pageQuery,
          status: statusQuery,
          ticket: idSchema.optional(),
          team: idSchema.optional(),
          assignee: z.string().max(128).optional(),
          service: serviceSchema.optional(),
        }),
        response: answers({ 200: listOf(workItemSchema) }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      const { status: statuses, limit, cursor, ...filter } = request.query
      const worker = workDesk.workerOf(municipality, signedIn(request))
      const page = orders.list(municipality, { statuses, ...filter }, { limit, after: decodeCursor(cursor, position) })
      return {
        items: page.items.map(shown(municipality, worker)),
        next: page.next === null ? null : encodeCursor(page.next),
      }
    },
  )

  app.get(
    `${base}/my-work`,
    {
      config: { permission: 'workOrder.read' },
      schema: {
        summary: 'What is before me and my teams, the most urgent first',
        tags: ['work'],
        security: [{ token: [] }],
        params: municipalityParams,
        querystring: z.object({ limit: limitSchema(mostMine, mostMine) }),
        response: answers({ 200: z.object({ items: z.array(workItemSchema) }) }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      const worker = workDesk.workerOf(municipality, signedIn(request))
      const who = { name: worker.name, teams: teams.of(municipality, worker) }
      return { items: orders.mine(municipality, who, request.query.limit).map(shown(municipality, worker)) }
    },
  )

  app.get(
    `${base}/work-orders/:id`,
    {
      config: { permission: 'workOrder.read' },
      schema: {
        summary: 'One work order with its ticket',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        response: answers({ 200: workItemSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      const order = orders.order(municipality, id)
      if (order === null) throw new ProblemError('not-found', `There is no work order ${id}`)
      const worker = workDesk.workerOf(municipality, signedIn(request))
      return shown(municipality, worker)({ order, ticket: known(municipality, order.ticket) })
    },
  )
}
