import { idSchema, ProblemError, reportRecordSchema, toIso } from '@fanari/contracts'
import { z } from 'zod'
import { ledgerActions, ledgerSubjects, readLedger } from '../../privacy/ledger.ts'
import { identityProofs } from '../../privacy/persons.ts'
import { retentionTermsSchema } from '../../privacy/retention-terms.ts'
import type { HttpApp } from '../app.ts'
import { decodeCursor, encodeCursor, listOf, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const at = z.iso.datetime()
const countsSchema = z.record(z.string(), z.int()).describe('Records, by who held them')
const outcomeSchema = z.object({
  at,
  dryRun: z.boolean(),
  erased: countsSchema,
  reportsReduced: z.int(),
  ticketsReduced: z.int(),
  workOrdersReduced: z.int(),
  held: z.int().describe('Reports past their term that a legal hold keeps'),
})
const ledgerSchema = z.object({
  at,
  by: z.string(),
  action: z.enum(ledgerActions),
  why: z.enum(['retention', 'request']),
  subject: z.object({ kind: z.enum(ledgerSubjects), id: idSchema }),
})
const holdSchema = z.object({
  kind: z.enum(['report', 'ticket']),
  id: idSchema,
  reason: z.string(),
  at,
  by: z.string(),
})
const holdParams = municipalityParams.extend({ kind: z.enum(['report', 'ticket']), id: idSchema })
const personSchema = z
  .object({
    email: z.email().max(254).nullable().default(null),
    phone: z
      .string()
      .regex(/^\+?\d[\d ()./-]{8,28}$/, 'must be a whole telephone number')
      .nullable()
      .default(null),
    proof: z.enum(identityProofs).describe('How the person showed that the address is theirs'),
  })
  .refine(({ email, phone }) => email !== null || phone !== null, 'needs an e-mail address or a telephone number')
const heldSchema = z.record(z.string(), z.array(z.json())).describe('By who holds it')

const root = '/api/v1/municipalities/:municipality/privacy'

/** Retention, legal holds, and what one person may ask for. */
export const addPrivacyRoutes = (
  app: HttpApp,
  { database, register, retention, holds, persons }: HttpServices,
): void => {
  const known = (municipality: string): string => municipalityOf(register, municipality).id

  app.get(
    `${root}/retention`,
    {
      config: { permission: 'settings.read' },
      schema: {
        summary: 'How long personal data is kept',
        tags: ['privacy'],
        params: municipalityParams,
        response: answers({ 200: retentionTermsSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality } }) => retention.termsOf(known(municipality)),
  )

  app.put(
    `${root}/retention`,
    {
      config: { permission: 'privacy.manage' },
      schema: {
        summary: 'Set how long personal data is kept',
        tags: ['privacy'],
        params: municipalityParams,
        body: retentionTermsSchema,
        response: answers({ 200: retentionTermsSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      retention.putTerms(known(request.params.municipality), request.body, signedIn(request).name)
      return request.body
    },
  )

  app.post(
    `${root}/retention/run`,
    {
      config: { permission: 'privacy.manage' },
      schema: {
        summary: 'Erase what is past its term now, or count it (`dryRun`); it runs by itself once a day',
        tags: ['privacy'],
        params: municipalityParams,
        body: z.object({ dryRun: z.boolean() }),
        response: answers({ 200: outcomeSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const by = signedIn(request).name
      const outcome = retention.run(known(request.params.municipality), { ...request.body, by })
      return { ...outcome, at: toIso(outcome.at) }
    },
  )

  app.get(
    `${root}/ledger`,
    {
      config: { permission: 'privacy.manage' },
      schema: {
        summary: 'What was erased and handed over, newest first, without whose it was',
        tags: ['privacy'],
        params: municipalityParams,
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(ledgerSchema) }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    ({ params: { municipality }, query: { limit, cursor } }) => {
      const page = readLedger(database, known(municipality), { limit, before: decodeCursor(cursor, z.int()) })
      return {
        items: page.items.map(({ municipality: _, ...entry }) => ({ ...entry, at: toIso(entry.at) })),
        next: page.next === null ? null : encodeCursor(page.next),
      }
    },
  )

  app.get(
    `${root}/holds`,
    {
      config: { permission: 'privacy.manage' },
      schema: {
        summary: 'What is kept whatever its term',
        tags: ['privacy'],
        params: municipalityParams,
        response: answers(
          { 200: z.object({ items: z.array(holdSchema) }) },
          'not-found',
          'unauthenticated',
          'forbidden',
        ),
      },
    },
    ({ params: { municipality } }) => ({
      items: holds.list(known(municipality)).map((hold) => ({ ...hold, at: toIso(hold.at) })),
    }),
  )

  app.put(
    `${root}/holds/:kind/:id`,
    {
      config: { permission: 'privacy.manage' },
      schema: {
        summary: 'Keep a report, or a ticket with its reports, whatever the term',
        tags: ['privacy'],
        params: holdParams,
        body: z.object({ reason: z.string().trim().min(3).max(300).describe('A file number; nobody’s name') }),
        response: answers({ 200: holdSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, kind, id } = request.params
      known(municipality)
      const table = kind === 'report' ? 'reports' : 'tickets'
      if (database.get(`SELECT 1 FROM ${table} WHERE municipality = ? AND id = ?`, municipality, id) === null) {
        throw new ProblemError('not-found', `There is no ${kind} ${id}`)
      }
      const hold = holds.put(municipality, { kind, id, reason: request.body.reason }, signedIn(request).name)
      return { ...hold, at: toIso(hold.at) }
    },
  )

  app.delete(
    `${root}/holds/:kind/:id`,
    {
      config: { permission: 'privacy.manage' },
      schema: {
        summary: 'Lift a legal hold',
        tags: ['privacy'],
        params: holdParams,
        response: answers({ 204: z.undefined() }, 'not-found', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { municipality, kind, id } = request.params
      if (!holds.lift(municipality, { kind, id }, signedIn(request).name)) {
        throw new ProblemError('not-found', `Nothing holds ${kind} ${id}`)
      }
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    `${root}/export`,
    {
      config: { permission: 'privacy.manage' },
      schema: {
        summary: 'Everything about one person, by an address they have shown to be theirs',
        tags: ['privacy'],
        params: municipalityParams,
        body: personSchema,
        response: answers(
          { 200: z.object({ at, reports: z.array(reportRecordSchema), held: heldSchema }) },
          'not-found',
          ...writeProblems,
        ),
      },
    },
    (request) => {
      const found = persons.export(known(request.params.municipality), request.body, signedIn(request).name)
      return { ...found, at: toIso(found.at), held: heldSchema.parse(found.held) }
    },
  )

  app.post(
    `${root}/erasure`,
    {
      config: { permission: 'privacy.manage' },
      schema: {
        summary: 'Erase one person: who it was, what they wrote, their photos; what was reported stays',
        tags: ['privacy'],
        params: municipalityParams,
        body: personSchema,
        response: answers(
          { 200: z.object({ reports: z.int(), erased: countsSchema, kept: z.int().describe('By a legal hold') }) },
          'not-found',
          ...writeProblems,
        ),
      },
    },
    (request) => persons.erase(known(request.params.municipality), request.body, signedIn(request).name),
  )
}
