import { idSchema, ProblemError, toIso } from '@fanari/contracts'
import { z } from 'zod'
import { roles } from '../../access/permissions.ts'
import type { User } from '../../access/users.ts'
import type { HttpApp } from '../app.ts'
import { listOf, pageById, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalitiesSchema } from './access-routes.ts'
import { writeProblems } from './register-routes.ts'

/** Names that histories give to the platform itself and to tokens. */
const reserved = ['admin', 'platform', 'telemetry', 'citizen', 'system', 'fanari', 'token']

const grantShape = {
  handle: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,31}$/, 'must be 2 to 32 of a-z, 0-9, dot, hyphen, underscore')
    .refine((handle) => !reserved.includes(handle), 'is reserved')
    .describe('What histories show. They are public: no person’s name'),
  fullName: z.string().trim().min(1).max(100),
  email: z.email().max(254).toLowerCase(),
  role: z.enum(roles),
  team: z.string().trim().min(1).max(64).nullable(),
}
const grantSchema = z.object({
  ...grantShape,
  municipalities: municipalitiesSchema,
  team: grantShape.team.default(null),
})
const changesSchema = z
  .object({ ...grantShape, municipalities: municipalitiesSchema.unwrap(), active: z.boolean() })
  .partial()
const userSchema = z.object({
  id: z.uuid(),
  handle: z.string(),
  fullName: z.string(),
  email: z.string(),
  role: z.enum(roles),
  municipalities: z.array(idSchema).readonly().nullable(),
  team: z.string().nullable(),
  active: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
})
const codeSchema = z
  .object({ code: z.string(), expiresAt: z.iso.datetime() })
  .describe('For `POST /api/v1/sign-in/code`; shown this once')

const described = ({ createdAt, ...user }: User) => ({ ...user, createdAt: toIso(createdAt) })
const params = z.object({ id: idSchema })

/** Accounts of people, for administrators. */
export const addUserRoutes = (app: HttpApp, { users }: HttpServices): void => {
  app.get(
    '/api/v1/users',
    {
      config: { permission: 'account.manage' },
      schema: {
        summary: 'List the accounts',
        tags: ['access'],
        security: [{ token: [] }],
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(userSchema) }, 'unauthenticated', 'forbidden'),
      },
    },
    (request) => pageById(users.list().map(described), ({ id }) => id, request.query),
  )

  app.post(
    '/api/v1/users',
    {
      config: { permission: 'account.manage' },
      schema: {
        summary: 'Make an account; the answer holds the one-time code for its first password',
        tags: ['access'],
        security: [{ token: [] }],
        body: grantSchema,
        response: answers({ 201: userSchema.extend(codeSchema.shape) }, 'conflict', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { code, expiresAt, ...user } = users.create(request.body, signedIn(request).name)
      return reply.code(201).send({ ...described(user), code, expiresAt: toIso(expiresAt) })
    },
  )

  app.patch(
    '/api/v1/users/:id',
    {
      config: { permission: 'account.manage' },
      schema: {
        summary: 'Change an account, or close it with `active: false`; it holds from the next request on',
        tags: ['access'],
        security: [{ token: [] }],
        params,
        body: changesSchema,
        response: answers({ 200: userSchema }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => described(users.change(request.params.id, request.body, signedIn(request).name)),
  )

  app.post(
    '/api/v1/users/:id/code',
    {
      config: { permission: 'account.manage' },
      schema: {
        summary: 'A one-time code for a new password; the old password still holds until it is used',
        tags: ['access'],
        security: [{ token: [] }],
        params,
        response: answers({ 200: codeSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { code, expiresAt } = users.newCode(request.params.id, signedIn(request).name)
      return { code, expiresAt: toIso(expiresAt) }
    },
  )

  app.delete(
    '/api/v1/users/:id',
    {
      config: { permission: 'account.manage' },
      schema: {
        summary: 'Remove an account with its name and address; histories keep the handle',
        tags: ['access'],
        security: [{ token: [] }],
        params,
        response: answers({ 204: z.undefined() }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { name, user } = signedIn(request)
      if (user === id) throw new ProblemError('conflict', 'Nobody removes the account he is signed in with')
      if (!users.remove(id, name)) throw new ProblemError('not-found', `There is no account ${id}`)
      return reply.code(204).send(undefined)
    },
  )
}
