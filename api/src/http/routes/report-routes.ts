import {
  categorySchema,
  idSchema,
  knownSchema,
  listedReportSchema,
  ProblemError,
  proofAnswerSchema,
  ratingSchema,
  reportAnswerSchema,
  reportChannels,
  reportSchema,
  trackingSchema,
} from '@fanari/contracts'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { citizen } from '../../reports/intake-rules.ts'
import { readTrackingCode } from '../../reports/tracking-code.ts'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, instantQuery, listOf, pageQuery, statusQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { demand, signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const reportParams = municipalityParams.extend({ id: idSchema })
const trackingParams = municipalityParams.extend({ code: z.string().min(1).max(32) })
const position = z.tuple([z.number(), z.string()])

/** A coordinate in a query. */
const degrees = (most: number) =>
  z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,15})?$/, 'must be a number of degrees')
    .transform(Number)
    .refine((value) => Math.abs(value) <= most, `must be from -${most} to ${most}`)

/** Reports: taking them, reading them, and what a citizen follows of them. */
export const addReportRoutes = (
  app: HttpApp,
  { register, reports, reportDesk, proof }: Pick<HttpServices, 'register' | 'reports' | 'reportDesk' | 'proof'>,
): void => {
  app.post(
    '/api/v1/municipalities/:municipality/reports',
    {
      config: { permission: 'public.write' },
      schema: {
        summary: 'Report a matter',
        description:
          'Open to citizens by `web` and `app`; `phone` needs the token of who answers. The report joins the matter it belongs to, or ' +
          'opens one. Repeating a `clientId` answers the first report (200). A question (`informationOnly`, or the category ' +
          '`information`) becomes a ticket that is closed as answered. `danger` in the answer: stop, and call.',
        tags: ['citizen line'],
        params: municipalityParams,
        body: reportSchema,
        response: answers(
          { 200: reportAnswerSchema, 201: reportAnswerSchema },
          'not-found',
          'too-many-requests',
          ...writeProblems,
        ),
      },
    },
    async (request, reply) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      const { created, answer } = await reportDesk.take(municipality, request.body, { by: takenBy(request) })
      return reply.code(created ? 201 : 200).send(answer)
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/reports',
    {
      config: { permission: 'report.read' },
      schema: {
        summary: 'Reports, newest first, without who sent them',
        tags: ['citizen line'],
        security: [{ token: [] }],
        params: municipalityParams,
        querystring: z.object({
          ...pageQuery,
          status: statusQuery,
          category: categorySchema.optional(),
          channel: z.enum(reportChannels).optional(),
          community: idSchema.optional(),
          ticket: idSchema.optional(),
          from: instantQuery.optional(),
          until: instantQuery.optional(),
        }),
        response: answers({ 200: listOf(listedReportSchema) }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality }, query: { status: statuses, limit, cursor, ...filter } }) => {
      municipalityOf(register, municipality)
      const page = reports.page(municipality, { ...filter, statuses, limit, after: decodeCursor(cursor, position) })
      return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) }
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/reports/:id',
    {
      config: { permission: 'report.read' },
      schema: {
        summary: 'One report, with what the lights say of it',
        tags: ['citizen line'],
        security: [{ token: [] }],
        params: reportParams,
        response: answers({ 200: listedReportSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality, id } }) => {
      const report = reports.report(municipality, id)
      if (report === null) throw new ProblemError('not-found', `There is no report ${id}`)
      return report
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/known',
    {
      config: { permission: 'public.lookUp' },
      schema: {
        summary: 'What is known of a place: what a caller hears before they report',
        description:
          'By luminaire, pole, address, street or point. Silence is not darkness: of a light nobody hears from, nothing is said.',
        tags: ['citizen line'],
        params: municipalityParams,
        querystring: z
          .object({
            luminaire: idSchema.optional(),
            pole: z.string().max(64).optional(),
            address: z.string().max(300).optional(),
            street: z.string().max(200).optional(),
            lat: degrees(90).optional(),
            lon: degrees(180).optional(),
          })
          .refine(({ lat, lon }) => (lat === undefined) === (lon === undefined), 'lat and lon go together')
          .refine((place) => Object.values(place).some((value) => value !== undefined), 'a place is needed'),
        response: answers({ 200: z.object({ known: knownSchema.nullable() }) }, 'not-found', 'too-many-requests'),
      },
    },
    async ({ params: { municipality }, query }) => ({ known: await reportDesk.known(municipality, query) }),
  )

  app.get(
    '/api/v1/municipalities/:municipality/tracking/:code',
    {
      config: { permission: 'public.lookUp' },
      schema: {
        summary: 'What became of a report, for who has its tracking code',
        description: 'Shows and changes nothing: a link to it survives whatever fetches it before the reporter does.',
        tags: ['citizen line'],
        params: trackingParams,
        response: answers({ 200: trackingSchema }, 'not-found', 'too-many-requests'),
      },
    },
    ({ params: { municipality, code } }) => {
      const tracking = proof.tracking(municipality, codeIn(code))
      if (tracking === null) throw new ProblemError('not-found', 'There is no report with this tracking code')
      return tracking
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/tracking/:code/answer',
    {
      config: { permission: 'public.write' },
      schema: {
        summary: "Answer 'is it lit?'",
        description: '`token` is the `answerToken` of the report. Yes closes the matter as fixed, no opens it again.',
        tags: ['citizen line'],
        params: trackingParams,
        body: proofAnswerSchema,
        response: answers(
          { 200: trackingSchema },
          'not-found',
          'conflict',
          'too-many-requests',
          'unauthenticated',
          'forbidden',
          'invalid-json',
        ),
      },
    },
    ({ params: { municipality, code }, body }) => proof.answer(municipality, codeIn(code), body),
  )

  app.post(
    '/api/v1/municipalities/:municipality/reports/:id/answer',
    {
      config: { permission: 'report.take' },
      schema: {
        summary: "Write down a reporter's answer to 'is it lit?'",
        tags: ['citizen line'],
        security: [{ token: [] }],
        params: reportParams,
        body: z.object({ lit: z.boolean(), rating: ratingSchema.optional() }),
        response: answers({ 200: trackingSchema }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return proof.answerFor(municipality, id, { ...request.body, by: signedIn(request).name })
    },
  )
}

/** Who writes a report down: on the telephone a member of staff, else the citizen. */
const takenBy = (request: FastifyRequest<{ Body: z.infer<typeof reportSchema> }>): string => {
  if (request.body.channel !== 'phone') return citizen
  demand(request, 'report.take')
  return signedIn(request).name
}

/** @throws ProblemError `not-found` for what cannot be a code: a digit was misheard. */
const codeIn = (text: string): string => {
  const code = readTrackingCode(text)
  if (code === null)
    throw new ProblemError('not-found', 'This is no tracking code: one of its ten digits is wrong or missing')
  return code
}
