import { citizenLineSettingsSchema, idSchema, listedReportSchema, ProblemError, ticketSchema } from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const params = municipalityParams.extend({ id: idSchema })
const note = z.string().max(1_000).optional().describe('Why; without personal data')

/** What an operator puts right of how reports and tickets belong together, and how a municipality wants it done. */
export const addGatheringRoutes = (
  app: HttpApp,
  { register, documents, reports, gatherings, citizenLineSettings, clock }: HttpServices,
): void => {
  const operation = (summary: string, description?: string) => ({
    summary,
    ...(description === undefined ? {} : { description }),
    tags: ['citizen line'],
    security: [{ token: [] }],
    params,
  })
  const problems = ['not-found', 'conflict', ...writeProblems] as const

  app.post(
    '/api/v1/municipalities/:municipality/reports/:id/detach',
    {
      config: { permission: 'ticket.merge' },
      schema: {
        ...operation('Give a report a matter of its own again'),
        body: z.object({ note }),
        response: answers({ 200: listedReportSchema }, ...problems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return gatherings.detach(municipality, id, { by: signedIn(request).name, note: request.body.note })
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/reports/:id/move',
    {
      config: { permission: 'ticket.merge' },
      schema: {
        ...operation('Move a report to another ticket'),
        body: z.object({ ticket: idSchema, note }),
        response: answers({ 200: listedReportSchema }, ...problems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      const { ticket, note: why } = request.body
      return gatherings.move(municipality, id, ticket, { by: signedIn(request).name, note: why })
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/reports/:id/withdraw',
    {
      config: { permission: 'report.take' },
      schema: {
        ...operation(
          'Take a report back',
          'Its ticket is closed as `withdrawn`, unless another report or a light speaks of it, too.',
        ),
        body: z.object({ note }),
        response: answers({ 200: z.object({ closed: z.boolean() }) }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      const change = { by: signedIn(request).name, note: request.body.note }
      return { closed: gatherings.withdraw(municipality, id, change) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/tickets/:id/reports',
    {
      config: { permission: 'report.read' },
      schema: {
        ...operation('The reports that a ticket gathers, its own and those of its parts, oldest first'),
        response: answers(
          { 200: z.object({ items: z.array(listedReportSchema) }) },
          'not-found',
          'unauthenticated',
          'forbidden',
        ),
      },
    },
    ({ params: { municipality, id } }) => {
      const ticket = documents.ticket(municipality, id)
      if (ticket === null) throw new ProblemError('not-found', `There is no ticket ${id}`)
      const items = [id, ...(ticket.children ?? [])].flatMap((one) => reports.ofTicket(municipality, one))
      return { items: items.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0)) }
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/tickets/:id/merge',
    {
      config: { permission: 'ticket.merge' },
      schema: {
        ...operation(
          'Make a ticket part of another',
          'Its reporters hear what becomes of the other from now on. Undone by `unmerge`.',
        ),
        body: z.object({ into: idSchema, note }),
        response: answers({ 200: ticketSchema }, ...problems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      const { into, note: why } = request.body
      return gatherings.merge(municipality, id, into, { by: signedIn(request).name, note: why })
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/tickets/:id/unmerge',
    {
      config: { permission: 'ticket.merge' },
      schema: {
        ...operation('Part a ticket from the one it was made part of', 'It is open again, with its own reports.'),
        body: z.object({ note }),
        response: answers({ 200: ticketSchema }, ...problems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return gatherings.unmerge(municipality, id, { by: signedIn(request).name, note: request.body.note })
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/tickets/:id/reparent',
    {
      config: { permission: 'ticket.merge' },
      schema: {
        ...operation('Let one of its parts stand for the whole', 'The old parent becomes a part, or stands alone.'),
        body: z.object({ to: idSchema, keepParent: z.boolean().default(true), note }),
        response: answers({ 200: ticketSchema }, ...problems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      const { to, keepParent, note: why } = request.body
      return gatherings.reparent(municipality, id, to, { by: signedIn(request).name, note: why, keepParent })
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/citizen-line/settings',
    {
      config: { permission: 'settings.read' },
      schema: {
        summary: 'How the municipality wants its citizen line',
        tags: ['citizen line'],
        security: [{ token: [] }],
        params: municipalityParams,
        response: answers({ 200: citizenLineSettingsSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      return citizenLineSettings.of(municipality)
    },
  )

  app.put(
    '/api/v1/municipalities/:municipality/citizen-line/settings',
    {
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Set duty number, radii and times of the citizen line',
        description: 'What is left out has its default.',
        tags: ['citizen line'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: citizenLineSettingsSchema,
        response: answers({ 200: citizenLineSettingsSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      citizenLineSettings.put(municipality, request.body, { by: signedIn(request).name, at: clock.now() })
      return citizenLineSettings.of(municipality)
    },
  )
}
