import { z } from 'zod'
import { nightKeySchema } from './roll-calls.ts'

/** What indices can be computed for. */
export const nightGroups = ['municipality', 'community', 'circuit'] as const
export type NightGroup = (typeof nightGroups)[number]

const hours = (what: string) => z.number().min(0).describe(`${what} [h]`)
const share = (what: string) =>
  z.number().min(0).max(100).nullable().describe(`${what} [%]; null when there is nothing to divide`)
const ratio = (what: string) => z.number().min(0).nullable().describe(`${what}; null when there is nothing to divide`)

/** The indices of one group over a period; formulas and their sources in `docs/indices.md`. */
export const groupIndicesSchema = z.object({
  id: z.string(),
  lights: z.int().min(0).describe('The most lights that were planned to be on in any one night'),
  scheduledHours: hours('Light-hours planned on, maintenance left out: lit + dark + unknown'),
  litHours: hours('Light-hours lit'),
  darkHours: hours('Light-hours dark'),
  unknownHours: hours('Light-hours of which nothing is known; in no index but beside them'),
  maintenanceHours: hours('Light-hours planned on but worked on'),
  darkEpisodes: z.int().min(0),
  lightsInLightPercent: share('Lit of what is known: lit / (lit + dark)'),
  lightsInLightAtLeastPercent: share('Lit of all that was scheduled, as if everything unknown had been dark'),
  lSaidiHours: ratio('L-SAIDI: dark hours a light [h]'),
  lSaifi: ratio('L-SAIFI: dark episodes a light'),
  lCaidiHours: ratio('L-CAIDI: mean dark hours an episode [h]'),
  darkCommunityHours: hours('Hours of communities in the dark'),
  darkCommunityResidentHours: hours('Those hours, each times the residents of its community, where they are known'),
  incidents: z.int().min(0).describe('Outages detected in the period'),
  meanTimeToDetectMinutes: ratio('Detection after the start, as far as evidence tells [min]'),
  meanTimeToAcknowledgeMinutes: ratio('First human step on a ticket after it was opened [min]'),
  meanTimeToRepairMinutes: ratio('Proof by telemetry that it is repaired after the ticket was opened [min]'),
  foundBeforeCallPercent: share('Outage tickets that telemetry opened, and no report before it'),
})
export type GroupIndices = z.infer<typeof groupIndicesSchema>

/** `GET …/indices`. */
export const indicesSchema = z.object({
  from: nightKeySchema,
  to: nightKeySchema,
  by: z.enum(nightGroups),
  live: z.boolean().describe('The last night goes on: its figures are up to now'),
  items: z.array(groupIndicesSchema),
  equity: z
    .object({
      lCaidiRatio: ratio('Longest L-CAIDI of a community divided by the shortest that is not 0'),
      lightsInLightGapPercent: z
        .number()
        .nullable()
        .describe('Highest minus lowest lights-in-light of a community [percentage points]'),
      worstCommunity: z.string().nullable().describe('With the lowest lights-in-light'),
    })
    .describe('Between the communities, whatever `by` says'),
})
export type Indices = z.infer<typeof indicesSchema>
