import { idSchema, ProblemError, recurringProblemSchema, teamSchema } from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, listOf, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const documentParams = municipalityParams.extend({ id: idSchema })
const position = z.tuple([z.number(), z.string()])
const listedTeam = teamSchema.extend({ id: idSchema })

/** Crews, and the recurring problems they meet. */
export const addTeamRoutes = (app: HttpApp, { register, teams, problems, clock }: HttpServices): void => {
  const base = '/api/v1/municipalities/:municipality'

  app.get(
    `${base}/teams`,
    {
      config: { permission: 'settings.read' },
      schema: {
        summary: 'The crews',
        tags: ['work'],
        security: [{ token: [] }],
        params: municipalityParams,
        response: answers({ 200: z.object({ items: z.array(listedTeam) }) }, 'not-found', ...writeProblems),
      },
    },
    ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      return { items: teams.all(municipality) }
    },
  )

  app.put(
    `${base}/teams/:id`,
    {
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Set a crew',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        body: teamSchema,
        response: answers({ 200: listedTeam }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      municipalityOf(register, municipality)
      teams.put(municipality, id, request.body, { by: signedIn(request).name, at: clock.now() })
      return { id, ...request.body }
    },
  )

  app.delete(
    `${base}/teams/:id`,
    {
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Remove a crew; what it had keeps its name',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        response: answers({ 204: z.undefined() }, 'not-found', ...writeProblems),
      },
    },
    (request, reply) => {
      const { municipality, id } = request.params
      if (!teams.remove(municipality, id, { by: signedIn(request).name, at: clock.now() })) {
        throw new ProblemError('not-found', `There is no team ${id}`)
      }
      return reply.code(204).send()
    },
  )

  app.get(
    `${base}/problems`,
    {
      config: { permission: 'workOrder.read' },
      schema: {
        summary: 'Recurring problems, newest first',
        description: 'The same matter has opened at least 3 times in 90 days.',
        tags: ['work'],
        security: [{ token: [] }],
        params: municipalityParams,
        querystring: z.object({ ...pageQuery, status: z.enum(['open', 'closed', 'all']).default('open') }),
        response: answers({ 200: listOf(recurringProblemSchema) }, 'not-found', ...writeProblems),
      },
    },
    ({ params: { municipality }, query: { status, limit, cursor } }) => {
      municipalityOf(register, municipality)
      const statuses = status === 'all' ? (['open', 'closed'] as const) : [status]
      const page = problems.list(municipality, { statuses, limit, after: decodeCursor(cursor, position) })
      return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) }
    },
  )

  app.get(
    `${base}/problems/:id`,
    {
      config: { permission: 'workOrder.read' },
      schema: {
        summary: 'One recurring problem',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        response: answers({ 200: recurringProblemSchema }, 'not-found', ...writeProblems),
      },
    },
    ({ params: { municipality, id } }) => {
      const problem = problems.problem(municipality, id)
      if (problem === null) throw new ProblemError('not-found', `There is no problem ${id}`)
      return problem
    },
  )

  app.patch(
    `${base}/problems/:id`,
    {
      config: { permission: 'problem.write' },
      schema: {
        summary: 'Write down the cause of a problem, or close it',
        tags: ['work'],
        security: [{ token: [] }],
        params: documentParams,
        body: z.strictObject({
          cause: z.string().max(4_000).optional(),
          note: z.string().max(4_000).optional(),
          status: z.literal('closed').optional(),
        }),
        response: answers({ 200: recurringProblemSchema }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return problems.update(municipality, id, request.body, { by: signedIn(request).name, at: clock.now() })
    },
  )
}
