import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { contextDocument } from '../../ngsi-ld/context.ts'
import {
  attributeListSchema,
  attributeSchema,
  discover,
  typeInfoSchema,
  typeListSchema,
  typeSchema,
} from '../../ngsi-ld/discovery.ts'
import { createEntities } from '../../ngsi-ld/entities.ts'
import { type Entity, nameOf } from '../../ngsi-ld/entity.ts'
import {
  checkUri,
  type EntityQuery,
  readEntityQuery,
  readPostQuery,
  readShown,
  type Shown,
} from '../../ngsi-ld/entity-query.ts'
import { NgsiLdError } from '../../ngsi-ld/errors.ts'
import { entitiesQuerySchema, postQuerySchema, queryDocumentSchema, shownQuery } from '../../ngsi-ld/parameters.ts'
import { featureOf, represent } from '../../ngsi-ld/representation.ts'
import { entitySchema, featureCollectionSchema } from '../../ngsi-ld/schemas.ts'
import { shortNameOf } from '../../ngsi-ld/vocabulary.ts'
import type { HttpApp } from '../app.ts'
import { answers, mediaAnswer } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { base, type Contexts, linkedAnswers, mediaTypeOf, sendLinked, speakNgsiLd } from './ngsi-ld-scope.ts'

const config = { permission: 'public.read' } as const
const tags = ['NGSI-LD']
const description =
  'ETSI GS CIM 009; what is offered is in docs/ngsi-ld.md. `NGSILD-Tenant` limits it to one municipality'
const json = ['application/json', 'application/ld+json'] as const
const detailsQuery = z.strictObject({ details: z.enum(['true', 'false']).default('false'), local: shownQuery.local })
const localQuery = z.strictObject({ local: shownQuery.local })
const features = { 'application/geo+json': featureCollectionSchema }

/** `Prefer: body=json`: GeoJSON without a context in it (6.3.6). */
const prefersPlainBody = /(^|[,;\s])body=json($|[,;\s])/

