import { z } from 'zod'
import { categorySchema } from './categories.ts'
import { categoryGroupSchema } from './category-entry.ts'
import { clockTermSchema } from './clocks.ts'
import { faultNameSchema } from './fault-names.ts'
import { idSchema } from './identifiers.ts'
import { serviceSchema } from './services.ts'
import { prioritySchema } from './tickets.ts'

/** How much is concerned. It decides between a ladder and the network operator. */
export const extents = {
  single: { el: 'Ένα φωτιστικό', en: 'A single light' },
  several: { el: 'Περισσότερα φωτιστικά', en: 'Several lights' },
  circuit: { el: 'Κύκλωμα ή φάση', en: 'A circuit or phase' },
  cabinet: { el: 'Πίλαρ ή παροχή', en: 'A cabinet or supply' },
  dayBurningGroup: { el: 'Ομάδα που καίει την ημέρα', en: 'A group that burns by day' },
  none: { el: 'Χωρίς φωτιστικό', en: 'No light' },
} as const
export type Extent = keyof typeof extents
export const extentSchema = z.enum(Object.keys(extents) as [Extent, ...Extent[]])

const localClockSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 07:00')

/** What a rule asks. Every part that is given must hold; a list holds when one of it does. */
const routingConditionSchema = z.strictObject({
  categories: z.array(categorySchema).min(1).max(100).optional(),
  groups: z.array(categoryGroupSchema).min(1).max(20).optional(),
  communities: z.array(idSchema).min(1).max(500).optional(),
  faults: z.array(faultNameSchema).min(1).max(100).optional().describe('What telemetry calls it'),
  extents: z.array(extentSchema).min(1).max(10).optional(),
  owners: z
    .array(z.enum(['municipality', 'networkOperator']))
    .min(1)
    .max(2)
    .optional()
    .describe('Of every light concerned'),
  supplies: z
    .array(z.enum(['grid', 'solar']))
    .min(1)
    .max(2)
    .optional()
    .describe('Of every light concerned'),
  danger: z.boolean().optional().describe('Whether somebody has spoken of danger'),
  serviceOpen: z.boolean().optional().describe('Whether the services work when it comes in'),
  hours: z
    .object({ from: localClockSchema, until: localClockSchema })
    .optional()
    .describe('Local times; over midnight when `until` is before `from`'),
})
export type RoutingCondition = z.infer<typeof routingConditionSchema>

export const routingRuleSchema = z.strictObject({
  id: idSchema,
  why: z.object({ el: z.string().min(1).max(500), en: z.string().min(1).max(500) }),
  when: routingConditionSchema,
  to: z.strictObject({
    service: serviceSchema,
    team: idSchema.optional(),
    priority: prioritySchema.optional().describe('Left out: by how severe it is'),
    term: clockTermSchema.optional().describe('To repair. Left out: by the priority'),
  }),
})
export type RoutingRule = z.infer<typeof routingRuleSchema>

/** Where matters go: the first rule that holds decides. The last one holds always. */
export const routingTableSchema = z.strictObject({
  rules: z
    .array(routingRuleSchema)
    .min(1)
    .max(300)
    .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'must name each rule once')
    .refine(
      (rules) => rules.findIndex(({ when }) => Object.keys(when).length === 0) === rules.length - 1,
      'must end with the one rule that has no condition, so that every matter goes somewhere',
    ),
  terms: z
    .strictObject({ urgent: clockTermSchema, high: clockTermSchema, normal: clockTermSchema, low: clockTermSchema })
    .describe('To repair, where the rule sets none'),
  dossierContact: z.string().max(500).describe('Whom the network operator calls back, as its dossier says'),
})
export type RoutingTable = z.infer<typeof routingTableSchema>

/** What the rules are asked about. */
export const routedMatterSchema = z.strictObject({
  category: categorySchema,
  community: idSchema.optional(),
  fault: faultNameSchema.optional(),
  extent: extentSchema.default('none'),
  owner: z.enum(['municipality', 'networkOperator']).optional(),
  supply: z.enum(['grid', 'solar']).optional(),
  danger: z.boolean().default(false),
  severity: z.enum(['critical', 'major', 'minor', 'info']).optional(),
})
export type RoutedMatter = z.infer<typeof routedMatterSchema>
