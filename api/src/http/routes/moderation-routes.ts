import { idSchema, reportRecordSchema } from '@fanari/contracts'
import { z } from 'zod'
import { suspicions } from '../../moderation/suspicions.ts'
import type { HttpApp } from '../app.ts'
import { limitSchema } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const queueSchema = z.object({
  items: z.array(z.object({ report: reportRecordSchema, suspicions: z.array(z.enum(suspicions)) })),
})

/** Reports that look as if a machine had sent them. They are taken like others; a person judges. */
export const addModerationRoutes = (app: HttpApp, { register, moderation, gatherings }: HttpServices): void => {
  app.get(
    '/api/v1/municipalities/:municipality/moderation',
    {
      config: { permission: 'report.moderate' },
      schema: {
        summary: 'Reports that wait for a judgement, oldest first, and why',
        tags: ['citizen line'],
        params: municipalityParams,
        querystring: z.object({ limit: limitSchema(1_000, 100) }),
        response: answers({ 200: queueSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality }, query: { limit } }) => {
      municipalityOf(register, municipality)
      return { items: moderation.queue(municipality, limit) }
    },
  )

  app.put(
    '/api/v1/municipalities/:municipality/reports/:id/moderation',
    {
      config: { permission: 'report.moderate' },
      schema: {
        summary: 'Say that a report is a citizen’s, or that it is not',
        description:
          'The ticket of a rejected one is closed as withdrawn, unless another report or a light speaks of it, too.',
        tags: ['citizen line'],
        params: municipalityParams.extend({ id: idSchema }),
        body: z.object({ moderation: z.enum(['clear', 'rejected']) }),
        response: answers({ 200: reportRecordSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      const by = signedIn(request).name
      const judged = moderation.judge(municipality, id, request.body.moderation, by)
      if (judged.moderation === 'rejected')
        gatherings.withdraw(municipality, id, { by, note: 'Δεν είναι αναφορά πολίτη' })
      return judged
    },
  )
}
