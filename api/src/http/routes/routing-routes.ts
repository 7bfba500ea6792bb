import {
  clockPolicySchema,
  clockTermSchema,
  dossierSchema,
  idSchema,
  instantSchema,
  ProblemError,
  prioritySchema,
  routedMatterSchema,
  routingTableSchema,
  serviceSchema,
} from '@fanari/contracts'
import { z } from 'zod'
import { dossierOf } from '../../routing/dossier.ts'
import type { HttpApp } from '../app.ts'
import { answers, mediaAnswer } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

/** Hundreds of rules with their reasons in two languages [bytes]. */
const tableBodyLimit = 512 * 1024

const revision = z.int().min(0).describe('The edition that is read or edited; 0 is the default')
const routingEdition = z.strictObject({ revision, document: routingTableSchema })
const clocksEdition = z.strictObject({ revision, document: clockPolicySchema })
const routedSchema = z.object({
  service: serviceSchema,
  team: idSchema.nullable(),
  priority: prioritySchema,
  term: clockTermSchema,
  dueAt: z.iso.datetime(),
  routedBy: z.object({ rule: z.string(), el: z.string(), en: z.string() }),
})

/** Where matters go and when services work, as a municipality sets it; and what the network operator is given. */
export const addRoutingRoutes = (app: HttpApp, services: HttpServices): void => {
  const { register, policies, teams, documents, clock } = services
  const base = '/api/v1/municipalities/:municipality'

  app.get(
    `${base}/routing`,
    {
      config: { permission: 'settings.read' },
      schema: {
        summary: 'The routing rules, in their order',
        description: 'The first rule that holds decides where a matter goes, with what priority, and by when.',
        tags: ['routing'],
        security: [{ token: [] }],
        params: municipalityParams,
        response: answers({ 200: routingEdition }, 'not-found', ...writeProblems),
      },
    },
    ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      return policies.routing(municipality)
    },
  )

  app.put(
    `${base}/routing`,
    {
      bodyLimit: tableBodyLimit,
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Set the routing rules',
        description: '`revision` is the edition that was read: if another has come since, nothing is changed.',
        tags: ['routing'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: routingEdition,
        response: answers({ 200: routingEdition }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      for (const { id, to } of request.body.document.rules) {
        if (to.team === undefined || teams.team(municipality, to.team)?.service === to.service) continue
        throw new ProblemError('conflict', `The rule ${id} names no team of its service: ${to.team}`)
      }
      return policies.putRouting(municipality, request.body, { by: signedIn(request).name, at: clock.now() })
    },
  )

  app.post(
    `${base}/routing/dry-run`,
    {
      config: { permission: 'settings.read' },
      schema: {
        summary: 'Where a matter would go, and why',
        tags: ['routing'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: z.strictObject({
          matter: routedMatterSchema,
          at: instantSchema.optional().describe('Left out: now'),
          table: routingTableSchema.optional().describe('Rules to try; left out: those that hold'),
        }),
        response: answers({ 200: routedSchema }, 'not-found', ...writeProblems),
      },
    },
    ({ params: { municipality }, body: { matter, at = clock.now(), table } }) => {
      municipalityOf(register, municipality)
      return policies.dispatchOf(municipality).route(matter, at, table)
    },
  )

  app.get(
    `${base}/clock-policy`,
    {
      config: { permission: 'settings.read' },
      schema: {
        summary: 'Service hours, holidays, terms, and who hears when they run out',
        tags: ['routing'],
        security: [{ token: [] }],
        params: municipalityParams,
        response: answers({ 200: clocksEdition }, 'not-found', ...writeProblems),
      },
    },
    ({ params: { municipality } }) => {
      municipalityOf(register, municipality)
      return policies.clocks(municipality)
    },
  )

  app.put(
    `${base}/clock-policy`,
    {
      bodyLimit: tableBodyLimit,
      config: { permission: 'settings.write' },
      schema: {
        summary: 'Set service hours, holidays and terms',
        description: 'Deadlines that run stay as they were promised; the new calendar counts from the next start.',
        tags: ['routing'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: clocksEdition,
        response: answers({ 200: clocksEdition }, 'not-found', 'conflict', ...writeProblems),
      },
    },
    (request) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      return policies.putClocks(municipality, request.body, { by: signedIn(request).name, at: clock.now() })
    },
  )

  app.get(
    `${base}/tickets/:id/dossier`,
    {
      config: { permission: 'workOrder.read' },
      schema: {
        summary: "The network operator's dossier of a ticket",
        description:
          'Pillar, supply number, lamps, since when, on what evidence. `format=text` answers the letter alone.',
        tags: ['routing'],
        security: [{ token: [] }],
        params: municipalityParams.extend({ id: idSchema }),
        querystring: z.object({ format: z.enum(['json', 'text']).default('json') }),
        response: answers(
          { 200: mediaAnswer('The dossier', 'application/json', dossierSchema) },
          'not-found',
          'conflict',
          ...writeProblems,
        ),
      },
    },
    ({ params: { municipality, id }, query: { format } }, reply) => {
      const { name, timeZone } = municipalityOf(register, municipality)
      const ticket = documents.ticket(municipality, id)
      const facts = register.inventoryOf(municipality)
      if (ticket === null || facts === null) throw new ProblemError('not-found', `There is no ticket ${id}`)
      if (ticket.service !== 'networkOperator') {
        throw new ProblemError('conflict', `The ticket is with ${ticket.service}, not with the network operator`)
      }
      const incident = ticket.incident === undefined ? null : documents.incident(municipality, ticket.incident)
      const contact = policies.routing(municipality).document.dossierContact
      const dossier = dossierOf(ticket, incident, {
        municipalityName: name,
        contact,
        facts,
        at: clock.now(),
        timeZone,
      })
      if (format === 'text') return reply.type('text/plain; charset=utf-8').send(dossier.text)
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(dossier))
    },
  )
}
