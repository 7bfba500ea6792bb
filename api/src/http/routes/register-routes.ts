import {
  assetCollectionSchema,
  assetKinds,
  idSchema,
  importAnswerSchema,
  municipalityBodySchema,
  municipalitySchema,
  ProblemError,
} from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { listOf, pageById, pageQuery } from '../lists.ts'
import { answers, mediaAnswer } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'

/** The largest asset import [bytes]: a region's inventory. */
const assetBodyLimit = 32 * 1024 * 1024

export const municipalityParams = z.object({ municipality: idSchema })

/** Municipalities and their assets. */
export const addRegisterRoutes = (app: HttpApp, { register }: HttpServices): void => {
  app.get(
    '/api/v1/municipalities',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'List the municipalities',
        tags: ['register'],
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(municipalitySchema) }),
      },
    },
    (request) => pageById(register.municipalities(), ({ id }) => id, request.query),
  )

  app.get(
    '/api/v1/municipalities/:municipality',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'One municipality',
        tags: ['register'],
        params: municipalityParams,
        response: answers({ 200: municipalitySchema }, 'not-found'),
      },
    },
    (request) => municipalityOf(register, request.params.municipality),
  )

  app.put(
    '/api/v1/municipalities/:municipality',
    {
      config: { permission: 'register.write' },
      schema: {
        summary: 'Create a municipality, or change its name and time zone',
        tags: ['register'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: municipalityBodySchema,
        response: answers({ 200: municipalitySchema, 201: municipalitySchema }, ...writeProblems),
      },
    },
    async (request, reply) => {
      const municipality = { id: request.params.municipality, ...request.body }
      const { created } = await register.putMunicipality(municipality, { by: signedIn(request).name })
      return reply.code(created ? 201 : 200).send(municipality)
    },
  )

  app.put(
    '/api/v1/municipalities/:municipality/assets',
    {
      bodyLimit: assetBodyLimit,
      config: { permission: 'register.write' },
      schema: {
        summary: 'Import assets from GeoJSON',
        description:
          'Creates or updates each feature; what is left out stays. A bad feature is rejected alone, with the field that is wrong. ' +
          'Answers once the journal has the changes. Credentials of new devices are shown this once.',
        tags: ['register'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: assetCollectionSchema,
        response: answers({ 200: importAnswerSchema }, ...writeProblems),
      },
    },
    (request) =>
      register.importAssets(request.params.municipality, request.body.features, { by: signedIn(request).name }),
  )

  app.get(
    '/api/v1/municipalities/:municipality/assets',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'The assets as GeoJSON',
        tags: ['register'],
        params: municipalityParams,
        querystring: z.object({ kind: z.enum(assetKinds).optional(), community: idSchema.optional() }),
        response: answers(
          {
            200: mediaAnswer(
              'A FeatureCollection, as it can be imported again',
              'application/geo+json',
              assetCollectionSchema,
            ),
          },
          'not-found',
        ),
      },
    },
    (request, reply) => {
      municipalityOf(register, request.params.municipality)
      // Each feature was validated when it was stored as JSON; parsing ten thousand of them to write them out again would be idle.
      const features = register.featureTexts(request.params.municipality, request.query)
      const text = `{"type":"FeatureCollection","features":[${features.join(',')}]}`
      reply.type('application/geo+json').send(text)
    },
  )
}

/** What can be said to a write that needs a token and waits for the journal. */
export const writeProblems = [
  'invalid-json',
  'unauthenticated',
  'forbidden',
  'too-large',
  'unsupported-media-type',
  'not-ready',
] as const

/** @throws ProblemError `not-found` */
export const municipalityOf = (register: HttpServices['register'], id: string) => {
  const municipality = register.municipality(id)
  if (municipality === null) throw new ProblemError('not-found', `There is no municipality ${id}`)
  return municipality
}
