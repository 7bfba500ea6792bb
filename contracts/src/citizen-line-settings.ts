import { z } from 'zod'

/** How a municipality wants its citizen line. What is left out has the default. */
export const citizenLineSettingsSchema = z.object({
  dutyNumber: z
    .string()
    .regex(/^\+?\d[\d ]{1,18}$/, 'must be a telephone number')
    .default('112')
    .describe('Who is called in danger; 112 until the municipality gives its own'),
  townRadiusM: z
    .number()
    .min(1)
    .max(1_000)
    .default(50)
    .describe('How far apart two reports of one matter may lie in town [m]'),
  countryRadiusM: z.number().min(1).max(2_000).default(100).describe('The same in a small community [m]'),
  otherRadiusM: z
    .number()
    .min(0)
    .max(1_000)
    .default(25)
    .describe('The same for matters other than lighting, where only the same category is joined [m]'),
  townPopulation: z.int().min(0).default(2_000).describe('A community with fewer inhabitants is country [persons]'),
  joinWithinDays: z
    .number()
    .min(0)
    .max(365)
    .default(14)
    .describe('A report joins a matter that was opened this long ago [d]'),
  reopenWithinHours: z
    .number()
    .min(0)
    .max(24 * 60)
    .default(72)
    .describe('A report reopens a matter that was closed this long ago [h]'),
  proofDays: z.number().min(1).max(90).default(14).describe("How long the question 'is it lit?' stands [d]"),
  openDataLicence: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .default('https://creativecommons.org/licenses/by/4.0/')
    .describe('What others may do with the open data: the address of a licence'),
})
export type CitizenLineSettings = z.infer<typeof citizenLineSettingsSchema>
export const defaultCitizenLineSettings: CitizenLineSettings = citizenLineSettingsSchema.parse({})
