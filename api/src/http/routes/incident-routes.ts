import { idSchema, incidentSchema, ProblemError, ticketActionSchema, ticketSchema } from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, instantQuery, listOf, pageQuery, statusQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const documentParams = municipalityParams.extend({ id: idSchema })
const position = z.tuple([z.number(), z.string()])

/** Incidents, and the tickets they open. */
export const addIncidentRoutes = (app: HttpApp, { register, documents, workDesk }: HttpServices): void => {
  app.get(
    '/api/v1/municipalities/:municipality/incidents',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Incidents, newest first',
        tags: ['incidents'],
        params: municipalityParams,
        querystring: z.object({
          ...pageQuery,
          state: z.enum(['open', 'resolved', 'all']).default('all'),
          since: instantQuery.optional().describe('Only what was detected or resolved at or after this time'),
        }),
        response: answers({ 200: listOf(incidentSchema) }, 'not-found'),
      },
    },
    ({ params: { municipality }, query: { state, since = null, limit, cursor } }) => {
      municipalityOf(register, municipality)
      const page = documents.incidents(municipality, { state, since, limit, after: decodeCursor(cursor, position) })
      return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/incidents/:id',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'One incident with its evidence',
        tags: ['incidents'],
        params: documentParams,
        response: answers({ 200: incidentSchema }, 'not-found'),
      },
    },
    ({ params: { municipality, id } }) => found(documents.incident(municipality, id), `incident ${id}`),
  )

  app.get(
    '/api/v1/municipalities/:municipality/tickets',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Tickets of the citizen line, newest first',
        tags: ['tickets'],
        params: municipalityParams,
        querystring: z.object({ ...pageQuery, status: statusQuery }),
        response: answers({ 200: listOf(ticketSchema) }, 'not-found'),
      },
    },
    ({ params: { municipality }, query: { status: statuses, limit, cursor } }) => {
      municipalityOf(register, municipality)
      const page = documents.tickets(municipality, { statuses, limit, after: decodeCursor(cursor, position) })
      return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/tickets/:id',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'One ticket with its history',
        tags: ['tickets'],
        params: documentParams,
        response: answers({ 200: ticketSchema }, 'not-found'),
      },
    },
    ({ params: { municipality, id } }) => found(documents.ticket(municipality, id), `ticket ${id}`),
  )

  app.post(
    '/api/v1/municipalities/:municipality/tickets/:id/events',
    {
      config: { permission: 'ticket.work' },
      schema: {
        summary: 'Work on a ticket',
        description: 'A `resolved` is a claim: telemetry that proves the repair closes the ticket, or reopens it.',
        tags: ['tickets'],
        security: [{ token: [] }],
        params: documentParams,
        body: ticketActionSchema,
        response: answers({ 200: ticketSchema }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return workDesk.act(municipality, id, { kind: 'ticket', action: request.body }, signedIn(request))
    },
  )
}

const found = <Document>(document: Document | null, what: string): Document => {
  if (document === null) throw new ProblemError('not-found', `There is no ${what}`)
  return document
}
