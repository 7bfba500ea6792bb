import {
  type CommunityStatus,
  catalogue,
  catalogueSchema,
  communityStatusSchema,
  idSchema,
  municipalitySchema,
  quarantineItemSchema,
  toIso,
} from '@fanari/contracts'
import { z } from 'zod'
import manifest from '../../../package.json' with { type: 'json' }
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, listOf, pageById, pageQuery } from '../lists.ts'
import { answers, mediaAnswer } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { may } from '../sign-in.ts'
import { municipalityOf, municipalityParams } from './register-routes.ts'

const platformSchema = z.object({
  name: z.string(),
  version: z.string(),
  time: z.iso.datetime().describe("The platform's clock"),
  speed: z.number().describe('Platform seconds a wall second; above 1 the town is simulated'),
  town: z.object({ municipality: idSchema }).nullable().describe('The simulated town, if there is one'),
  municipalities: z.array(municipalitySchema),
})

/** What a page shows of a whole municipality: communities, live events, what was set aside. */
export const addTownRoutes = (app: HttpApp, services: HttpServices): void => {
  const { register, lights, feed, clock, town } = services

  app.get(
    '/api/v1/platform',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'The platform, its clock and its municipalities',
        tags: ['platform'],
        response: answers({ 200: platformSchema }),
      },
    },
    () => ({
      name: 'Fanari',
      version: manifest.version,
      time: toIso(clock.now()),
      speed: clock.speed,
      town,
      municipalities: register.municipalities(),
    }),
  )

  app.get(
    '/api/v1/catalogue',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Faults, reasons, resolutions, categories, dangers and services, in Greek and English',
        tags: ['platform'],
        response: answers({ 200: catalogueSchema }),
      },
    },
    () => catalogue,
  )

  /** The communities of the register; one that was imported a moment ago is not counted yet: all of its lights are unknown. */
  const communitiesOf = async (municipality: string): Promise<CommunityStatus[]> => {
    const counted = await lights.communities(municipality)
    const known = new Set(counted.map(({ id }) => id))
    const inventory = register.inventoryOf(municipality)
    const total = new Map<string, number>()
    for (const { properties } of inventory?.assets('luminaire') ?? []) {
      if ('community' in properties) total.set(properties.community, (total.get(properties.community) ?? 0) + 1)
    }
    for (const { properties } of inventory?.assets('community') ?? []) {
      if (properties.kind !== 'community' || known.has(properties.id)) continue
      const { id, name, population } = properties
      const unheard = total.get(id) ?? 0
      counted.push({
        id,
        name,
        ...(population === undefined ? {} : { population }),
        lit: 0,
        dark: 0,
        unknown: unheard,
        total: unheard,
        darkCommunity: false,
        at: toIso(clock.now()),
      })
    }
    return counted
  }

  app.get(
    '/api/v1/municipalities/:municipality/communities',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'The communities with their lit, dark and unknown lights',
        tags: ['lights'],
        params: municipalityParams,
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(communityStatusSchema) }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality }, query }) => {
      municipalityOf(register, municipality)
      return pageById(await communitiesOf(municipality), ({ id }) => id, query)
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/quarantine',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Messages and readings that were set aside, newest first',
        description:
          'Also answers for a municipality that the register does not know: a sender may have misspelled it.',
        tags: ['devices'],
        params: municipalityParams,
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(quarantineItemSchema) }, 'not-ready'),
      },
    },
    async ({ params: { municipality }, query: { limit, cursor } }) => {
      const before = decodeCursor(cursor, z.int().min(0))
      const page = await lights.quarantine(municipality, { limit, ...(before === null ? {} : { before }) })
      return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/stream',
    {
      // A HEAD would open a stream that nothing is ever sent on.
      exposeHeadRoute: false,
      config: { permission: 'public.read' },
      schema: {
        summary: 'What happens, as server-sent events',
        description:
          'Events: `lights` (array of id, state, reason), `community` (its counts), `incident`, `ticket` (the documents), `call` (to operators: who rings, what is known), `clock` (time and speed, every 5 s). ' +
          'A client that cannot keep up is dropped; on connecting again it reads the state anew.',
        tags: ['platform'],
        params: municipalityParams,
        response: answers(
          { 200: mediaAnswer('An endless stream of events', 'text/event-stream', z.string()) },
          'not-found',
          'too-many-requests',
        ),
      },
    },
    (request, reply) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      // Headers that hooks have set would be lost with the hijacked reply.
      const headers = Object.fromEntries(
        Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]),
      )
      feed.add(municipality, reply.raw, headers, may(request, 'telephony.use') ? 'operators' : 'everyone')
      reply.hijack()
    },
  )
}
