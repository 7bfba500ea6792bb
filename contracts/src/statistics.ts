import { z } from 'zod'
import { type PauseReason, pauseReasons } from './clocks.ts'
import { type TicketOutcome, ticketOutcomes } from './tickets.ts'
import { isoInstantSchema } from './time.ts'

/** What statistics can be split by. Hours, weekdays, days and months are the municipality's own; each figure falls on its own moment. */
export const statisticsGroups = [
  'none',
  'channel',
  'category',
  'community',
  'service',
  'hour',
  'weekday',
  'day',
  'month',
  'team',
  'assignee',
] as const
export type StatisticsGroup = (typeof statisticsGroups)[number]

const count = (what: string) => z.int().min(0).describe(what)
const percent = (what: string) => z.number().min(0).max(100).nullable().describe(`${what} [%]; null when there is none`)

/** How long things took: of so many, the middle one and the one that nine in ten were not longer than. */
export const durationSchema = z.object({
  count: count('How many it is of'),
  medianMin: z.number().nullable().describe('[min]'),
  p90Min: z.number().nullable().describe('[min]'),
})
export type DurationFigures = z.infer<typeof durationSchema>

/** How many of how many. */
const shareSchema = z.object({ count: count('So many'), of: count('of so many'), percent: percent('Of all') })
export type ShareFigures = z.infer<typeof shareSchema>

const byElapsedAndService = {
  elapsed: durationSchema.describe('Around the clock'),
  service: durationSchema.describe('In the open hours of the services alone'),
}

/** Lower edges of the ages of what is open [d]; each band ends where the next begins. */
export const backlogBandsDays = [0, 1, 3, 7, 30, 90] as const

/** The figures of one group; each is defined, with its formula, in `docs/citizen-line.md`. */
export const lineFiguresSchema = z.object({
  reports: z.object({
    received: count('Reports that came in the period, without questions'),
    questions: count('Questions that were answered at once'),
    alreadyKnown: shareSchema.describe('Their matter was open when they came'),
    joined: count('Reports that a rule put to a matter that was there'),
    falselyJoined: shareSchema.describe('Of these, parted from it again by staff'),
  }),
  firstResponse: z.object({
    ...byElapsedAndService,
    inTime: shareSchema.describe('Of those answered, or past their due time without an answer'),
    unanswered: count('Still without an answer'),
  }),
  matters: z.object({
    opened: count('Opened in the period, by citizens or telemetry'),
    closed: count('Closed in the period, however they ended'),
    fixed: count('Closed in the period, and proven to be mended'),
    outcomes: z.object(
      Object.fromEntries(ticketOutcomes.map((outcome) => [outcome, count(outcome)])) as Record<
        TicketOutcome,
        ReturnType<typeof count>
      >,
    ),
    reopened: shareSchema.describe('Of what was called done in the period, opened again since'),
  }),
  detection: z.object({
    beforeFirstCall: shareSchema.describe(
      'Lighting matters opened in the period that telemetry knew before any citizen',
    ),
    withoutCall: count('Of these, nobody called'),
    leadMedianMin: z.number().nullable().describe('How long telemetry knew before the first call, where it did [min]'),
  }),
  repair: z.object({
    ...byElapsedAndService,
    withoutThirdParties: durationSchema.describe('Around the clock, without waiting for the network operator'),
    inTime: shareSchema.describe('Done by the due time that was promised, pauses counted'),
  }),
  closing: z.object(byElapsedAndService),
  waiting: z.object(
    Object.fromEntries(Object.keys(pauseReasons).map((reason) => [reason, durationSchema])) as Record<
      PauseReason,
      typeof durationSchema
    >,
  ),
  networkOperator: z
    .object({ held: durationSchema, inTime: shareSchema })
    .describe('Matters that the network operator had, by its own clock'),
  satisfaction: z.object({
    mended: shareSchema.describe("Answers 'yes, it is' of all answers to 'is it lit?'"),
    ratings: count('Marks from 1 to 5'),
    ratingMean: z.number().min(1).max(5).nullable(),
  }),
  backlog: z
    .object({
      open: count('Open at the end of the period'),
      overdue: count('Of these, past their due time'),
      bands: z.array(z.object({ fromDays: z.int(), untilDays: z.int().nullable(), open: count('Of this age') })),
      age: durationSchema,
    })
    .nullable()
    .describe('null where the group is a time'),
})
export type LineFigures = z.infer<typeof lineFiguresSchema>

/** `GET …/statistics`. */
export const lineStatisticsSchema = z.object({
  from: isoInstantSchema,
  to: isoInstantSchema.describe('Up to, and without'),
  at: isoInstantSchema.describe('When it was counted: everything up to then is in it'),
  timeZone: z.string(),
  group: z.enum(statisticsGroups),
  total: lineFiguresSchema,
  items: z.array(z.object({ key: z.string(), figures: lineFiguresSchema })),
})
export type LineStatistics = z.infer<typeof lineStatisticsSchema>

/** `GET …/statistics/heatmap`. */
export const heatMapSchema = z.object({
  from: isoInstantSchema,
  to: isoInstantSchema,
  at: isoInstantSchema,
  precision: z.int().describe('Length of the geohashes'),
  threshold: z.int().min(1).describe('Cells with fewer reports are left out'),
  cells: z.array(
    z.object({
      geohash: z.string(),
      lat: z.number().describe('Latitude of its middle, WGS 84 [°]'),
      lon: z.number().describe('Longitude of its middle, WGS 84 [°]'),
      reports: count('Reports in it'),
    }),
  ),
  suppressed: count('Reports in cells that were left out'),
  withoutPlace: count('Reports that name no point'),
})
export type HeatMap = z.infer<typeof heatMapSchema>
