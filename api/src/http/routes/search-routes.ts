import {
  aliasesSchema,
  type FoundKind,
  foundKinds,
  foundSchema,
  officialCodesSchema,
  ProblemError,
  placeKinds,
} from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { limitSchema } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams } from './register-routes.ts'

const kindsQuery = (kinds: readonly [FoundKind, ...FoundKind[]]) =>
  z
    .string()
    .max(200)
    .optional()
    .transform((text, context): readonly FoundKind[] => {
      if (text === undefined || text === '') return kinds
      const parsed = z.array(z.enum(kinds)).safeParse(text.split(','))
      if (parsed.success) return parsed.data
      context.addIssue(`must be of ${kinds.join(', ')}, after commas`)
      return z.NEVER
    })
    .describe('What to look for, after commas; left out: everything')
const queryOf = (kinds: readonly [FoundKind, ...FoundKind[]]) =>
  z.object({
    q: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .describe('Words, as they come: accents, case, final sigma and Latin letters do not matter'),
    kinds: kindsQuery(kinds),
    limit: limitSchema(100, 20),
  })
const foundList = z.object({ items: z.array(foundSchema) })

/** Finding by words, and the names and codes of places. */
export const addSearchRoutes = (app: HttpApp, { register, search, clock }: HttpServices): void => {
  app.get(
    '/api/v1/municipalities/:municipality/places',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Communities, streets, lights and categories by words, for a form',
        tags: ['search'],
        params: municipalityParams,
        querystring: queryOf(placeKinds),
        response: answers({ 200: foundList }, 'not-found'),
      },
    },
    ({ params: { municipality }, query: { q, kinds, limit } }) => {
      municipalityOf(register, municipality)
      return { items: search.find(municipality, q, { kinds, limit }) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/search',
    {
      config: { permission: 'report.read' },
      schema: {
        summary: 'The same for staff, with tickets and reports',
        tags: ['search'],
        security: [{ token: [] }],
        params: municipalityParams,
        querystring: queryOf(foundKinds),
        response: answers({ 200: foundList }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality }, query: { q, kinds, limit } }) => {
      municipalityOf(register, municipality)
      return { items: search.find(municipality, q, { kinds, limit }) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/place-aliases',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Names of places that have several',
        tags: ['search'],
        params: municipalityParams,
        response: answers({ 200: aliasesSchema }, 'not-found'),
      },
    },
    ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      return search.aliases(municipality)
    },
  )

  app.put(
    '/api/v1/municipalities/:municipality/place-aliases',
    {
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Replaces them',
        tags: ['search'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: aliasesSchema,
        response: answers({ 200: aliasesSchema }, 'not-found', 'unauthenticated', 'forbidden', 'invalid-request'),
      },
    },
    (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      search.putAliases(municipality, request.body, { by: signedIn(request).name, at: clock.now() })
      return request.body
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/official-codes',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Official codes (ΥΠΕΣ, ΕΛΣΤΑΤ) of the municipality, its units and its communities',
        tags: ['search'],
        params: municipalityParams,
        response: answers({ 200: officialCodesSchema }, 'not-found'),
      },
    },
    ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      return { items: search.officialCodes(municipality) }
    },
  )

  app.put(
    '/api/v1/municipalities/:municipality/official-codes',
    {
      config: { permission: 'register.write' },
      schema: {
        summary: 'Replaces them. `api/data/official-codes-orestiada.json` is such a body',
        tags: ['search'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: officialCodesSchema,
        response: answers({ 200: officialCodesSchema }, 'not-found', 'unauthenticated', 'forbidden', 'invalid-request'),
      },
    },
    (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      const inventory = register.inventoryOf(municipality)
      for (const { community } of request.body.items) {
        if (community !== undefined && !inventory?.asset('community', community))
          throw new ProblemError('invalid-request', `There is no community ${community}`)
      }
      search.putOfficialCodes(municipality, request.body.items, { by: signedIn(request).name, at: clock.now() })
      return request.body
    },
  )
}
