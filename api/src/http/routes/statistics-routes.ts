import { categorySchema, heatMapSchema, lineStatisticsSchema, ProblemError, statisticsGroups } from '@fanari/contracts'
import { z } from 'zod'
import { longestByDayMs } from '../../statistics/statistics.ts'
import type { HttpApp } from '../app.ts'
import { periodOf, periodQuery } from '../period.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { demand, may } from '../sign-in.ts'
import { municipalityOf, municipalityParams } from './register-routes.ts'

/** Cells of a map that anyone may see: of about 150 m at the finest, and none with fewer reports than this. */
const publicHeat = { finest: 7, threshold: 5 }
const finestHeat = 8

/** What the citizen line did, for everyone; by crews and people, for staff. */
export const addStatisticsRoutes = (
  app: HttpApp,
  { register, statistics, clock }: Pick<HttpServices, 'register' | 'statistics' | 'clock'>,
): void => {
  app.get(
    '/api/v1/municipalities/:municipality/statistics',
    {
      config: { permission: 'public.read' },
      // By its type it is what its schema says; to check a mebibyte of figures once more takes longer than to count them.
      serializerCompiler: () => JSON.stringify,
      schema: {
        summary: 'What the citizen line did in a period, up to now',
        description:
          'Volumes, times, promises kept, backlog, what telemetry knew first, satisfaction; each defined in docs/citizen-line.md. ' +
          'Without `from`: the 30 days up to `to`; without `to`: up to and with today. By `team` and `assignee`: for staff.',
        tags: ['statistics'],
        params: municipalityParams,
        querystring: z.object({ ...periodQuery, group: z.enum(statisticsGroups).default('none') }),
        response: answers({ 200: lineStatisticsSchema }, 'not-found', 'unauthenticated', 'forbidden'),
      },
    },
    (request) => {
      const { municipality } = request.params
      const { group } = request.query
      municipalityOf(register, municipality)
      if (group === 'team' || group === 'assignee') demand(request, 'statistics.staff')
      const period = periodOf(request.query, statistics.calendarOf(municipality), clock.now())
      if (group === 'day' && period.until - period.from > longestByDayMs) {
        throw new ProblemError('invalid-request', 'By day the period is at most 800 days: ask by month')
      }
      return statistics.of(municipality, { ...period, group })
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/statistics/heatmap',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'Where reports come from: counts by geohash cell',
        description:
          `Without a sign-in cells are 7 letters at the finest (about 150 m), and those with fewer than ${publicHeat.threshold} reports are left out; ` +
          'with the permission `statistics.staff` there are 8 letters, and every cell.',
        tags: ['statistics'],
        params: municipalityParams,
        querystring: z.object({
          ...periodQuery,
          category: z.union([categorySchema, z.array(categorySchema).max(50)]).optional(),
          precision: z
            .string()
            .regex(/^[4-8]$/, 'must be from 4 to 8')
            .transform(Number)
            .default(6)
            .describe('Letters of a geohash: 6 are about 1.2 × 0.6 km'),
        }),
        response: answers({ 200: heatMapSchema }, 'not-found'),
      },
    },
    (request) => {
      const { municipality } = request.params
      const { category, precision } = request.query
      municipalityOf(register, municipality)
      const isStaff = may(request, 'statistics.staff')
      const period = periodOf(request.query, statistics.calendarOf(municipality), clock.now())
      return statistics.heatMap(municipality, {
        ...period,
        categories: category === undefined ? null : new Set([category].flat()),
        precision: Math.min(precision, isStaff ? finestHeat : publicHeat.finest),
        threshold: isStaff ? 1 : publicHeat.threshold,
      })
    },
  )
}
