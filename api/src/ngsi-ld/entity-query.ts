import type { z } from 'zod'
import type { Entity } from './entity.ts'
import { NgsiLdError } from './errors.ts'
import { type GeoParameters, isLocation, readGeoQuery } from './geo-query.ts'
import type { entitiesQuerySchema, postQuerySchema, queryDocumentSchema, shownQuery } from './parameters.ts'
import { type Condition, patternOf, readQuery } from './query-language.ts'
import type { Format, Projection, Representation } from './representation.ts'
import { type EntityType, entityTypes, shortNameOf } from './vocabulary.ts'

/** Entities of these types, of these ids and of this pattern; `null` is any. */
interface Selector {
  types: ReadonlySet<string> | null
  ids: ReadonlySet<string> | null
  idPattern: RegExp | null
}

/** What is asked for, understood. */
export interface EntityQuery {
  selectors: readonly Selector[]
  condition: Condition | null
  isAt: ReturnType<typeof readGeoQuery>
  /** Only entities with one of these. */
  attributes: readonly string[] | null
  limit: number
  offset: number
  times: boolean
}

/** How the answer shall look. */
export interface Shown extends Representation {
  times: boolean
  hasGeometry: boolean
  attributes: readonly string[] | null
}

type Names = readonly string[] | undefined
type Parameters = z.output<typeof entitiesQuerySchema>

const wrong = (detail: string) => new NgsiLdError('BadRequestData', detail)

/** @throws NgsiLdError */
export const readEntityQuery = (parameters: Parameters): { query: EntityQuery; shown: Shown } => {
  const { type, id, idPattern, attrs, q, georel, local } = parameters
  if (type === undefined && attrs === undefined && q === undefined && georel === undefined && local !== true)
    throw wrong('Ask for a type (type=Streetlight, or type=*), for attrs, by q, by georel or with local=true')
  if (type === '*' && local === false) throw wrong('type=* is local')
  const shown = readShown(parameters)
  return {
    query: queryOf(parameters, parameters, shown, [
      selectorOf(type, id === undefined ? undefined : itemsOf(id, 'id'), idPattern),
    ]),
    shown,
  }
}

/** A query by POST. @throws NgsiLdError */
export const readPostQuery = (
  parameters: z.output<typeof postQuerySchema>,
  document: z.output<typeof queryDocumentSchema>,
): { query: EntityQuery; shown: Shown } => {
  const { entities, attrs, pick, omit, q, geoQ } = document
  if (entities === undefined && attrs === undefined && q === undefined && geoQ === undefined)
    throw wrong('Ask for entities, attrs, q or geoQ')
  const shown = readShown(parameters, { attrs, pick, omit })
  const selectors = (entities ?? [{ type: '*', id: undefined, idPattern: undefined }]).map((one) =>
    selectorOf(one.type, one.id === undefined ? undefined : [one.id].flat(), one.idPattern),
  )
  return { query: queryOf({ q, ...geoQ }, parameters, shown, selectors), shown }
}

const queryOf = (
  { q, ...geo }: GeoParameters & { q?: string | undefined },
  { limit, offset, count }: { limit: number; offset: number; count: boolean },
  { attributes, times }: Shown,
  selectors: readonly Selector[],
): EntityQuery => {
  if (limit === 0 && !count) throw wrong('limit=0 is for count=true')
  return {
    selectors,
    condition: q === undefined ? null : readQuery(q),
    isAt: readGeoQuery(geo),
    attributes,
    limit,
    offset,
    times,
  }
}

const selectorOf = (type: string | undefined, ids: Names, idPattern: string | undefined): Selector => {
  for (const id of ids ?? []) checkUri(id)
  return {
    types: type === undefined || type === '*' ? null : typesIn(type),
    ids: ids === undefined ? null : new Set(ids),
    idPattern: idPattern === undefined ? null : patternOf(idPattern, 'idPattern'),
  }
}

