import { ProblemError } from '@fanari/contracts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Form, Open311Error, readForm } from '../../open311/intake.ts'
import {
  definitionSchema,
  discoverySchema,
  errorSchema,
  receiptSchema,
  requestSchema,
  serviceSchema,
  tokenSchema,
  updateReceiptSchema,
  updateSchema,
} from '../../open311/schemas.ts'
import { allServices } from '../../open311/services.ts'
import { toXml } from '../../open311/xml.ts'
import type { HttpApp } from '../app.ts'
import { answers, mediaAnswer } from '../problems.ts'
import type { HttpServices } from '../services.ts'

const base = '/open311/v2'
/** When services or definitions last changed: clients keep theirs until this does. */
const changeset = '2026-11-25T00:00:00Z'
const largestForm = 64 * 1024

/** Elements around the values of an answer, which JSON does without. */
interface Wrapping {
  root: string
  item: string | null
}
const wrappings = {
  discovery: { root: 'discovery', item: null },
  services: { root: 'services', item: 'service' },
  definition: { root: 'service_definition', item: null },
  requests: { root: 'service_requests', item: 'request' },
  updates: { root: 'service_request_updates', item: 'request_update' },
  errors: { root: 'errors', item: 'error' },
} as const satisfies Record<string, Wrapping>

type Format = 'json' | 'xml'

const isFormat = (text: string | undefined): text is Format => text === 'json' || text === 'xml'

/** The format at the end of an address. @throws {Open311Error} 404 for another one */
const formatOf = ({ params }: FastifyRequest): Format => {
  const { format } = params as { format?: string }
  if (!isFormat(format)) throw new Open311Error(404, 'ask for .xml or .json')
  return format
}

/** `services/{name}.json` */
const nameIn = ({ params }: FastifyRequest): string => (params as { name: string }).name

/** One validator in use compares with a bare `text/xml`; the specification wants the charset, and Greek needs it. */
const send = (reply: FastifyReply, format: Format, { root, item }: Wrapping, value: unknown) =>
  format === 'xml'
    ? reply.type('text/xml; charset=utf-8').send(toXml(root, item, value))
    : reply.type('application/json; charset=utf-8').send(JSON.stringify(value))

const parametersOf = (request: FastifyRequest): Form => readForm(request.url.split('?', 2)[1] ?? '')

const answersOf = (description: string, schema: z.ZodType) => {
  const errors = mediaAnswer('What is wrong', 'application/json', z.array(errorSchema))
  return {
    ...answers({}),
    200: mediaAnswer(description, 'application/json', schema),
    400: errors,
    403: errors,
    404: errors,
  }
}

