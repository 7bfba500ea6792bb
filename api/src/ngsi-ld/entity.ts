import type { Instant } from '@fanari/contracts'
import { toIso } from '@fanari/contracts'
import type { z } from 'zod'
import { type AttributeName, attributeTerms, type EntityType, type Terms } from './vocabulary.ts'

/** One attribute as NGSI-LD writes it out in full (ETSI GS CIM 009, 4.5.2.2). */
export interface PropertyAttribute {
  type: 'Property'
  value: unknown
  unitCode?: string
  observedAt?: string
}
export interface GeoAttribute {
  type: 'GeoProperty'
  value: { type: 'Point'; coordinates: number[] }
}
interface RelationshipAttribute {
  type: 'Relationship'
  object: string
}
export type Attribute = PropertyAttribute | GeoAttribute | RelationshipAttribute

export interface Entity {
  id: string
  type: EntityType
  /** When the register first had it, and when it was last changed or heard; only where they were asked for. */
  times?: { createdAt: string; modifiedAt: string }
  /** What is known; what is not is left out. */
  attributes: Partial<Record<AttributeName, Attribute>>
}

/** Which asset an entity stands for. */
export interface EntityName {
  type: EntityType
  municipality: string
  asset: string
}

export const idOf = ({ type, municipality, asset }: EntityName): string =>
  `urn:ngsi-ld:${type}:${municipality}:${asset}`

const idPattern = /^urn:ngsi-ld:(Streetlight|StreetlightControlCabinet):([A-Za-z0-9_-]{1,64}):([A-Za-z0-9_-]{1,64})$/

/** The other way round; `null` for an id that is not one of ours. */
export const nameOf = (id: string): EntityName | null => {
  const [, type, municipality, asset] = idPattern.exec(id) ?? []
  if (type === undefined || municipality === undefined || asset === undefined) return null
  return { type: type as EntityType, municipality, asset }
}

type ValueOf<Type extends EntityType, Name extends keyof Terms[Type]> = Terms[Type][Name] extends { value: z.ZodType }
  ? z.output<Terms[Type][Name]['value']>
  : never

/** Values by name, typed by the vocabulary; `undefined` and `null` are what is not known. */
export type Values<Type extends EntityType> = {
  [Name in keyof Terms[Type]]?: ValueOf<Type, Name> | undefined | null
}

/** Values with the units of the vocabulary, observed at one moment (`null`: not observations). */
export const attributesOf = <Type extends EntityType>(
  type: Type,
  values: Values<Type>,
  observedAt: Instant | null,
): Entity['attributes'] => {
  const found: Entity['attributes'] = {}
  const at = observedAt === null ? null : toIso(observedAt)
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue
    const term = (attributeTerms[type] as Record<string, { kind: Attribute['type']; unitCode?: string }>)[name]
    if (term !== undefined) found[name as AttributeName] = attributeOf(term, value, at)
  }
  return found
}

const attributeOf = (
  { kind, unitCode }: { kind: Attribute['type']; unitCode?: string },
  value: unknown,
  observedAt: string | null,
): Attribute => {
  switch (kind) {
    case 'GeoProperty':
      return { type: kind, value: value as GeoAttribute['value'] }
    case 'Relationship':
      return { type: kind, object: value as string }
    case 'Property':
      return {
        type: kind,
        value,
        ...(unitCode === undefined ? {} : { unitCode }),
        ...(observedAt === null ? {} : { observedAt }),
      }
  }
}
