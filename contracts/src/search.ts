import { z } from 'zod'
import { idSchema } from './identifiers.ts'

/** What can be found. Citizens find places and categories; reports and tickets are for staff. */
export const placeKinds = ['community', 'street', 'luminaire', 'cabinet', 'sensor', 'category'] as const
export const foundKinds = [...placeKinds, 'ticket', 'report'] as const
export type FoundKind = (typeof foundKinds)[number]

/** One thing found; the better it fits, the earlier it stands. */
export const foundSchema = z.object({
  kind: z.enum(foundKinds),
  id: z.string().describe("The asset's, ticket's or report's id, a category's code, a street's name"),
  label: z.string(),
  detail: z.string().describe('What tells it from others of that name: community, pole, status'),
  community: idSchema.optional(),
  lat: z.number().optional().describe('Latitude, WGS 84 [°]'),
  lon: z.number().optional().describe('Longitude, WGS 84 [°]'),
})
export type Found = z.infer<typeof foundSchema>

const nameSchema = z.string().trim().min(2).max(100)

/** Names of one place, any of which finds what bears another. */
export const aliasesSchema = z.object({
  groups: z.array(z.array(nameSchema).min(2).max(20)).max(500),
})
export type Aliases = z.infer<typeof aliasesSchema>

/**
 * Official codes of a municipality, its units and its communities. YPES (Ministry of the Interior: 4, 6 and 8 digits) and ELSTAT
 * (statistical authority: 7, 9 and 11 digits) number the same places differently; nothing is derived from one for the other.
 */
export const officialCodeSchema = z
  .object({
    level: z.enum(['municipality', 'unit', 'community']),
    name: nameSchema,
    community: idSchema.optional().describe('The registered community it is, of level `community`'),
    ypes: z.string().regex(/^\d+$/).optional(),
    elstat: z.string().regex(/^\d+$/).optional(),
  })
  .superRefine(({ level, ypes, elstat, community }, context) => {
    const digits = { municipality: [4, 7], unit: [6, 9], community: [8, 11] }[level]
    const check = (path: string, code: string | undefined, length: number | undefined) => {
      if (code !== undefined && code.length !== length)
        context.addIssue({ code: 'custom', path: [path], message: `must have ${length} digits for a ${level}` })
    }
    check('ypes', ypes, digits[0])
    check('elstat', elstat, digits[1])
    if (community !== undefined && level !== 'community')
      context.addIssue({ code: 'custom', path: ['community'], message: 'belongs to the level community' })
    if (ypes === undefined && elstat === undefined)
      context.addIssue({ code: 'custom', path: [], message: 'needs ypes or elstat' })
  })
export type OfficialCode = z.infer<typeof officialCodeSchema>

export const officialCodesSchema = z.object({ items: z.array(officialCodeSchema).max(2_000) })
