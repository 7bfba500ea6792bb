import { ProblemError } from '@fanari/contracts'
import type { FastifyRequest } from 'fastify'
import type { Principal, Role, Tokens } from '../access/tokens.ts'
import type { HttpApp } from './app.ts'

export const admins: readonly Role[] = ['admin']
/** Who works on tickets and in the field. */
export const crews: readonly Role[] = ['admin', 'operator', 'technician']
export const officers: readonly Role[] = ['admin', 'operator']
export const anyone: readonly Role[] = ['admin', 'operator', 'technician', 'viewer']

/**
 * Checks the Bearer token (RFC 6750) of routes that name `roles`, before any body is read: an outsider cannot make the platform parse
 * megabytes. `HEAD`s and open routes need none.
 */
export const requireTokens = (app: HttpApp, tokens: Tokens): void => {
  app.decorateRequest('principal', null)
  app.addHook('onRequest', async (request) => {
    const { roles } = request.routeOptions.config
    if (roles === undefined) return
    const principal = principalOf(request, tokens)
    if (principal === null) throw new ProblemError('unauthenticated', 'Send a valid token as Authorization: Bearer …')
    if (!roles.includes(principal.role)) {
      throw new ProblemError('forbidden', `This needs the role ${roles.join(' or ')}; the token has ${principal.role}`)
    }
    request.principal = principal
  })
}

const principalOf = (request: FastifyRequest, tokens: Tokens): Principal | null => {
  const [, token] = /^Bearer +(\S{1,256})$/i.exec(request.headers.authorization ?? '') ?? []
  return token === undefined ? null : tokens.principalOf(token)
}

/** The name of who made a request that needs a token. */
export const signedIn = (request: FastifyRequest): Principal => {
  if (request.principal === null) throw new ProblemError('unauthenticated', 'Send a token')
  return request.principal
}