/** NGSI-LD entities of the Smart Data Models, to be read. */
export const addNgsiLdRoutes = (
  app: HttpApp,
  { register, lights, documents, publicUrl }: Pick<HttpServices, 'register' | 'lights' | 'documents' | 'publicUrl'>,
): void => {
  const entities = createEntities({ register, lights, documents })

  /** The municipality of `NGSILD-Tenant`, which the answer names again (6.3.14); `null`: all. @throws NgsiLdError */
  const tenantOf = (request: FastifyRequest, reply: FastifyReply): string | null => {
    const tenant = request.headers['ngsild-tenant']
    if (tenant === undefined) return null
    if (typeof tenant !== 'string' || register.municipality(tenant) === null)
      throw new NgsiLdError('NonexistentTenant', 'NGSILD-Tenant is not the id of a municipality')
    reply.header('NGSILD-Tenant', tenant)
    return tenant
  }
  const contextsOf = (request: FastifyRequest, links: string[] = []): Contexts => ({
    own: `${publicUrl ?? `${request.protocol}://${request.host}`}${base}/context.jsonld`,
    links,
  })

  const service = async (scope: HttpApp): Promise<void> => {
    speakNgsiLd(scope)
    scope.addContentTypeParser<string>(
      'application/ld+json',
      { parseAs: 'string' },
      scope.getDefaultJsonParser('error', 'error'),
    )

    /** Entities in what the request accepts. `one`: not a list. */
    const sendEntities = (
      request: FastifyRequest,
      reply: FastifyReply,
      found: readonly Entity[],
      shown: Shown,
      { one = false, links = [] }: { one?: boolean; links?: string[] },
    ) => {
      const type = mediaTypeOf(request)
      const contexts = contextsOf(request, links)
      if (type === 'application/geo+json') {
        const shownAs = found.map((entity) => featureOf(entity, shown, shown.hasGeometry))
        const body = one ? (shownAs[0] ?? {}) : { type: 'FeatureCollection', features: shownAs }
        return sendLinked(reply, type, body, contexts, !prefersPlainBody.test(String(request.headers.prefer)))
      }
      const shownAs = found.map((entity) => represent(entity, shown))
      return sendLinked(reply, type, one ? (shownAs[0] ?? {}) : shownAs, contexts)
    }

    const answerQuery = async (
      request: FastifyRequest,
      reply: FastifyReply,
      { query, shown }: { query: EntityQuery; shown: Shown },
      parameters: { count: boolean; geometryProperty?: string | undefined },
    ) => {
      if (parameters.geometryProperty !== undefined && mediaTypeOf(request) !== 'application/geo+json')
        throw new NgsiLdError('BadRequestData', 'geometryProperty is for application/geo+json')
      const { entities: found, total } = await entities.find(tenantOf(request, reply), query)
      if (parameters.count) reply.header('NGSILD-Results-Count', String(total))
      return sendEntities(request, reply, found, shown, { links: pageLinks(request, query, total) })
    }

    scope.get(
      '/context.jsonld',
      {
        config,
        schema: {
          summary: 'The JSON-LD context of the entities',
          tags,
          response: answers({ 200: mediaAnswer('A context', 'application/ld+json', z.looseObject({})) }),
        },
      },
      (_request, reply) => reply.type('application/ld+json; charset=utf-8').send(JSON.stringify(contextDocument)),
    )

    scope.get(
      '/entities',
      {
        config,
        schema: {
          summary: 'Streetlights and control cabinets',
          description,
          tags,
          querystring: entitiesQuerySchema,
          response: linkedAnswers('Entities, by id', z.array(entitySchema), features, 403, 404, 422),
        },
      },
      (request, reply) => answerQuery(request, reply, readEntityQuery(request.query), request.query),
    )

    scope.post(
      '/entityOperations/query',
      {
        config,
        schema: {
          summary: 'The same, asked by a document',
          description,
          tags,
          querystring: postQuerySchema,
          body: queryDocumentSchema,
          response: linkedAnswers('Entities, by id', z.array(entitySchema), features, 403, 404, 422),
        },
      },
      (request, reply) => answerQuery(request, reply, readPostQuery(request.query, request.body), request.query),
    )

    scope.get(
      '/entities/:id',
      {
        config,
        schema: {
          summary: 'One streetlight or control cabinet',
          description,
          tags,
          params: z.object({ id: z.string() }),
          querystring: z.strictObject({ ...shownQuery, type: z.string().max(200).optional() }),
          response: linkedAnswers('An entity', entitySchema, features, 404, 422),
        },
      },
      async (request, reply) => {
        const { id } = request.params
        checkUri(id)
        const shown = readShown(request.query)
        const tenant = tenantOf(request, reply)
        const name = nameOf(id)
        const isAsked = name !== null && (tenant === null || tenant === name.municipality)
        const entity = isAsked ? await entities.entity(name, shown) : null
        const { attributes } = shown
        const isFound = entity !== null && (attributes === null || attributes.some((one) => one in entity.attributes))
        if (!isFound)
          throw new NgsiLdError(
            'ResourceNotFound',
            `There is no entity ${id.slice(0, 200)}, or not with these attributes`,
          )
        return sendEntities(request, reply, [entity], shown, { one: true })
      },
    )

    const sendDiscovery = async (
      request: FastifyRequest,
      reply: FastifyReply,
      what: string,
      find: (known: ReturnType<typeof discover>) => object | null,
    ) => {
      const type = mediaTypeOf(request, json)
      const found = find(discover(await entities.all(tenantOf(request, reply))))
      if (found === null) throw new NgsiLdError('ResourceNotFound', `No entity has ${what}`)
      return sendLinked(reply, type, found, contextsOf(request))
    }

    scope.get(
      '/types',
      {
        config,
        schema: {
          summary: 'The types of which there are entities',
          description,
          tags,
          querystring: detailsQuery,
          response: linkedAnswers('Types', z.union([typeListSchema, z.array(typeSchema)]), {}, 404),
        },
      },
      (request, reply) =>
        sendDiscovery(request, reply, 'a type', (known) =>
          request.query.details === 'true' ? known.types() : known.typeList(),
        ),
    )
    scope.get(
      '/types/:name',
      {
        config,
        schema: {
          summary: 'One type: how many entities, with which attributes',
          description,
          tags,
          params: z.object({ name: z.string() }),
          querystring: localQuery,
          response: linkedAnswers('A type', typeInfoSchema, {}, 404),
        },
      },
      (request, reply) =>
        sendDiscovery(request, reply, 'this type', (known) => known.type(shortNameOf(request.params.name))),
    )
    scope.get(
      '/attributes',
      {
        config,
        schema: {
          summary: 'The attributes that entities have',
          description,
          tags,
          querystring: detailsQuery,
          response: linkedAnswers('Attributes', z.union([attributeListSchema, z.array(attributeSchema)]), {}, 404),
        },
      },
      (request, reply) =>
        sendDiscovery(request, reply, 'an attribute', (known) =>
          request.query.details === 'true' ? known.attributes() : known.attributeList(),
        ),
    )
    scope.get(
      '/attributes/:name',
      {
        config,
        schema: {
          summary: 'One attribute: of which types, how often',
          description,
          tags,
          params: z.object({ name: z.string() }),
          querystring: localQuery,
          response: linkedAnswers('An attribute', attributeSchema, {}, 404),
        },
      },
      (request, reply) =>
        sendDiscovery(request, reply, 'this attribute', (known) => known.attribute(shortNameOf(request.params.name))),
    )
  }
  app.register(service, { prefix: base })
}

/** Where the pages before and after are (6.3.10). A query by POST has no address that would say it. */
const pageLinks = (request: FastifyRequest, { limit, offset }: EntityQuery, total: number): string[] => {
  if (request.method === 'POST' || limit === 0) return []
  const link = (rel: 'prev' | 'next', from: number): string => {
    const url = new URL(request.url, 'http://localhost')
    url.searchParams.set('limit', String(limit))
    url.searchParams.set('offset', String(from))
    return `<${url.pathname}${url.search}>; rel="${rel}"; type="application/json"`
  }
  return [
    ...(offset > 0 ? [link('prev', Math.max(0, offset - limit))] : []),
    ...(offset + limit < total ? [link('next', offset + limit)] : []),
  ]
}
