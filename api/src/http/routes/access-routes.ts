import { idSchema, ProblemError, toIso } from '@fanari/contracts'
import { z } from 'zod'
import { permissionNames, roles, rolesOf } from '../../access/permissions.ts'
import type { TokenDescription } from '../../access/tokens.ts'
import { readAudit } from '../../store/audit.ts'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, listOf, pageById, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

export const municipalitiesSchema = z
  .array(idSchema)
  .min(1)
  .max(400)
  .readonly()
  .nullable()
  .default(null)
  .describe('The municipalities it is limited to; null: all of them')
const principalSchema = z.object({ name: z.string().trim().min(1).max(64), role: z.enum(roles) })
const grantSchema = principalSchema.extend({ municipalities: municipalitiesSchema })
const tokenSchema = grantSchema.extend({ id: z.uuid(), createdAt: z.iso.datetime(), createdBy: z.string() })

const permissionTableSchema = z.object({
  permissions: z.array(
    z.object({
      permission: z.enum(permissionNames),
      roles: z.array(z.enum(roles)).readonly().nullable().describe('null: everyone, without a sign-in'),
    }),
  ),
  routes: z.array(z.object({ method: z.string(), url: z.string(), permission: z.enum(permissionNames) })),
})

const auditSchema = z.object({
  at: z.iso.datetime(),
  by: z.string(),
  subject: z.string(),
  event: z.string(),
  note: z.string().optional(),
})

const described = ({ createdAt, ...token }: TokenDescription) => ({ ...token, createdAt: toIso(createdAt) })

/** Who may do what, and who did. */
export const addAccessRoutes = (app: HttpApp, { database, register, tokens, routes }: HttpServices): void => {
  app.post(
    '/api/v1/session',
    {
      config: { permission: 'account.own' },
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
    '/api/v1/permissions',
    {
      config: { permission: 'account.own' },
      schema: {
        summary: 'Who may do what: the roles of every permission, and the permission of every route',
        tags: ['access'],
        security: [{ token: [] }],
        response: answers({ 200: permissionTableSchema }, 'unauthenticated'),
      },
    },
    () => ({
      permissions: permissionNames.map((permission) => ({ permission, roles: rolesOf(permission) })),
      routes: routes.filter(({ method }) => method !== 'HEAD'),
    }),
  )

  app.get(
    '/api/v1/tokens',
    {
      config: { permission: 'token.manage' },
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
      config: { permission: 'token.manage' },
      schema: {
        summary: 'Make a token; it is shown this once',
        tags: ['access'],
        security: [{ token: [] }],
        body: grantSchema,
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
      config: { permission: 'token.manage' },
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

  const trailOf = (municipality: string | null, { limit, cursor }: { limit: number; cursor?: string | undefined }) => {
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
  }

  app.get(
    '/api/v1/audit',
    {
      config: { permission: 'audit.read' },
      schema: {
        summary: 'Sign-ins, and who changed what in accounts and tokens, newest first',
        tags: ['access'],
        security: [{ token: [] }],
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(auditSchema) }, 'unauthenticated', 'forbidden'),
      },
    },
    ({ query }) => trailOf(null, query),
  )

  app.get(
    '/api/v1/municipalities/:municipality/audit',
    {
      config: { permission: 'audit.read' },
      schema: {
        summary: 'Who changed what in the register and on tickets, newest first',
        tags: ['access'],
        security: [{ token: [] }],
        params: municipalityParams,
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(auditSchema) }, 'unauthenticated', 'forbidden', 'not-found'),
      },
    },
    ({ params: { municipality }, query }) => {
      municipalityOf(register, municipality)
      return trailOf(municipality, query)
    },
  )
}
