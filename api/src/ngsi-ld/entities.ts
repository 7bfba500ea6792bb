import {
  type AssetFeature,
  type AssetKind,
  deviceOf,
  type LightQueries,
  type LuminaireStatus,
  type ReceivedReading,
  toIso,
} from '@fanari/contracts'
import type { IncidentDocuments } from '../incidents/documents.ts'
import type { Register } from '../register/register.ts'
import { cabinetEntity } from './cabinet.ts'
import { type Entity, type EntityName, idOf } from './entity.ts'
import { type EntityQuery, isSelected, typesOf } from './entity-query.ts'
import { triesPatterns } from './query-language.ts'
import { fulfils } from './query-matching.ts'
import { streetlightEntity } from './streetlight.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'
import type { EntityType } from './vocabulary.ts'
import { withinTime } from './within-time.ts'

/** The register and what is known of it now, as entities: made for each answer, never stored. */
export interface Entities {
  /** A page in the order of the ids, and how many there are. `municipality` null: of all. */
  find(municipality: string | null, query: EntityQuery): Promise<{ entities: Entity[]; total: number }>
  entity(name: EntityName, options: { times: boolean }): Promise<Entity | null>
  /** Every one, for the discovery of types and attributes. */
  all(municipality: string | null): Promise<Entity[]>
}

const kinds = { Streetlight: 'luminaire', StreetlightControlCabinet: 'cabinet' } as const satisfies Record<
  EntityType,
  AssetKind
>

/** An asset that may be asked for. */
interface Candidate extends EntityName {
  id: string
  feature: AssetFeature
}

