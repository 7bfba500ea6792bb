import type { Attribute, Entity, GeoAttribute } from './entity.ts'

/** How attributes are written (ETSI GS CIM 009, 4.5.2 to 4.5.4). */
export type Format = 'normalized' | 'concise' | 'simplified'

/** Which members of an entity are shown. */
export type Projection = { kind: 'all' } | { kind: 'only' | 'without'; members: ReadonlySet<string> }

export interface Representation {
  format: Format
  projection: Projection
}

type Json = Record<string, unknown>

/** An entity as JSON, by its parts: `id` and `type` may be left out as attributes may. */
export const represent = (entity: Entity, { format, projection }: Representation): Json => {
  const shows = (member: string): boolean => isShown(projection, member)
  const shown: Json = {}
  if (shows('id')) shown.id = entity.id
  if (shows('type')) shown.type = entity.type
  // Whoever asks for times wants them, whatever attributes are chosen.
  if (entity.times !== undefined) Object.assign(shown, entity.times)
  for (const [name, attribute] of Object.entries(entity.attributes)) {
    if (shows(name)) shown[name] = writers[format](attribute)
  }
  return shown
}

const isShown = (projection: Projection, member: string): boolean => {
  switch (projection.kind) {
    case 'all':
      return true
    case 'only':
      return projection.members.has(member)
    case 'without':
      return !projection.members.has(member)
  }
}

const writers: Record<Format, (attribute: Attribute) => unknown> = {
  normalized: (attribute) => attribute,
  concise: (attribute) => {
    if (attribute.type === 'Relationship') return { object: attribute.object }
    if (attribute.type === 'GeoProperty') return attribute.value
    const { type: _type, ...rest } = attribute
    return Object.keys(rest).length === 1 ? attribute.value : rest
  },
  simplified: (attribute) => {
    if (attribute.type === 'Relationship') return attribute.object
    return attribute.type === 'GeoProperty' ? attribute.value : plain(attribute.value)
  },
}

/** A typed time as its text. */
const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && '@value' in value ? value['@value'] : value

/**
 * An entity as a GeoJSON feature (4.5.16). Its geometry is shown whatever attributes are chosen; there is none when a property is
 * asked for that is no place of it.
 */
export const featureOf = (entity: Entity, representation: Representation, hasGeometry: boolean): Json => {
  const { id: _id, ...properties } = represent(entity, representation)
  const location = entity.attributes.location as GeoAttribute | undefined
  return { id: entity.id, type: 'Feature', geometry: hasGeometry ? (location?.value ?? null) : null, properties }
}
