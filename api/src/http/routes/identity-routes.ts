import { ProblemError } from '@fanari/contracts'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { setSessionCookie } from '../session-cookie.ts'
import { visitorOf } from './account-routes.ts'

const callbackPath = '/api/v1/sign-in/oidc/callback'
const departureCookie = 'fanari-departure'
/** Time to type a password at the provider [s]. */
const departureLifeS = 600
const departureSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() })

/** Signing in where the municipality's staff signs in anyway. */
export const addIdentityRoutes = (app: HttpApp, { accountDoor, identityProvider, publicUrl }: HttpServices): void => {
  const base = (request: FastifyRequest): string => publicUrl ?? `${request.protocol}://${request.host}`
  const required = () => {
    if (identityProvider !== null) return identityProvider
    throw new ProblemError('not-found', 'No identity provider is configured')
  }
  const cookie = (request: FastifyRequest) => ({
    path: callbackPath,
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: request.protocol === 'https',
  })

  app.get(
    '/api/v1/sign-in',
    {
      config: { permission: 'signIn.use' },
      schema: {
        summary: 'The ways to sign in',
        tags: ['access'],
        response: answers({ 200: z.object({ password: z.literal(true), oidc: z.boolean() }) }),
      },
    },
    () => ({ password: true as const, oidc: identityProvider !== null }),
  )

  app.get(
    '/api/v1/sign-in/oidc',
    {
      config: { permission: 'signIn.use' },
      schema: {
        summary: 'Go to the identity provider',
        tags: ['access'],
        response: answers({ 302: z.undefined() }, 'not-found', 'not-ready'),
      },
    },
    async (request, reply) => {
      const { url, departure } = await required().depart(`${base(request)}${callbackPath}`)
      const kept = Buffer.from(JSON.stringify(departure)).toString('base64url')
      reply.setCookie(departureCookie, kept, { ...cookie(request), maxAge: departureLifeS })
      return reply.redirect(url)
    },
  )

  app.get(
    callbackPath,
    {
      config: { permission: 'signIn.use' },
      schema: {
        summary: 'Come back from the identity provider: opens a session and leads to the first page',
        tags: ['access'],
        response: answers({ 302: z.undefined() }, 'not-found', 'not-ready', 'unauthenticated', 'forbidden'),
      },
    },
    async (request, reply) => {
      const provider = required()
      const departure = readDeparture(request.cookies[departureCookie])
      if (departure === null) throw new ProblemError('unauthenticated', 'This sign-in was not begun here; begin anew')
      reply.clearCookie(departureCookie, cookie(request))
      const user = await provider.arrive(new URL(request.url, base(request)), departure)
      setSessionCookie(request, reply, accountDoor.admit(user, visitorOf(request)))
      return reply.redirect('/')
    },
  )
}

const readDeparture = (kept: string | undefined) => {
  try {
    return departureSchema.parse(JSON.parse(Buffer.from(kept ?? '', 'base64url').toString()))
  } catch {
    return null
  }
}
