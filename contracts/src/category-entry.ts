import { z } from 'zod'
import { serviceSchema } from './services.ts'

/** What belongs together for a citizen and for the offices: reports are never joined across groups. */
export const categoryGroups = {
  lighting: { el: 'Φωτισμός', en: 'Lighting' },
  roads: { el: 'Δρόμοι και πεζοδρόμια', en: 'Roads and pavements' },
  waste: { el: 'Καθαριότητα', en: 'Waste and cleaning' },
  water: { el: 'Νερό και αποχέτευση', en: 'Water and sewerage' },
  green: { el: 'Πράσινο και ζώα', en: 'Trees, parks and animals' },
  order: { el: 'Καθημερινότητα', en: 'Everyday order' },
  spaces: { el: 'Κοινόχρηστοι χώροι και κτίρια', en: 'Public spaces and buildings' },
  information: { el: 'Πληροφορίες', en: 'Information' },
} as const
export type CategoryGroup = keyof typeof categoryGroups
export const categoryGroupSchema = z.enum(Object.keys(categoryGroups) as [CategoryGroup, ...CategoryGroup[]])

/**
 * What is at stake while it lasts. `danger`: someone may be hurt now, the duty number is rung; `safety`: someone may come to harm, the
 * repair clock runs day and night; `service`: all else, in service hours; `none`: nothing is repaired.
 */
export const safetyClasses = ['danger', 'safety', 'service', 'none'] as const
export const safetyClassSchema = z.enum(safetyClasses)
export type SafetyClass = z.infer<typeof safetyClassSchema>

/** What is wrong with a light, as far as a telemetry incident and a citizen can mean the same thing. */
export const lightTroubles = ['dark', 'flickering', 'burning', 'damage'] as const
export type LightTrouble = (typeof lightTroubles)[number]

/** What a form asks beside the place and a description. */
export const reportQuestions = {
  luminaire: { el: 'Αριθμός φωτιστικού ή ιστού, αν φαίνεται', en: 'Number of the light or pole, if it can be seen' },
  wholeStreet: { el: 'Είναι σκοτεινός όλος ο δρόμος;', en: 'Is the whole street in the dark?' },
  danger: { el: 'Υπάρχει κίνδυνος;', en: 'Is there any danger?' },
  plate: { el: 'Αριθμός κυκλοφορίας ή περιγραφή οχήματος', en: 'Plate or description of the vehicle' },
  animal: { el: 'Τι ζώο είναι και αν είναι τραυματισμένο', en: 'What animal it is, and whether it is hurt' },
  container: { el: 'Ποιος κάδος ή τι αντικείμενα', en: 'Which container, or what items' },
  subject: { el: 'Τι θέλετε να μάθετε', en: 'What you would like to know' },
} as const
export type ReportQuestion = keyof typeof reportQuestions

/** One kind of matter, as data. */
export const categoryDescriptionSchema = z.object({
  group: categoryGroupSchema,
  el: z.string(),
  en: z.string(),
  aliases: z.array(z.string()).readonly().describe('How staff and citizens call it, for searching'),
  service: serviceSchema.describe('Where it goes when no rule of the municipality says otherwise'),
  safetyClass: safetyClassSchema,
  trouble: z.enum(lightTroubles).nullable().describe('Of a light: what telemetry would call the same trouble'),
  asks: z
    .array(z.enum(Object.keys(reportQuestions) as [ReportQuestion, ...ReportQuestion[]]))
    .readonly()
    .describe('What a form asks beside place and description'),
})
export type CategoryDescription = z.infer<typeof categoryDescriptionSchema>
