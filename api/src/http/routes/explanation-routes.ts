import { idSchema, incidentExplanationSchema, lightExplanationSchema, ProblemError } from '@fanari/contracts'
import type { HttpApp } from '../app.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { municipalityOf, municipalityParams } from './register-routes.ts'

const params = municipalityParams.extend({ id: idSchema })

/** Why something is believed: the facts, and the same in sentences for people. */
export const addExplanationRoutes = (app: HttpApp, { register, lights, documents }: HttpServices): void => {
  app.get(
    '/api/v1/municipalities/:municipality/luminaires/:id/explanation',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Why a light is believed to do what it does, and what would change that',
        tags: ['lights'],
        params,
        response: answers({ 200: lightExplanationSchema }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality, id } }) => {
      municipalityOf(register, municipality)
      const explanation = await lights.explainLight(municipality, id)
      if (explanation === null) throw new ProblemError('not-found', `The detector knows no luminaire ${id}`)
      return explanation
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/incidents/:id/explanation',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Why an incident is believed, and what would end it',
        tags: ['incidents'],
        params,
        response: answers({ 200: incidentExplanationSchema }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality, id } }) => {
      municipalityOf(register, municipality)
      const incident = documents.incident(municipality, id)
      const explanation = incident === null ? null : await lights.explainIncident(municipality, incident)
      if (explanation === null) throw new ProblemError('not-found', `There is no incident ${id}`)
      return explanation
    },
  )
}
