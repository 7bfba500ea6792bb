import { idSchema, ProblemError, toIso } from '@fanari/contracts'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Visitor } from '../../access/account-door.ts'
import { passwordLength } from '../../access/passwords.ts'
import { permissionNames, permissionsOf, roles } from '../../access/permissions.ts'
import type { HttpApp } from '../app.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { clearSessionCookie, isSameOrigin, setSessionCookie } from '../session-cookie.ts'
import { signedIn } from '../sign-in.ts'
import { writeProblems } from './register-routes.ts'

const meSchema = z.object({
  name: z.string(),
  role: z.enum(roles),
  municipalities: z.array(idSchema).readonly().nullable().describe('null: all of them'),
  team: z.string().nullable(),
  fullName: z.string().optional().describe('Of an account'),
  email: z.string().optional().describe('Of an account'),
  permissions: z.array(z.enum(permissionNames)).describe('What may be done, beside what everyone may'),
})
const sessionSchema = z.object({
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime(),
  address: z.string(),
  agent: z.string(),
  current: z.boolean().describe('The one that asks'),
})
const emailSchema = z.email().max(254)
const anyPassword = z.string().min(1).max(1_000)
const newPassword = z.string().max(1_000).describe(`${passwordLength.least} to ${passwordLength.most} characters`)

export const visitorOf = (request: FastifyRequest): Visitor => ({
  address: request.ip,
  agent: request.headers['user-agent'] ?? '',
})

/** Signing in and out, and one's own account. */
export const addAccountRoutes = (app: HttpApp, { users, sessions, accountDoor }: HttpServices): void => {
  const describeMe = (request: FastifyRequest): z.infer<typeof meSchema> => {
    const { name, role, municipalities, team, user } = signedIn(request)
    const account = user === null ? null : users.get(user)
    const person = account === null ? {} : { fullName: account.fullName, email: account.email }
    return { name, role, municipalities, team, ...person, permissions: permissionsOf(role) }
  }
  const ownAccount = (request: FastifyRequest): string => {
    const { user } = signedIn(request)
    if (user === null) throw new ProblemError('conflict', 'A token has no account')
    return user
  }

  app.post(
    '/api/v1/sign-in',
    {
      config: { permission: 'signIn.use' },
      schema: {
        summary: 'Sign in with e-mail and password; the answer sets the session’s cookie',
        tags: ['access'],
        body: z.object({ email: emailSchema, password: anyPassword }),
        response: answers({ 200: meSchema }, 'unauthenticated', 'forbidden', 'too-many-requests', 'invalid-json'),
      },
    },
    async (request, reply) => {
      // Else another page could sign its victim in as somebody else, and read what he then writes.
      const isBrowser = request.headers['sec-fetch-site'] !== undefined || request.headers.origin !== undefined
      if (isBrowser && !isSameOrigin(request))
        throw new ProblemError('forbidden', 'Sign in from a page of this platform')
      const { user, secret } = await accountDoor.signIn(request.body, visitorOf(request))
      setSessionCookie(request, reply, secret)
      reply.header('cache-control', 'no-store')
      const { handle: name, role, municipalities, team, fullName, email } = user
      return { name, role, municipalities, team, fullName, email, permissions: permissionsOf(role) }
    },
  )

  app.post(
    '/api/v1/sign-in/code',
    {
      config: { permission: 'signIn.use' },
      schema: {
        summary: 'Set a password with the one-time code an administrator has made',
        tags: ['access'],
        body: z.object({ email: emailSchema, code: z.string().min(1).max(64), password: newPassword }),
        response: answers({ 204: z.undefined() }, 'unauthenticated', 'too-many-requests', 'invalid-json'),
      },
    },
    async (request, reply) => {
      await accountDoor.redeem(request.body, visitorOf(request))
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/api/v1/sign-out',
    {
      config: { permission: 'signIn.use' },
      schema: {
        summary: 'End the session that asks',
        tags: ['access'],
        response: answers({ 204: z.undefined() }),
      },
    },
    async (request, reply) => {
      const { principal, session } = request
      if (principal?.user != null && session !== null) accountDoor.signOut(principal.user, session)
      clearSessionCookie(request, reply)
      return reply.code(204).send(undefined)
    },
  )

  app.get(
    '/api/v1/account',
    {
      config: { permission: 'account.own' },
      schema: {
        summary: 'Who asks, and what he may do',
        tags: ['access'],
        security: [{ token: [] }],
        response: answers({ 200: meSchema }, 'unauthenticated'),
      },
    },
    describeMe,
  )

  app.post(
    '/api/v1/account/password',
    {
      config: { permission: 'account.own' },
      schema: {
        summary: 'Change one’s own password; all other sessions end',
        tags: ['access'],
        body: z.object({ current: anyPassword, password: newPassword }),
        response: answers({ 204: z.undefined() }, 'conflict', 'too-many-requests', ...writeProblems),
      },
    },
    async (request, reply) => {
      const secret = await accountDoor.changePassword(ownAccount(request), request.body, visitorOf(request))
      setSessionCookie(request, reply, secret)
      return reply.code(204).send(undefined)
    },
  )

  app.get(
    '/api/v1/account/sessions',
    {
      config: { permission: 'account.own' },
      schema: {
        summary: 'One’s own open sessions',
        tags: ['access'],
        response: answers({ 200: z.object({ items: z.array(sessionSchema) }) }, 'unauthenticated', 'conflict'),
      },
    },
    (request) => ({
      items: sessions.list(ownAccount(request)).map(({ id, createdAt, usedAt, address, agent }) => ({
        id,
        createdAt: toIso(createdAt),
        usedAt: toIso(usedAt),
        address,
        agent,
        current: id === request.session,
      })),
    }),
  )

  app.delete(
    '/api/v1/account/sessions/:id',
    {
      config: { permission: 'account.own' },
      schema: {
        summary: 'End one of one’s own sessions',
        tags: ['access'],
        params: z.object({ id: idSchema }),
        response: answers({ 204: z.undefined() }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!sessions.end(ownAccount(request), id)) throw new ProblemError('not-found', `There is no session ${id}`)
      return reply.code(204).send(undefined)
    },
  )
}
