import {
  idSchema,
  noticeLanguageSchema,
  noticeSchema,
  noticeSettingsSchema,
  noticeStates,
  noticeStepSchema,
  noticeTemplateSchema,
  ProblemError,
} from '@fanari/contracts'
import { z } from 'zod'
import { variablesOf } from '../../notices/template.ts'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, listOf, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const templateParams = municipalityParams.extend({ step: noticeStepSchema, language: noticeLanguageSchema })
const noticeParams = municipalityParams.extend({
  id: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
})
const listedTemplateSchema = z.object({
  step: noticeStepSchema,
  language: noticeLanguageSchema,
  isOwn: z.boolean().describe("Whether these are the municipality's own words"),
  template: noticeTemplateSchema,
  variables: z.array(z.string()).describe('What its words may name, as {{name}}'),
})
const base = '/api/v1/municipalities/:municipality'

/** Messages that were and are to be sent, the words they are made of, and when they may go out. */
export const addNoticeRoutes = (
  app: HttpApp,
  { register, noticeDesk, clock }: Pick<HttpServices, 'register' | 'noticeDesk' | 'clock'>,
): void => {
  const { store, settings } = noticeDesk

  app.get(
    `${base}/notices`,
    {
      config: { permission: 'report.read' },
      schema: {
        summary: 'Messages to citizens and staff, newest first, without addresses and words',
        description: '`state=failed` is the list of those given up, with the reason of each.',
        tags: ['notices'],
        params: municipalityParams,
        querystring: z.object({
          ...pageQuery,
          state: z.enum(noticeStates).optional(),
          report: idSchema.optional(),
          ticket: idSchema.optional(),
        }),
        response: answers({ 200: listOf(noticeSchema) }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality }, query: { state, report, ticket, limit, cursor } }) => {
      municipalityOf(register, municipality)
      const before = decodeCursor(cursor, z.int().min(1))
      const states = state === undefined ? noticeStates : [state]
      const page = store.page(municipality, { states, report, ticket, limit, before })
      return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) }
    },
  )

  app.post(
    `${base}/notices/:id/retry`,
    {
      config: { permission: 'ticket.dispatch' },
      schema: {
        summary: 'Try a message again that was given up',
        tags: ['notices'],
        params: noticeParams,
        response: answers({ 204: z.undefined() }, 'not-found', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { municipality, id } = request.params
      if (!noticeDesk.notices.retry(municipality, id)) {
        throw new ProblemError('not-found', `There is no message ${id} that was given up`)
      }
      return reply.code(204).send(undefined)
    },
  )

  app.get(
    `${base}/notice-settings`,
    {
      config: { permission: 'settings.read' },
      schema: {
        summary: 'When messages may go out, and how many',
        tags: ['notices'],
        params: municipalityParams,
        response: answers({ 200: noticeSettingsSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      return settings.of(municipality)
    },
  )

  app.put(
    `${base}/notice-settings`,
    {
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Set when messages may go out, and how many',
        tags: ['notices'],
        params: municipalityParams,
        body: noticeSettingsSchema,
        response: answers({ 200: noticeSettingsSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      settings.put(municipality, request.body, { by: signedIn(request).name, at: clock.now() })
      return settings.of(municipality)
    },
  )

  app.get(
    `${base}/notice-templates`,
    {
      config: { permission: 'settings.read' },
      schema: {
        summary: 'The words of every message, in Greek and English',
        tags: ['notices'],
        params: municipalityParams,
        response: answers(
          { 200: z.object({ items: z.array(listedTemplateSchema) }) },
          'not-found',
          'unauthenticated',
          'forbidden',
        ),
      },
    },
    ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      const items = settings.templates(municipality)
      return { items: items.map((item) => ({ ...item, variables: [...variablesOf[item.step]] })) }
    },
  )

  app.put(
    `${base}/notice-templates/:step/:language`,
    {
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Set the words of a message',
        description:
          '`{{name}}` stands for a value of `variables`; another one is refused. A line whose value is missing is left out.',
        tags: ['notices'],
        params: templateParams,
        body: noticeTemplateSchema,
        response: answers({ 200: noticeTemplateSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, ...named } = request.params
      municipalityOf(register, municipality)
      settings.putTemplate(municipality, named, request.body, { by: signedIn(request).name, at: clock.now() })
      return request.body
    },
  )

  app.delete(
    `${base}/notice-templates/:step/:language`,
    {
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Go back to the usual words of a message',
        tags: ['notices'],
        params: templateParams,
        response: answers({ 204: z.undefined() }, 'not-found', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { municipality, ...named } = request.params
      if (!settings.removeTemplate(municipality, named, { by: signedIn(request).name, at: clock.now() })) {
        throw new ProblemError('not-found', 'These are the usual words')
      }
      return reply.code(204).send(undefined)
    },
  )
}
