import { indicesSchema, nightGroups, nightKeySchema, ProblemError, rollCallSchema } from '@fanari/contracts'
import { z } from 'zod'
import { townIndices } from '../../indices/town-indices.ts'
import type { HttpApp } from '../app.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { municipalityOf, municipalityParams } from './register-routes.ts'

/** Lighting nights: who was called and found dark, and what they add up to. */
export const addNightRoutes = (app: HttpApp, services: HttpServices): void => {
  const { register, nights, documents, clock } = services

  app.get(
    '/api/v1/municipalities/:municipality/roll-calls',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'The roll-calls of a night, by community',
        description:
          'Lights are called 10 and 30 minutes after the planned switch-on, at local midnight and at 05:00. Without `night`: the newest night that has some.',
        tags: ['nights'],
        params: municipalityParams,
        querystring: z.object({ night: nightKeySchema.optional() }),
        response: answers({ 200: z.object({ items: z.array(rollCallSchema) }) }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality }, query: { night } }) => {
      municipalityOf(register, municipality)
      return { items: await nights.rollCalls(municipality, night ?? null) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/indices',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Lights in light, L-SAIDI, L-SAIFI, L-CAIDI and what goes with them, over any nights',
        description: 'Over the hours in which lights are planned to be on. Without `from` and `to`: the present night.',
        tags: ['nights'],
        params: municipalityParams,
        querystring: z.object({
          from: nightKeySchema.optional(),
          to: nightKeySchema.optional(),
          by: z.enum(nightGroups).default('municipality'),
        }),
        response: answers({ 200: indicesSchema }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality }, query: { from, to, by } }) => {
      municipalityOf(register, municipality)
      const present = await nights.night(municipality)
      const first = from ?? to ?? present
      const last = to ?? present ?? from
      if (first == null || last == null) throw new ProblemError('not-found', 'Nothing is known of any night yet')
      if (first > last) throw new ProblemError('invalid-request', '`from` is later than `to`')
      const inventory = register.inventoryOf(municipality)
      return townIndices({ nights, documents, inventory }, municipality, { from: first, to: last, by }, clock.now())
    },
  )
}
