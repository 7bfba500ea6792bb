import {
  type AssetFeature,
  forecastSchema,
  historyItemSchema,
  historyResolutions,
  type Instant,
  idSchema,
  type LuminaireStatus,
  lightStateSchema,
  luminaireStatusSchema,
  ProblemError,
  reasonSchema,
  receivedReadingSchema,
  toIso,
} from '@fanari/contracts'
import { z } from 'zod'
import { registeredDeviceOf } from '../../register/inventory.ts'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, instantQuery, limitSchema, listOf, pageById, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { municipalityOf, municipalityParams } from './register-routes.ts'

const mostReadings = 100_000
/** The first and the last instant a date can name. */
const always = { from: -8.64e15, to: 8.64e15 }

const luminaireParams = municipalityParams.extend({ id: idSchema })

/** Where readings go on: at this event time, after this many of it. */
const readingPosition = z.tuple([z.number(), z.int().min(0).max(mostReadings)])

const lightsSchema = z.object({
  at: z.iso.datetime(),
  lights: z.array(z.object({ id: idSchema, state: lightStateSchema, reason: reasonSchema })),
})

/** Lights: what they do now and what they reported. */
export const addLuminaireRoutes = (app: HttpApp, services: HttpServices): void => {
  const { register, lights, clock } = services

  /** @throws ProblemError `not-found` for a light that is not in the register. */
  const luminaireOf = (municipality: string, id: string): AssetFeature => {
    municipalityOf(register, municipality)
    const feature = register.inventoryOf(municipality)?.asset('luminaire', id)
    if (feature == null) throw new ProblemError('not-found', `There is no luminaire ${id}`)
    return feature
  }
  const statusesOf = async (municipality: string, features: readonly AssetFeature[]): Promise<LuminaireStatus[]> => {
    const known = await lights.luminaires(
      municipality,
      features.map(({ properties }) => properties.id),
    )
    return features.map((feature, i) => known[i] ?? neverHeard(municipality, feature))
  }

  /** A light imported a moment ago, of which the detector does not know yet. */
  const neverHeard = (municipality: string, feature: AssetFeature): LuminaireStatus => {
    const { properties } = feature
    return {
      id: properties.id,
      device: registeredDeviceOf(feature) ?? properties.id,
      community: 'community' in properties ? properties.community : '',
      state: 'unknown',
      since: toIso(register.createdAt(municipality, 'luminaire', properties.id) ?? clock.now()),
      reason: 'neverReported',
      lastReading: null,
      lastSeen: null,
    }
  }

  app.get(
    '/api/v1/municipalities/:municipality/luminaires',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'List the lights and what they do',
        tags: ['lights'],
        params: municipalityParams,
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(luminaireStatusSchema) }, 'not-found', 'not-ready'),
      },
    },
    async (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      const features = register.inventoryOf(municipality)?.assets('luminaire') ?? []
      const { items, next } = pageById(features, ({ properties }) => properties.id, request.query)
      return { items: await statusesOf(municipality, items), next }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/luminaires/:id',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'What one light does, since when and why we think so',
        tags: ['lights'],
        params: luminaireParams,
        response: answers({ 200: luminaireStatusSchema }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality, id } }) => {
      const feature = luminaireOf(municipality, id)
      return (await lights.luminaire(municipality, id)) ?? neverHeard(municipality, feature)
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/luminaires/:id/forecast',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Whether a solar light will stay on until dawn, tonight and in the three nights after',
        tags: ['lights'],
        params: luminaireParams,
        response: answers({ 200: forecastSchema }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality, id } }) => {
      const { properties } = luminaireOf(municipality, id)
      if (!('supply' in properties) || properties.supply !== 'solar')
        throw new ProblemError('not-found', `Luminaire ${id} is fed by the grid: only solar lights have a forecast`)
      const found = await lights.forecast(municipality, id)
      if (found === null)
        throw new ProblemError(
          'not-found',
          `Luminaire ${id} has no forecast: it has not reported its battery lately, or its program plans no night`,
        )
      return found
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/lights',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'The state of every light, compact, for a map',
        tags: ['lights'],
        params: municipalityParams,
        response: answers({ 200: lightsSchema }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      return { at: toIso(clock.now()), lights: await lights.lights(municipality) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/luminaires/:id/readings',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Readings as received, oldest first',
        tags: ['lights'],
        params: luminaireParams,
        querystring: z.object({
          ...pageQuery,
          limit: limitSchema(mostReadings),
          from: instantQuery.optional().describe('First event time; by default the oldest kept'),
          to: instantQuery.optional().describe('End of event time, not included; by default the newest'),
        }),
        response: answers({ 200: listOf(receivedReadingSchema) }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality, id }, query }) => {
      const { from = always.from, to = always.to, limit, cursor } = query
      if (from > to) throw new ProblemError('invalid-request', '`from` is later than `to`')
      const device = registeredDeviceOf(luminaireOf(municipality, id)) ?? id
      const [start, skip] = decodeCursor(cursor, readingPosition) ?? [from, 0]
      const found = await lights.readings(municipality, device, { from: start, to, limit: limit + skip + 1 })
      const items = found.slice(skip, skip + limit)
      const next = found.length > skip + limit ? positionAfter(items, start, skip) : null
      return { items, next: next === null ? null : encodeCursor(next) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/luminaires/:id/history',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'What a light measured, by hour or by local day, also beyond the time readings are kept',
        tags: ['lights'],
        params: luminaireParams,
        querystring: z.object({
          ...pageQuery,
          resolution: z.enum(historyResolutions).default('hour').describe('raw: each reading as a stretch of its own'),
          from: instantQuery.optional().describe('First begin of a stretch; by default the oldest kept'),
          to: instantQuery.optional().describe('End, not included; by default the newest'),
        }),
        response: answers({ 200: listOf(historyItemSchema) }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality, id }, query }) => {
      const { from = always.from, to = always.to, resolution, limit, cursor } = query
      if (from > to) throw new ProblemError('invalid-request', '`from` is later than `to`')
      const device = registeredDeviceOf(luminaireOf(municipality, id)) ?? id
      const [start, skip] = decodeCursor(cursor, readingPosition) ?? [from, 0]
      const range = { from: start, to, resolution, limit: limit + skip + 1 }
      const found = await lights.history(municipality, device, range)
      const items = found.slice(skip, skip + limit)
      const times = items.map((item) => ({ at: item.from }))
      const next = found.length > skip + limit ? positionAfter(times, start, skip) : null
      return { items, next: next === null ? null : encodeCursor(next) }
    },
  )
}

/** Several readings may share an event time (a controller that restarted counts `seq` anew), so a page can end between them. */
const positionAfter = (items: { at: string }[], start: Instant, skip: number): [Instant, number] | null => {
  const last = items.at(-1)
  if (last === undefined) return null
  const at = Date.parse(last.at)
  const ofSameTime = items.filter((item) => Date.parse(item.at) === at).length
  return [at, at === start ? skip + ofSameTime : ofSameTime]
}
