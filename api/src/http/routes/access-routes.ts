import { idSchema, ProblemError, toIso } from '@fanari/contracts'
import { z } from 'zod'
import { roles, type TokenDescription } from '../../access/tokens.ts'
import { readAudit } from '../../store/audit.ts'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, listOf, pageById, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { admins, anyone, officers, signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const principalSchema = z.object({ name: z.string().trim().min(1).max(64), role: z.enum(roles) })
const tokenSchema = principalSchema.extend({ id: z.uuid(), createdAt: z.iso.datetime(), createdBy: z.string() })

const auditSchema = z.object({
  at: z.iso.datetime(),
  by: z.string(),
  subject: z.string(),
  event: z.string(),
  note: z.string().optional(),
})

const described = ({ createdAt, ...token }: TokenDescription) => ({ ...token, createdAt: toIso(createdAt) })

/** Who may do what, and who did. */
export const addAccessRoutes = (app: HttpApp, { database, register, tokens }: HttpServices): void => {
  app.post(
    '/api/v1/session',
    {
      config: { roles: anyone },
      schema: {
        summary: 'Whom the token stands for',
        tags: ['access'],
        security: [{ token: [] }],
        response: answers({ 200: principalSchema }, ...writeProblems),
      },
    },
    (request) => {
      const { name, role } = signedIn(request)
      return { name, role }
    },
  )

  app.get(
    '/api/v1/tokens',
    {
      config: { roles: admins },
      schema: {
        summary: 'List the tokens, without their secrets',
        tags: ['access'],
        security: [{ token: [] }],
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(tokenSchema) }, 'unauthenticated', 'forbidden'),
      },
    },
    (request) => pageById(tokens.list().map(described), ({ id }) => id, request.query),
  )

  app.post(
    '/api/v1/tokens',
    {
      config: { roles: admins },
      schema: {
        summary: 'Make a token; it is shown this once',
        tags: ['access'],
        security: [{ token: [] }],
        body: principalSchema,
        response: answers({ 201: tokenSchema.extend({ token: z.string() }) }, ...writeProblems),
      },
    },
    async (request, reply) => {
      const created = tokens.create(request.body, signedIn(request).name)
      return reply.code(201).send({ ...described(created), token: created.token })
    },
  )

  app.delete(
    '/api/v1/tokens/:id',
    {
      config: { roles: admins },
      schema: {
        summary: 'Take a token back; it ends at once',
        tags: ['access'],
        security: [{ token: [] }],
        params: z.object({ id: idSchema }),
        response: answers({ 204: z.undefined() }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!tokens.remove(id, signedIn(request).name)) throw new ProblemError('not-found', `There is no token ${id}`)
      return reply.code(204).send(undefined)
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/audit',
    {
      config: { roles: officers },
      schema: {
        summary: 'Who changed what in the register and on tickets, newest first',
        tags: ['access'],
        security: [{ token: [] }],
        params: municipalityParams,
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(auditSchema) }, 'unauthenticated', 'forbidden', 'not-found'),
      },
    },
    ({ params: { municipality }, query: { limit, cursor } }) => {
      municipalityOf(register, municipality)
      const page = readAudit(database, municipality, { limit, before: decodeCursor(cursor, z.int()) })
      return {
        items: page.items.map(({ at, by, subject, event, note }) => ({
          at: toIso(at),
          by,
          subject,
          event,
          ...(note === undefined ? {} : { note }),
        })),
        next: page.next === null ? null : encodeCursor(page.next),
      }
    },
  )
}
