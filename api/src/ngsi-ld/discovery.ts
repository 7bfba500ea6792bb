import { z } from 'zod'
import type { Entity } from './entity.ts'
import { allTerms, type EntityType, typeIris } from './vocabulary.ts'

const attributeKind = z.enum(['Property', 'GeoProperty', 'Relationship'])

export const typeListSchema = z.object({
  id: z.string(),
  type: z.literal('EntityTypeList'),
  typeList: z.array(z.string()),
})
export const typeSchema = z.object({
  id: z.string(),
  type: z.literal('EntityType'),
  typeName: z.string(),
  attributeNames: z.array(z.string()),
})
export const typeInfoSchema = z.object({
  id: z.string(),
  type: z.literal('EntityTypeInfo'),
  typeName: z.string(),
  entityCount: z.int(),
  attributeDetails: z.array(
    z.object({
      id: z.string(),
      type: z.literal('Attribute'),
      attributeName: z.string(),
      attributeTypes: z.array(attributeKind),
    }),
  ),
})
export const attributeListSchema = z.object({
  id: z.string(),
  type: z.literal('AttributeList'),
  attributeList: z.array(z.string()),
})
export const attributeSchema = z.object({
  id: z.string(),
  type: z.literal('Attribute'),
  attributeName: z.string(),
  typeNames: z.array(z.string()),
  attributeCount: z.int().optional(),
  attributeTypes: z.array(attributeKind).optional(),
})

/** What types and attributes there are among entities (ETSI GS CIM 009, 5.7.5 to 5.7.10): of those that exist, not of those that might. */
export const discover = (entities: readonly Entity[]) => {
  const counts = new Map<EntityType, { entities: number; attributes: Map<string, number> }>()
  for (const { type, attributes } of entities) {
    const count = counts.get(type) ?? { entities: 0, attributes: new Map<string, number>() }
    counts.set(type, count)
    count.entities++
    for (const name of Object.keys(attributes)) count.attributes.set(name, (count.attributes.get(name) ?? 0) + 1)
  }
  const types = [...counts.keys()].sort()
  const namesOf = (type: EntityType): string[] => [...(counts.get(type)?.attributes.keys() ?? [])].sort()
  const attributes = [...new Set(types.flatMap(namesOf))].sort()
  const typesWith = (name: string) => types.filter((type) => counts.get(type)?.attributes.has(name))
  const termOf = (name: string) => allTerms[name] ?? { iri: name, kind: 'Property' as const }

  const attribute = (name: string): z.output<typeof attributeSchema> => ({
    id: termOf(name).iri,
    type: 'Attribute',
    attributeName: name,
    typeNames: typesWith(name),
  })

  return {
    typeList: (): z.output<typeof typeListSchema> => ({
      id: 'urn:ngsi-ld:EntityTypeList:all',
      type: 'EntityTypeList',
      typeList: types,
    }),
    types: (): z.output<typeof typeSchema>[] =>
      types.map((type) => ({
        id: typeIris[type],
        type: 'EntityType',
        typeName: type,
        attributeNames: namesOf(type),
      })),
    type: (name: string): z.output<typeof typeInfoSchema> | null => {
      const type = types.find((one) => one === name)
      if (type === undefined) return null
      return {
        id: typeIris[type],
        type: 'EntityTypeInfo',
        typeName: type,
        entityCount: counts.get(type)?.entities ?? 0,
        attributeDetails: namesOf(type).map((one) => ({
          id: termOf(one).iri,
          type: 'Attribute',
          attributeName: one,
          attributeTypes: [termOf(one).kind],
        })),
      }
    },
    attributeList: (): z.output<typeof attributeListSchema> => ({
      id: 'urn:ngsi-ld:AttributeList:all',
      type: 'AttributeList',
      attributeList: attributes,
    }),
    attributes: () => attributes.map(attribute),
    attribute: (name: string): z.output<typeof attributeSchema> | null => {
      if (!attributes.includes(name)) return null
      const attributeCount = types.reduce((sum, type) => sum + (counts.get(type)?.attributes.get(name) ?? 0), 0)
      return { ...attribute(name), attributeCount, attributeTypes: [termOf(name).kind] }
    },
  }
}
