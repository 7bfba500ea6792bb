import { z } from 'zod'
import { attributeTerms, type EntityType } from './vocabulary.ts'

interface Term {
  kind: 'Property' | 'GeoProperty' | 'Relationship'
  unitCode?: string
  value: z.ZodType
}

const observedAt = z.iso.datetime().optional()

/** One attribute in the normalized representation; a measured one must carry its unit. */
const attributeOf = ({ kind, unitCode, value }: Term) => {
  switch (kind) {
    case 'Relationship':
      return z.strictObject({ type: z.literal(kind), object: value })
    case 'GeoProperty':
      return z.strictObject({ type: z.literal(kind), value })
    case 'Property':
      return z.strictObject({
        type: z.literal(kind),
        value,
        observedAt,
        ...(unitCode === undefined ? {} : { unitCode: z.literal(unitCode) }),
      })
  }
}

const entityOf = (type: EntityType) =>
  z.strictObject({
    id: z.string().startsWith(`urn:ngsi-ld:${type}:`),
    type: z.literal(type),
    createdAt: z.iso.datetime().optional(),
    modifiedAt: z.iso.datetime().optional(),
    '@context': z.unknown().optional(),
    ...Object.fromEntries(
      Object.entries(attributeTerms[type] as Record<string, Term>).map(([name, term]) => [
        name,
        attributeOf(term).optional(),
      ]),
    ),
  })

/** Entities in the normalized representation, from the vocabulary. */
export const entitySchemas = {
  Streetlight: entityOf('Streetlight'),
  StreetlightControlCabinet: entityOf('StreetlightControlCabinet'),
}
export const entitySchema = z.union([entitySchemas.Streetlight, entitySchemas.StreetlightControlCabinet])

export const featureCollectionSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({
      id: z.string(),
      type: z.literal('Feature'),
      geometry: z.object({ type: z.literal('Point'), coordinates: z.array(z.number()) }).nullable(),
      properties: z.record(z.string(), z.unknown()),
    }),
  ),
  '@context': z.unknown().optional(),
})
