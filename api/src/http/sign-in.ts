import { ProblemError } from '@fanari/contracts'
import type { FastifyRequest } from 'fastify'
import { judge, type Permission, type Principal, rolesOf } from '../access/permissions.ts'
import type { Sessions } from '../access/sessions.ts'
import type { Tokens } from '../access/tokens.ts'
import type { HttpApp } from './app.ts'
import { isSafe, isSameOrigin, readSessionCookie } from './session-cookie.ts'

/** A route and what one needs for it. */
export interface GuardedRoute {
  method: string
  url: string
  permission: Permission
}

/** The console's files: the one route that a plugin adds and that cannot name its permission. */
const pages = '/*'

/**
 * Every route is judged by the permission it names, before any body is read: an outsider cannot make the platform parse megabytes.
 * Answers the routes, which come to be listed as they are added.
 * @throws at the start, when a route names none.
 */
export const requirePermissions = (app: HttpApp, keys: Keys): readonly GuardedRoute[] => {
  const routes: GuardedRoute[] = []
  app.decorateRequest('principal', null)
  app.decorateRequest('session', null)
  app.addHook('onRoute', (route) => {
    const { method, url } = route
    const permission = route.config?.permission ?? (url === pages ? 'public.read' : null)
    if (permission === null) throw new Error(`${method} ${url} names no permission; give it config: { permission: … }`)
    route.config = { ...route.config, permission }
    if (rolesOf(permission) !== null) route.schema = { ...route.schema, security: [{ token: [] }, { session: [] }] }
    for (const one of [method].flat()) routes.push({ method: one, url, permission })
  })
  app.addHook('onRequest', async (request, reply) => {
    identify(request, keys)
    const { permission } = request.routeOptions.config
    // What no route has is answered by the handler of unknown addresses.
    if (permission === undefined) return
    demand(request, permission)
    if (rolesOf(permission) !== null) reply.header('cache-control', 'no-store')
  })
  return routes
}

/** What opens the door: tokens of machines, sessions of people. */
interface Keys {
  tokens: Tokens
  sessions: Sessions
}

/** A key that is not valid counts as none: routes for everyone need none. A token goes before a cookie. */
const identify = (request: FastifyRequest, { tokens, sessions }: Keys): void => {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    // RFC 6750.
    const [, token] = /^Bearer +(\S{1,256})$/i.exec(authorization) ?? []
    request.principal = token === undefined ? null : tokens.principalOf(token)
    return
  }
  const secret = readSessionCookie(request)
  if (secret === null) return
  // A browser sends the cookie along whatever page makes it send: a write counts as its owner's only when our own page sent it.
  if (!isSafe(request.method) && !isSameOrigin(request)) return
  const found = sessions.find(secret)
  request.principal = found?.principal ?? null
  request.session = found?.session ?? null
}

/**
 * Refuses a request whose principal lacks a permission, for the municipality in its address. For what depends on the body, too.
 * @throws ProblemError `unauthenticated`, `forbidden`
 */
export const demand = (request: FastifyRequest, permission: Permission): void => {
  const needed = rolesOf(permission)
  if (needed === null) return
  const principal = signedIn(request)
  switch (judge(principal, permission, municipalityIn(request))) {
    case 'allowed':
      return
    case 'wrongRole':
      throw new ProblemError('forbidden', `This needs the role ${needed.join(' or ')}; you have ${principal.role}`)
    case 'wrongMunicipality':
      throw new ProblemError('forbidden', `You are limited to ${principal.municipalities?.join(', ')}`)
  }
}

/** Whether a request's principal has a permission for the municipality in its address. */
export const may = (request: FastifyRequest, permission: Permission): boolean =>
  request.principal !== null && judge(request.principal, permission, municipalityIn(request)) === 'allowed'

const municipalityIn = ({ params }: FastifyRequest): string | null => {
  const { municipality } = (params ?? {}) as { municipality?: unknown }
  return typeof municipality === 'string' ? municipality : null
}

/** Who made a request that needs a sign-in. @throws ProblemError `unauthenticated` */
export const signedIn = (request: FastifyRequest): Principal => {
  if (request.principal === null) {
    throw new ProblemError('unauthenticated', 'Send a valid token as Authorization: Bearer …, or sign in')
  }
  return request.principal
}