/** 4.17, as far as it makes sense where every entity has one type: alternatives. */
const typesIn = (text: string): Set<string> => {
  if (/[;()]/.test(text)) throw new NgsiLdError('OperationNotSupported', 'No entity has two types: ask for Type,Type')
  return new Set(itemsOf(text.replaceAll('|', ','), 'type').map(shortNameOf))
}

/** @throws NgsiLdError for what no entity can be called */
export const checkUri = (id: string): void => {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(id)) throw wrong(`${id.slice(0, 100)} is not a URI, as ids are`)
}

const itemsOf = (text: string, name: string): string[] => {
  const items = text.split(',')
  if (items.includes('')) throw wrong(`${name} has an empty name in it`)
  return items
}

type ShownParameters = Partial<{ [Name in keyof typeof shownQuery]: z.output<(typeof shownQuery)[Name]> | undefined }>

/** How entities shall be shown. `names`: from a document, in the place of those in the address. @throws NgsiLdError */
export const readShown = (
  parameters: ShownParameters,
  names: { attrs?: Names; pick?: Names; omit?: Names } = {
    attrs: parameters.attrs === undefined ? undefined : itemsOf(parameters.attrs, 'attrs'),
    pick: parameters.pick === undefined ? undefined : itemsOf(parameters.pick, 'pick'),
    omit: parameters.omit === undefined ? undefined : itemsOf(parameters.omit, 'omit'),
  },
): Shown => {
  const options = parameters.options === undefined ? [] : itemsOf(parameters.options, 'options')
  for (const option of options) {
    if (option !== 'sysAttrs' && !(option in formats))
      throw new NgsiLdError(
        'InvalidRequest',
        `options has ${option}; there are ${[...Object.keys(formats), 'sysAttrs']}`,
      )
  }
  const named = parameters.format ?? options.find((option) => option in formats) ?? 'normalized'
  const { geometryProperty } = parameters
  return {
    format: formats[named as keyof typeof formats],
    times: options.includes('sysAttrs'),
    hasGeometry: geometryProperty === undefined || isLocation(geometryProperty),
    projection: projectionOf(names),
    attributes: names.attrs?.map(shortNameOf) ?? null,
  }
}

const formats = {
  normalized: 'normalized',
  concise: 'concise',
  simplified: 'simplified',
  keyValues: 'simplified',
} as const satisfies Record<string, Format>

const projectionOf = ({ attrs, pick, omit }: { attrs?: Names; pick?: Names; omit?: Names }): Projection => {
  if (attrs !== undefined && (pick !== undefined || omit !== undefined)) throw wrong('attrs goes without pick and omit')
  const given = attrs ?? pick ?? omit
  if (given === undefined) return { kind: 'all' }
  for (const name of [...(pick ?? []), ...(omit ?? []), ...(attrs ?? [])]) {
    if (!/^[\p{L}_][\p{L}\p{N}_.:/#-]*$/u.test(name)) throw wrong(`${name.slice(0, 100)} is no name of a member`)
  }
  const members = new Set(given.map(shortNameOf))
  if (attrs !== undefined) {
    if (members.has('id') || members.has('type')) throw wrong('id and type are not attributes: they are always shown')
    return { kind: 'only', members: new Set([...members, 'id', 'type']) }
  }
  if (pick === undefined) return { kind: 'without', members }
  const omitted = new Set((omit ?? []).map(shortNameOf))
  for (const name of omitted) if (members.has(name)) throw wrong(`${name} is both in pick and in omit`)
  return { kind: 'only', members }
}

/** Whether an id and a type are among those asked for. */
export const isSelected = ({ selectors }: EntityQuery, { id, type }: Pick<Entity, 'id' | 'type'>): boolean =>
  selectors.some(
    ({ types, ids, idPattern }) =>
      (types === null || types.has(type)) &&
      (ids === null || ids.has(id)) &&
      (idPattern === null || idPattern.test(id)),
  )

/** The types that can be among those asked for. */
export const typesOf = ({ selectors }: EntityQuery): EntityType[] =>
  entityTypes.filter((type) => selectors.some(({ types }) => types === null || types.has(type)))
