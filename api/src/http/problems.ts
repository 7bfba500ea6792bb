import type { Socket } from 'node:net'
import { type Log, type Problem, type ProblemCode, ProblemError, problemCodes, problemSchema } from '@fanari/contracts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { HttpApp } from './app.ts'
import { answerThenDiscard, isBodyDue, lingerMs } from './early-refusal.ts'

const problemType = 'application/problem+json'
/** The most single errors one problem document names. */
const mostErrors = 20

interface MediaAnswer {
  description: string
  content: Record<string, { schema: z.ZodType }>
}

/**
 * The answers of a route: its own, and the problem documents it may give, for the types and for the OpenAPI document. `internal` and
 * `invalid-request` can happen anywhere.
 */
export const answers = <Answers extends Record<number, unknown>>(own: Answers, ...codes: ProblemCode[]): Answers => {
  const byStatus = Map.groupBy(new Set<ProblemCode>(['invalid-request', ...codes, 'internal']), (code) => {
    return problemCodes[code].status
  })
  const problems = [...byStatus].map(([status, names]) => [status, problemAnswer(names)])
  return { ...own, ...Object.fromEntries(problems) }
}

const problemAnswer = (codes: ProblemCode[]): MediaAnswer =>
  mediaAnswer(codes.map((code) => `\`${code}\`: ${problemCodes[code].title}`).join('; '), problemType, problemSchema)

/** An answer with a media type of its own, which the route writes out itself: `schema` documents it. */
export const mediaAnswer = (description: string, type: string, schema: z.ZodType): MediaAnswer => ({
  description,
  content: { [type]: { schema } },
})

const documentOf = (code: ProblemCode, instance: string, detail?: string, errors?: Problem['errors']): Problem => ({
  type: `/problems/${code}`,
  title: problemCodes[code].title,
  status: problemCodes[code].status,
  ...(detail === undefined ? {} : { detail }),
  instance,
  retry: problemCodes[code].retry,
  ...(errors === undefined ? {} : { errors }),
})

const sendProblem = (reply: FastifyReply, problem: Problem) => {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="fanari"')
  // Serialized here: problem documents have a media type of their own, and must get out when a route's schema is what failed.
  const answer = JSON.stringify(problem)
  reply.code(problem.status).type(problemType)
  const { raw } = reply.request
  if (!isBodyDue(raw)) return reply.send(answer)
  reply.headers({ connection: 'close', 'content-length': Buffer.byteLength(answer) })
  return reply.send(answerThenDiscard(answer, raw))
}

/** What Fastify calls the parts of a request, in words. */
const partNames = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' } as const

/** Path and query could be of any length and hold a token by mistake: the path alone, cut. */
const instanceOf = (request: FastifyRequest): string => (request.url.split('?', 1)[0] ?? '').slice(0, 300)

/** Everything that goes wrong becomes an RFC 9457 problem document; what is our fault is logged and not told. */
const problemOf = (error: FastifyError | ProblemError, request: FastifyRequest, log: Log): Problem => {
  const instance = instanceOf(request)
  if (error instanceof ProblemError) return documentOf(error.code, instance, error.message, error.errors)
  if (hasZodFastifySchemaValidationErrors(error)) {
    const part = partNames[error.validationContext ?? 'body']
    const errors = error.validation.slice(0, mostErrors).map((issue) => ({
      path: `${part}${issue.instancePath.replaceAll('/', '.')}`.slice(0, 200),
      message: issue.message ?? 'invalid',
    }))
    return documentOf('invalid-request', instance, `The ${part} is not valid`, errors)
  }
  const code = codeOf(error)
  if (code !== 'internal') return documentOf(code, instance, error.message)
  log('error', 'http.failed', { method: request.method, url: instance, error: error.stack ?? String(error) })
  return documentOf('internal', instance)
}

/** Fastify's own refusals, by their stable code, else by status. */
const codeOf = ({ code, statusCode = 500, name }: FastifyError): ProblemCode => {
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || (name === 'SyntaxError' && statusCode === 400)) return 'invalid-json'
  switch (statusCode) {
    case 404:
      return 'not-found'
    case 413:
      return 'too-large'
    case 415:
      return 'unsupported-media-type'
    case 429:
      return 'too-many-requests'
    case 503:
      return 'not-ready'
    default:
      return statusCode >= 400 && statusCode < 500 ? 'invalid-request' : 'internal'
  }
}

export const sendError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Log) => {
  const retryAfterS = error instanceof ProblemError ? error.retryAfterS : undefined
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS))
  return sendProblem(reply, problemOf(error, request, log))
}

/** Sends every error as a problem document. */
export const handleErrors = (app: HttpApp, log: Log): void => {
  app.setErrorHandler<FastifyError>((error, request, reply) => sendError(error, request, reply, log))
}

/** Answers for addresses that no route has: 405 with `Allow` when another method would do, else 404. */
export const handleUnknownRoutes = (app: HttpApp): ((request: FastifyRequest, reply: FastifyReply) => unknown) => {
  const routes: { method: string; segments: string[] }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    if (url.includes('*')) return
    for (const one of [method].flat()) routes.push({ method: one, segments: url.split('/') })
  })
  return (request, reply) => {
    const path = instanceOf(request)
    const segments = path.split('/')
    const allowed = new Set(routes.filter((route) => fits(route.segments, segments)).map(({ method }) => method))
    if (allowed.size === 0) return sendProblem(reply, documentOf('not-found', path, 'No such address'))
    const allow = [...allowed].sort().join(', ')
    reply.header('allow', allow)
    return sendProblem(reply, documentOf('method-not-allowed', path, `This address takes ${allow}`))
  }
}

const fits = (pattern: string[], segments: string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, index) => part === segments[index] || (part.startsWith(':') && segments[index] !== ''))

/** What is not even HTTP gets its problem document on the bare socket. */
export const refuseMalformedHttp = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const body = JSON.stringify(documentOf('invalid-request', '', 'This is not a valid HTTP request'))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  )
  // What the peer still sends is read and refused, so that it gets to see the answer; but not for ever.
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.once('close', () => clearTimeout(timer))
}
