import type { FastifyReply, FastifyRequest } from 'fastify'
import { sessionLifeMs } from '../access/sessions.ts'

/** Over https the name itself obliges the browser: no subdomain and no plain page can set it (RFC 6265bis section 4.1.3.2). */
const nameFor = (request: FastifyRequest): string => (request.protocol === 'https' ? '__Host-fanari' : 'fanari')

const attributes = (request: FastifyRequest) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: request.protocol === 'https',
})

export const setSessionCookie = (request: FastifyRequest, reply: FastifyReply, secret: string): void => {
  reply.setCookie(nameFor(request), secret, { ...attributes(request), maxAge: sessionLifeMs / 1_000 })
}

export const clearSessionCookie = (request: FastifyRequest, reply: FastifyReply): void => {
  reply.clearCookie(nameFor(request), attributes(request))
}

export const readSessionCookie = (request: FastifyRequest): string | null => {
  const secret = request.cookies[nameFor(request)]
  return secret !== undefined && /^[\w-]{1,64}$/.test(secret) ? secret : null
}

/** RFC 9110 section 9.2.1. */
export const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/**
 * Whether a page of ours sent a request. Browsers say so by `Sec-Fetch-Site`, older ones by `Origin`; who says neither is no browser,
 * and needs no cookie.
 */
export const isSameOrigin = (request: FastifyRequest): boolean => {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin } = request.headers
  return origin !== undefined && origin === `${request.protocol}://${request.host}`
}
