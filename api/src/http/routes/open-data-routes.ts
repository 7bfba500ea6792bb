import { Readable } from 'node:stream'
import { categorySchema, toIso } from '@fanari/contracts'
import { z } from 'zod'
import { openRequestSchema } from '../../open-data/requests.ts'
import type { HttpApp } from '../app.ts'
import { periodOf, periodQuery } from '../period.ts'
import { answers, mediaAnswer } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { municipalityOf, municipalityParams } from './register-routes.ts'

const query = z.object({
  ...periodQuery,
  category: z.union([categorySchema, z.array(categorySchema).max(50)]).optional(),
  language: z.enum(['el', 'en']).default('el').describe('Of names and statuses'),
})
const csvQuery = query.extend({
  bom: z.enum(['true', 'false']).default('false').describe('Begin with a byte order mark, for spreadsheets that guess'),
})

const openRequestsSchema = z.object({
  licence: z.url(),
  publisher: z.string(),
  generatedAt: z.string(),
  from: z.string(),
  to: z.string(),
  requests: z.array(openRequestSchema),
})

const description =
  "Every report of a period in the headers of Open311's bulk format, oldest first, without what citizens wrote. Questions and what the spam guard " +
  'has set aside are left out. Without `from`: the 30 days up to `to`. The licence is the municipality’s setting `openDataLicence`.'

/** What anyone may take away and use. */
export const addOpenDataRoutes = (
  app: HttpApp,
  services: Pick<HttpServices, 'register' | 'statistics' | 'openData' | 'citizenLineSettings' | 'clock'>,
): void => {
  const { register, statistics, openData, citizenLineSettings, clock } = services

  const asked = (municipality: string, { from, to, category }: z.infer<typeof query>) => ({
    ...periodOf({ from, to }, statistics.calendarOf(municipality), clock.now()),
    categories: category === undefined ? null : new Set([category].flat()),
  })
  const headersOf = (municipality: string, extension: string) => ({
    link: `<${citizenLineSettings.of(municipality).openDataLicence}>; rel="license"`,
    'content-disposition': `attachment; filename="requests-${municipality}.${extension}"`,
    // Whoever publishes open data wants it read by pages of others.
    'access-control-allow-origin': '*',
  })

  app.get(
    '/api/v1/municipalities/:municipality/open-data/requests.csv',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Reports as open data, as CSV (RFC 4180)',
        description: `${description} Cells that a spreadsheet would take for a formula begin with an apostrophe.`,
        tags: ['open data'],
        params: municipalityParams,
        querystring: csvQuery,
        response: answers({ 200: mediaAnswer('One report a record', 'text/csv', z.string()) }, 'not-found'),
      },
    },
    async (request, reply) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      const { language, bom } = request.query
      const rows = openData.csv(municipality, asked(municipality, request.query), { language, bom: bom === 'true' })
      reply.headers(headersOf(municipality, 'csv')).type('text/csv; charset=utf-8; header=present')
      return reply.send(Readable.from(rows, { objectMode: false }))
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/open-data/requests.json',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Reports as open data, as JSON',
        description,
        tags: ['open data'],
        params: municipalityParams,
        querystring: query,
        response: answers(
          { 200: mediaAnswer('All reports, with the licence', 'application/json', openRequestsSchema) },
          'not-found',
        ),
      },
    },
    async (request, reply) => {
      const { municipality } = request.params
      const { name } = municipalityOf(register, municipality)
      const head = {
        licence: citizenLineSettings.of(municipality).openDataLicence,
        publisher: name,
        generatedAt: toIso(clock.now()),
      }
      const { language } = request.query
      const text = openData.json(municipality, asked(municipality, request.query), { language, head })
      reply.headers(headersOf(municipality, 'json')).type('application/json; charset=utf-8')
      return reply.send(Readable.from(text, { objectMode: false }))
    },
  )
}