/** GeoReport v2, with documented extensions: docs/open311.md. */
export const addOpen311Routes = (app: HttpApp, { open311, publicUrl }: HttpServices): void => {
  const service = async (scope: HttpApp): Promise<void> => {
    scope.setErrorHandler<FastifyError>((error, request, reply) => {
      const status =
        error instanceof Open311Error
          ? error.status
          : error instanceof ProblemError && error.code === 'too-many-requests'
            ? 429
            : (error.statusCode ?? 500)
      // What is our own failure is told and logged as everywhere.
      if (status >= 500) throw error
      if (error instanceof ProblemError && error.retryAfterS !== undefined)
        reply.header('retry-after', String(error.retryAfterS))
      const known = status === 403 || status === 404 || status === 429 ? status : 400
      const { format } = request.params as { format?: string }
      return send(reply.code(known), isFormat(format) ? format : 'json', wrappings.errors, [
        { code: known, description: error.message },
      ])
    })
    // Clients of GeoReport read its errors alone, also where there is no such address or it does not take their method.
    const refuseUnknown = (request: FastifyRequest, reply: FastifyReply) => {
      const ending = request.url.split('?', 1)[0]?.split('.').at(-1)
      const description = `there is nothing at this address for ${request.method}`
      return send(reply.code(404), isFormat(ending) ? ending : 'json', wrappings.errors, [{ code: 404, description }])
    }
    scope.setNotFoundHandler(refuseUnknown)
    // Before the pages, which answer every other GET.
    scope.get('/*', { config: { permission: 'public.read' }, schema: { hide: true } }, refuseUnknown)
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: largestForm },
      (_request, body, done) => done(null, body),
    )

    const get = (
      path: string,
      summary: string,
      schema: z.ZodType,
      wrapping: Wrapping,
      answer: (parameters: Form, request: FastifyRequest, reply: FastifyReply) => unknown,
    ) =>
      scope.get(
        `/${path}.:format`,
        {
          config: { permission: 'public.read' },
          schema: {
            summary,
            description: '`.json` or `.xml`; what may be asked is in docs/open311.md',
            tags: ['Open311 GeoReport v2'],
            response: answersOf(summary, schema),
          },
        },
        (request, reply) => {
          const format = formatOf(request)
          return send(reply, format, wrapping, answer(parametersOf(request), request, reply))
        },
      )

    const origin = (request: FastifyRequest): string => publicUrl ?? `${request.protocol}://${request.host}`

    get(
      'discovery',
      'Where the service is, and in which formats',
      discoverySchema,
      wrappings.discovery,
      (_parameters, request) => ({
        changeset,
        contact: 'Γραμμή Δημότη',
        key_service:
          'Κλειδί: ένα token ρόλου partner, από τον διαχειριστή του Δήμου (A token of the role partner, from the administrator)',
        endpoints: [
          {
            specification: 'http://wiki.open311.org/GeoReport_v2',
            url: `${origin(request)}${base}`,
            changeset,
            type: 'production',
            formats: ['text/xml', 'application/json'],
          },
        ],
      }),
    )

    get('services', 'What can be reported', z.array(serviceSchema), wrappings.services, (parameters) => {
      open311.jurisdiction(parameters)
      return allServices
    })

    get('services/:name', 'What is asked of a service', definitionSchema, wrappings.definition, (parameters, request) =>
      open311.definition(parameters, nameIn(request)),
    )

    get(
      'requests',
      'Requests, newest first, without who sent them',
      z.array(requestSchema),
      wrappings.requests,
      (parameters, request, reply) => {
        const { requests, page } = open311.requests(parameters, origin(request))
        if (page === null) return requests
        reply.header('x-total-count', String(page.total))
        const links = [
          ...(page.number > 1 ? [['prev', page.number - 1] as const] : []),
          ...(page.number * page.size < page.total ? [['next', page.number + 1] as const] : []),
        ].map(([rel, number]) => {
          const url = new URL(request.url, origin(request))
          url.searchParams.set('page', String(number))
          url.searchParams.set('page_size', String(page.size))
          return `<${url.href}>; rel="${rel}"`
        })
        if (links.length > 0) reply.header('link', links.join(', '))
        return requests
      },
    )

    get('requests/:name', 'One request', z.array(requestSchema), wrappings.requests, (parameters, request) => [
      open311.request(parameters, nameIn(request), origin(request)),
    ])

    get(
      'tokens/:name',
      'The request of a token: a tracking code',
      z.array(tokenSchema),
      wrappings.requests,
      (parameters, request) => [open311.token(parameters, nameIn(request))],
    )

    get(
      'servicerequestupdates',
      'Steps of requests, oldest first',
      z.array(updateSchema),
      wrappings.updates,
      (parameters) => open311.updates(parameters),
    )

    const post = (
      path: string,
      summary: string,
      schema: z.ZodType,
      wrapping: Wrapping,
      take: (form: Form, request: FastifyRequest) => unknown,
    ) =>
      scope.post<{ Body: string | undefined }>(
        `/${path}.:format`,
        {
          config: { permission: 'public.write' },
          schema: {
            summary,
            description: 'A form (application/x-www-form-urlencoded, UTF-8) with `api_key`; docs/open311.md',
            tags: ['Open311 GeoReport v2'],
            response: answersOf(summary, schema),
          },
        },
        async (request, reply) => {
          const format = formatOf(request)
          // In the address as well: some clients put jurisdiction and key there.
          const form = new Map([...parametersOf(request), ...readForm(request.body ?? '')])
          return send(reply, format, wrapping, [await take(form, request)])
        },
      )

    post('requests', 'Report a matter', z.array(receiptSchema), wrappings.requests, (form, request) =>
      open311.send(form, request.principal),
    )
    post(
      'servicerequestupdates',
      'Tell of a request what happened elsewhere',
      z.array(updateReceiptSchema),
      wrappings.updates,
      (form, request) => open311.addUpdate(form, request.principal),
    )
  }
  app.register(service, { prefix: base })
}
