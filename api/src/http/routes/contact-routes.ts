import { idSchema, ProblemError } from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityParams, writeProblems } from './register-routes.ts'

const params = municipalityParams.extend({ id: idSchema })
const contactSchema = z.object({
  report: idSchema,
  name: z.string().nullable(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  notify: z.enum(['email', 'sms', 'none']),
})

/** Who sent a report, for who needs it. */
export const addContactRoutes = (app: HttpApp, { contacts }: HttpServices): void => {
  app.get(
    '/api/v1/municipalities/:municipality/reports/:id/contact',
    {
      config: { permission: 'contact.read' },
      schema: {
        summary: 'Who sent a report; each look is in the audit trail',
        tags: ['privacy'],
        params,
        response: answers({ 200: contactSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    (request) => contacts.view(request.params.municipality, request.params.id, signedIn(request)),
  )

  const callBack = '/api/v1/municipalities/:municipality/work-orders/:id/call-back'
  app.put(
    callBack,
    {
      config: { permission: 'contact.read' },
      schema: {
        summary: 'Let the crew of a work order call back who sent a report',
        tags: ['privacy'],
        params,
        body: z.object({ report: idSchema }),
        response: answers({ 204: z.undefined() }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { municipality, id } = request.params
      contacts.allowCallBack(municipality, id, request.body.report, signedIn(request).name)
      return reply.code(204).send(undefined)
    },
  )

  app.delete(
    callBack,
    {
      config: { permission: 'contact.read' },
      schema: {
        summary: 'End the call-back of a work order',
        tags: ['privacy'],
        params,
        response: answers({ 204: z.undefined() }, 'not-found', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { municipality, id } = request.params
      if (!contacts.endCallBack(municipality, id, signedIn(request).name)) {
        throw new ProblemError('not-found', `Work order ${id} has no call-back`)
      }
      return reply.code(204).send(undefined)
    },
  )

  app.get(
    callBack,
    {
      config: { permission: 'contact.callBack' },
      schema: {
        summary: 'Whom the crew of a work order calls back; each look is in the audit trail',
        tags: ['privacy'],
        params,
        response: answers(
          { 200: contactSchema.pick({ name: true, phone: true }) },
          'not-found',
          'unauthenticated',
          'forbidden',
        ),
      },
    },
    (request) => contacts.viewCallBack(request.params.municipality, request.params.id, signedIn(request)),
  )
}
