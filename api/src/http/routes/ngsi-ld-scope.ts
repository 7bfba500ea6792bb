import { ProblemError } from '@fanari/contracts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { coreContext } from '../../ngsi-ld/context.ts'
import { errorDocument, errorSchema, NgsiLdError } from '../../ngsi-ld/errors.ts'
import { type MediaType, mediaTypes, negotiate } from '../../ngsi-ld/negotiation.ts'
import { notOffered } from '../../ngsi-ld/parameters.ts'
import type { HttpApp } from '../app.ts'
import { answers, mediaAnswer } from '../problems.ts'

export const base = '/ngsi-ld/v1'
const problemType = 'application/problem+json'

/** Resources of the standard that a broker has and a view of the register has not. */
const foreignResources: readonly string[] = [
  'subscriptions',
  'csourceRegistrations',
  'csourceSubscriptions',
  'temporal',
  'entityOperations',
  'entityMaps',
  'jsonldContexts',
  'snapshots',
]
const ownResources: readonly string[] = ['entities', 'types', 'attributes', 'context.jsonld']

const send = (reply: FastifyReply, error: NgsiLdError) =>
  reply
    .code(error.status)
    .type(problemType)
    .send(JSON.stringify(errorDocument(error)))

/** Refusals in the words of NGSI-LD, wherever below its address they are made. */
export const speakNgsiLd = (scope: HttpApp): void => {
  scope.setErrorHandler<FastifyError>((error, _request, reply) => {
    if (error instanceof NgsiLdError) return send(reply, error)
    if (hasZodFastifySchemaValidationErrors(error)) return send(reply, refusalOf(error))
    const status = error.statusCode ?? 500
    // What is our own failure is told and logged as everywhere, and so is a door that opens to nobody yet.
    if (error instanceof ProblemError || status >= 500) throw error
    return send(reply, new NgsiLdError('InvalidRequest', error.message, status))
  })
  const refuseUnknown = (request: FastifyRequest, reply: FastifyReply) => {
    const error = unknownOf(request)
    if (error.status === 405) reply.header('allow', 'GET, HEAD')
    return send(reply, error)
  }
  scope.setNotFoundHandler(refuseUnknown)
  // Before the pages, which answer every other GET.
  scope.get('/*', { config: { permission: 'public.read' }, schema: { hide: true } }, refuseUnknown)
  scope.addHook('onRequest', async (_request, reply) => {
    // Public data, and city dashboards are pages of others.
    reply.headers({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Link, NGSILD-Results-Count, NGSILD-Tenant',
      vary: 'accept',
    })
  })
}

type SchemaError = FastifyError & { validation: { keyword: string; instancePath: string; message?: string }[] }

const refusalOf = ({ validation }: SchemaError): NgsiLdError => {
  const unknown = validation.flatMap(({ keyword, ...issue }) => {
    if (keyword !== 'unrecognized_keys') return []
    const { keys } = (issue as { params?: { keys?: string[] } }).params ?? {}
    return keys ?? []
  })
  const names = unknown.join(', ').slice(0, 200)
  if (unknown.length > 0 && unknown.every((name) => notOffered.includes(name)))
    return new NgsiLdError('OperationNotSupported', `${names} is not offered here`)
  if (unknown.length > 0) return new NgsiLdError('InvalidRequest', `There is no parameter ${names}`)
  const [{ instancePath = '', message = 'is not valid' } = {}] = validation
  return new NgsiLdError('BadRequestData', `${instancePath.slice(1).replaceAll('/', '.')}: ${message}`)
}

const unknownOf = (request: FastifyRequest): NgsiLdError => {
  const [resource = ''] = (request.url.split('?', 1)[0] ?? '').slice(base.length + 1).split('/')
  if (foreignResources.includes(resource)) {
    return new NgsiLdError(
      'OperationNotSupported',
      `${resource} is not offered: this is a view to read. What happens is told on MQTT and as server-sent events`,
      501,
    )
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (ownResources.includes(resource) && !isRead) {
    return new NgsiLdError('OperationNotSupported', 'Entities are read here and changed where they come from', 405)
  }
  return new NgsiLdError('ResourceNotFound', 'There is nothing at this address')
}

/** The media type to answer with. @throws NgsiLdError 406 */
export const mediaTypeOf = (request: FastifyRequest, offered: readonly MediaType[] = mediaTypes): MediaType => {
  const type = negotiate(request.headers.accept, offered)
  if (type !== null) return type
  throw new NgsiLdError('InvalidRequest', `Accept one of ${offered.join(', ')}`, 406)
}

export interface Contexts {
  /** Where our context is, for this request. */
  own: string
  /** Links of the answer besides it. */
  links: string[]
}

const contextLink = (url: string): string =>
  `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`

/** Sends JSON with its context: in it as JSON-LD, by a link otherwise (6.3.5, 6.3.6). `inBody` of GeoJSON is the client's `Prefer`. */
export const sendLinked = (
  reply: FastifyReply,
  type: MediaType,
  body: object,
  { own, links }: Contexts,
  inBody = type === 'application/ld+json',
) => {
  const context = { '@context': [own, coreContext] }
  const link = [...links, ...(inBody ? [] : [contextLink(own)])]
  if (link.length > 0) reply.header('link', link.join(', '))
  const whole = Array.isArray(body) ? body.map((one: object) => ({ ...one, ...context })) : { ...body, ...context }
  return reply.type(`${type}; charset=utf-8`).send(JSON.stringify(inBody ? whole : body))
}

/** The answers of a route that says `schema` in the media types it offers. */
export const linkedAnswers = (
  description: string,
  schema: z.ZodType,
  others: Partial<Record<MediaType, z.ZodType>> = {},
  ...statuses: (403 | 404 | 406 | 422)[]
) => ({
  ...answers({}, 'not-ready'),
  200: {
    description,
    content: Object.fromEntries(
      Object.entries({ 'application/json': schema, 'application/ld+json': schema, ...others }).map(([type, one]) => [
        type,
        { schema: one },
      ]),
    ),
  },
  ...Object.fromEntries([400, 406, ...statuses].map((status) => [status, errorAnswer])),
})

const errorAnswer = mediaAnswer('What is wrong', problemType, errorSchema)
