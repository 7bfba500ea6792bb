import { citizenEventSchema, idSchema, ProblemError } from '@fanari/contracts'
import { z } from 'zod'
import { citizenEventsAfter, citizenEventsOfTicket } from '../../store/citizen-events.ts'
import type { HttpApp } from '../app.ts'
import { limitSchema } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { municipalityOf, municipalityParams } from './register-routes.ts'

const eventsSchema = z.object({ items: z.array(citizenEventSchema) })

/** What happened on the citizen line, for who follows it. */
export const addCitizenEventRoutes = (app: HttpApp, { database, register, documents }: HttpServices): void => {
  app.get(
    '/api/v1/municipalities/:municipality/citizen-events',
    {
      config: { permission: 'report.read' },
      schema: {
        summary: 'What happened on the citizen line, oldest first, without personal data',
        description: 'A follower asks again with `after`: the id of the last event it has done with.',
        tags: ['citizen line'],
        security: [{ token: [] }],
        params: municipalityParams,
        querystring: z.object({
          after: z.coerce.number().int().min(0).default(0),
          limit: limitSchema(1_000, 100),
        }),
        response: answers({ 200: eventsSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality }, query: { after, limit } }) => {
      municipalityOf(register, municipality)
      return { items: citizenEventsAfter(database, municipality, after, limit) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/tickets/:id/trail',
    {
      config: { permission: 'report.read' },
      schema: {
        summary: 'Everything that happened to a ticket, its reports and its work orders, oldest first',
        tags: ['citizen line'],
        security: [{ token: [] }],
        params: municipalityParams.extend({ id: idSchema }),
        response: answers({ 200: eventsSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality, id } }) => {
      if (documents.ticket(municipality, id) === null) throw new ProblemError('not-found', `There is no ticket ${id}`)
      return { items: citizenEventsOfTicket(database, municipality, id) }
    },
  )
}