export const createEntities = (options: {
  register: Pick<Register, 'municipalities' | 'municipality' | 'inventoryOf' | 'timesOf'>
  lights: Pick<LightQueries, 'luminaires' | 'lastReadings'>
  documents: Pick<IncidentDocuments, 'openFaults'>
}): Entities => {
  const { register, lights, documents } = options

  function* candidates(municipality: string | null, types: readonly EntityType[]): Iterable<Candidate> {
    const ids = municipality === null ? register.municipalities().map(({ id }) => id) : [municipality]
    for (const one of ids) {
      for (const type of types) {
        for (const feature of register.inventoryOf(one)?.assets(kinds[type]) ?? []) {
          const name: EntityName = { type, municipality: one, asset: feature.properties.id }
          yield { ...name, id: idOf(name), feature }
        }
      }
    }
  }

  const select = (municipality: string | null, query: EntityQuery): Candidate[] => {
    const found = [...candidates(municipality, typesOf(query))].filter(
      (one) => isSelected(query, one) && (query.isAt === null || query.isAt(placeOf(one.feature))),
    )
    return found.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** The entities of one municipality, in the order given. */
  const buildIn = async (municipality: string, chosen: readonly Candidate[]): Promise<Entity[]> => {
    const inventory = register.inventoryOf(municipality)
    if (inventory === null) return []
    const provider = register.municipality(municipality)?.name ?? municipality
    const surroundings = surroundingsOf(provider, inventory, documents.openFaults(municipality))
    const luminaires = chosen.filter(({ type }) => type === 'Streetlight').map(({ asset }) => asset)
    const meters = chosen.flatMap(({ type, feature }) =>
      type === 'StreetlightControlCabinet' ? (deviceOf(feature.properties) ?? []) : [],
    )
    const statuses = luminaires.length === 0 ? [] : await lights.luminaires(municipality, luminaires)
    const readings = meters.length === 0 ? [] : await lights.lastReadings(municipality, meters)
    const known: Known = {
      statuses: new Map(luminaires.map((id, i) => [id, statuses[i] ?? null])),
      readings: new Map(meters.map((device, i) => [device, readings[i] ?? null])),
    }
    return chosen.flatMap(({ feature }) => entityOf(municipality, feature, known, surroundings) ?? [])
  }

  const build = async (chosen: readonly Candidate[]): Promise<Entity[]> => {
    const groups = Map.groupBy(chosen, ({ municipality }) => municipality)
    const built = await Promise.all([...groups].map(([municipality, group]) => buildIn(municipality, group)))
    const [only = []] = built
    return groups.size <= 1 ? only : built.flat().sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  const withTimes = (entities: readonly Entity[], chosen: readonly Candidate[]): Entity[] => {
    const byId = new Map(chosen.map((one) => [one.id, one]))
    const groups = Map.groupBy(chosen, ({ type, municipality }) => `${municipality} ${type}`)
    const times = new Map(
      [...groups].flatMap(([key, group]) => {
        const [{ municipality, type } = { municipality: '', type: 'Streetlight' as const }] = group
        const ids = group.map(({ asset }) => asset)
        return [...register.timesOf(municipality, kinds[type], ids)].map(([id, at]) => [`${key} ${id}`, at] as const)
      }),
    )
    return entities.map((entity) => {
      const { municipality, type, asset } = byId.get(entity.id) ?? { municipality: '', type: '', asset: '' }
      const at = times.get(`${municipality} ${type} ${asset}`)
      return at === undefined ? entity : { ...entity, times: timesOf(entity, at) }
    })
  }

  return {
    find: async (municipality, query) => {
      const { condition, attributes, limit, offset } = query
      const selects = () => select(municipality, query)
      const found = query.selectors.some(({ idPattern }) => idPattern !== null) ? withinTime(selects) : selects()
      const page = <One>(list: readonly One[]): One[] => list.slice(offset, offset + limit)
      const finish = (entities: Entity[]): Entity[] => (query.times ? withTimes(entities, found) : entities)
      // What the register alone decides needs no more than a page to be looked up.
      if (condition === null && attributes === null) {
        return { entities: finish(await build(page(found))), total: found.length }
      }
      const built = await build(found)
      const matches = () =>
        built.filter(
          (entity) =>
            (attributes === null || attributes.some((name) => name in entity.attributes)) &&
            (condition === null || fulfils(entity, condition)),
        )
      const matching = condition !== null && triesPatterns(condition) ? withinTime(matches) : matches()
      return { entities: finish(page(matching)), total: matching.length }
    },

    entity: async (name, { times }) => {
      const feature = register.inventoryOf(name.municipality)?.asset(kinds[name.type], name.asset)
      if (feature == null) return null
      const candidate = { ...name, id: idOf(name), feature }
      const built = await build([candidate])
      return (times ? withTimes(built, [candidate]) : built)[0] ?? null
    },

    all: (municipality) => build([...candidates(municipality, ['Streetlight', 'StreetlightControlCabinet'])]),
  }
}

interface Known {
  /** By light. */
  statuses: ReadonlyMap<string, LuminaireStatus | null>
  /** By device. */
  readings: ReadonlyMap<string, ReceivedReading | null>
}

const placeOf = ({ geometry }: AssetFeature): number[] => (geometry?.type === 'Point' ? geometry.coordinates : [])

const entityOf = (
  municipality: string,
  feature: AssetFeature,
  { statuses, readings }: Known,
  surroundings: Surroundings,
): Entity | null => {
  const { properties } = feature
  const coordinates = placeOf(feature)
  switch (properties.kind) {
    case 'luminaire':
      return streetlightEntity(
        municipality,
        { properties, coordinates },
        statuses.get(properties.id) ?? null,
        surroundings,
      )
    case 'cabinet': {
      const reading = readings.get(properties.device ?? '') ?? null
      return cabinetEntity(municipality, { properties, coordinates }, reading, surroundings)
    }
    default:
      return null
  }
}

/** An entity changes when its asset does, and with each observation. */
const timesOf = ({ attributes }: Entity, at: { createdAt: number; updatedAt: number }) => {
  let modifiedAt = at.updatedAt
  for (const attribute of Object.values(attributes)) {
    if (attribute.type === 'Property' && attribute.observedAt !== undefined)
      modifiedAt = Math.max(modifiedAt, Date.parse(attribute.observedAt))
  }
  return { createdAt: toIso(at.createdAt), modifiedAt: toIso(modifiedAt) }
}
