import { type Call, callContextSchema, callIdSchema, callSchema, idSchema, ProblemError } from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, instantQuery, listOf, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const base = '/api/v1/municipalities/:municipality'
const callParams = municipalityParams.extend({ call: callIdSchema })
const position = z.tuple([z.number(), z.string()])

/** A form's field that is empty was not given: a dialplan's variable may be. */
const given = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
/** A form has texts alone, and one field for several values. */
const flag = z.union([z.boolean(), z.stringbool()])
const reportIds = z
  .union([z.array(idSchema), z.string().transform((text) => text.split(',').filter((id) => id !== ''))])
  .pipe(z.array(idSchema).max(50))

const ringBody = z.object({
  call: callIdSchema.describe('Names the call: telling of it again changes nothing'),
  caller: given(z.string().max(64)).describe('As the exchange has it; hidden: empty or `anonymous`'),
  line: given(z.string().max(64)).describe('The number that was called, or the queue'),
})
const answeredBody = z.object({ operator: given(z.string().max(128)).describe('Handle, or extension') })
const endedBody = z.object({
  durationS: given(z.coerce.number().int().min(0).max(86_400)).describe(
    'From answer to end [s]; left out: counted here',
  ),
  reports: given(reportIds).describe('Reports of the call: an array, or ids after commas'),
  informationOnly: given(flag).describe('A question was answered, and nothing is to be done'),
})
const countsSchema = z.object({
  calls: z.int(),
  answered: z.int(),
  missed: z.int().describe('Ended without an answer'),
  hidden: z.int(),
  informationOnly: z.int(),
  withReport: z.int(),
  talkS: z.int().describe('Time on the telephone in all [s]'),
})

/** What a call centre or an exchange tells, and what operators see of it. Forms and JSON are the same. */
export const addTelephonyRoutes = (
  app: HttpApp,
  { register, calls, feed }: Pick<HttpServices, 'register' | 'calls' | 'feed'>,
): void => {
  const tell = ({ call, changed }: { call: Call; changed: boolean }): Call => {
    if (changed) feed.send(call.municipality, 'call', calls.context(call))
    return call
  }

  app.register(async (plugin) => {
    const scope: HttpApp = plugin
    // Asterisk's CURL() sends forms.
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
    )

    scope.post(
      `${base}/calls`,
      {
        config: { permission: 'telephony.use' },
        schema: {
          summary: 'A call comes in: the answer says what is known of the caller',
          description: 'Operators’ live streams get the same as the event `call`. Repeating it answers 200.',
          tags: ['telephony'],
          params: municipalityParams,
          body: ringBody,
          response: answers({ 200: callContextSchema, 201: callContextSchema }, 'not-found', ...writeProblems),
        },
      },
      async ({ params: { municipality }, body: { call: id, caller, line } }, reply) => {
        municipalityOf(register, municipality)
        const told = calls.ring(municipality, { id, caller, line })
        return reply.code(told.changed ? 201 : 200).send(calls.context(tell(told)))
      },
    )

    scope.post(
      `${base}/calls/:call/answered`,
      {
        config: { permission: 'telephony.use' },
        schema: {
          summary: 'A call was answered',
          tags: ['telephony'],
          params: callParams,
          body: answeredBody.nullish(),
          response: answers({ 200: callSchema }, 'not-found', ...writeProblems),
        },
      },
      ({ params: { municipality, call }, body }) => {
        municipalityOf(register, municipality)
        return tell(calls.answer(municipality, call, body?.operator ?? null))
      },
    )

    scope.post(
      `${base}/calls/:call/ended`,
      {
        config: { permission: 'telephony.use' },
        schema: {
          summary: 'A call has ended: its duration goes to its reports',
          tags: ['telephony'],
          params: callParams,
          body: endedBody.nullish(),
          response: answers({ 200: callSchema }, 'not-found', ...writeProblems),
        },
      },
      (request) => {
        const { params, body } = request
        municipalityOf(register, params.municipality)
        return tell(
          calls.end(params.municipality, params.call, {
            durationS: body?.durationS,
            reports: body?.reports ?? [],
            informationOnly: body?.informationOnly ?? false,
            by: signedIn(request).name,
          }),
        )
      },
    )
  })

  app.put(
    `${base}/calls/:call/reports/:id`,
    {
      config: { permission: 'report.take' },
      schema: {
        summary: 'Put a report to the call it was told in',
        tags: ['telephony'],
        params: callParams.extend({ id: idSchema }),
        response: answers({ 200: callSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, call, id } = request.params
      return calls.link(municipality, call, [id], signedIn(request).name)
    },
  )

  app.get(
    `${base}/calls`,
    {
      config: { permission: 'report.read' },
      schema: {
        summary: 'Calls, newest first, without numbers',
        tags: ['telephony'],
        params: municipalityParams,
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(callSchema) }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality }, query: { limit, cursor } }) => {
      municipalityOf(register, municipality)
      const page = calls.page(municipality, { limit, after: decodeCursor(cursor, position) })
      return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) }
    },
  )

  app.get(
    `${base}/call-counts`,
    {
      config: { permission: 'report.read' },
      schema: {
        summary: 'How many calls came in a stretch of time, and what they were',
        tags: ['telephony'],
        params: municipalityParams,
        querystring: z.object({ from: instantQuery, until: instantQuery }),
        response: answers({ 200: countsSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality }, query }) => {
      municipalityOf(register, municipality)
      return calls.counts(municipality, query)
    },
  )

  app.get(
    `${base}/calls/:call`,
    {
      config: { permission: 'contact.read' },
      schema: {
        summary: 'A call with its number and what is known of the caller; each look is in the audit trail',
        tags: ['telephony'],
        params: callParams,
        response: answers(
          { 200: callContextSchema.extend({ number: z.string().nullable() }) },
          'not-found',
          'unauthenticated',
          'forbidden',
        ),
      },
    },
    (request) => {
      const { municipality, call: id } = request.params
      const call = calls.call(municipality, id)
      if (call === null) throw new ProblemError('not-found', `There is no call ${id}`)
      return { ...calls.context(call), number: calls.number(municipality, id, signedIn(request).name) }
    },
  )
}
