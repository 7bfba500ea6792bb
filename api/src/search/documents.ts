import {
  type AssetFeature,
  categories,
  type Found,
  type FoundKind,
  type OfficialCode,
  type ReportRecord,
  type Ticket,
} from '@fanari/contracts'
import { type Keys, keysOf } from './query.ts'

/** Something that can be found, with the keys it is found by. */
export interface Entry extends Found, Keys {}

const placeOf = (geometry: AssetFeature['geometry']): { lat: number; lon: number } | Record<string, never> => {
  if (geometry?.type !== 'Point') return {}
  const [lon, lat] = geometry.coordinates
  return lon === undefined || lat === undefined ? {} : { lat, lon }
}

/** Names a register gives to what stands in the streets; kinds nobody looks for have no entry. */
export const assetEntry = (
  { properties, geometry }: AssetFeature,
  communityName: (id: string) => string,
  codesOf: (community: string) => OfficialCode | undefined,
): Entry | null => {
  const place = placeOf(geometry)
  switch (properties.kind) {
    case 'community': {
      const codes = codesOf(properties.id)
      const { id, name } = properties
      const detail = [codes?.ypes && `ΥΠΕΣ ${codes.ypes}`, codes?.elstat && `ΕΛΣΤΑΤ ${codes.elstat}`].filter(Boolean)
      return {
        ...{ kind: 'community', id, label: name, detail: detail.join(', '), community: id, ...place },
        ...keysOf(name, id, codes?.name, codes?.ypes, codes?.elstat),
      }
    }
    case 'luminaire': {
      const { id, street, pole, community } = properties
      const name = communityName(community)
      const label = pole === undefined ? id : `${id}, στύλος ${pole}`
      const detail = [street, name].filter((part) => part !== undefined && part !== '').join(', ')
      return { kind: 'luminaire', id, label, detail, community, ...place, ...keysOf(id, pole, street, name) }
    }
    case 'cabinet': {
      const { id, community, supplyNumber } = properties
      const name = communityName(community)
      const detail = [supplyNumber && `παροχή ${supplyNumber}`, name].filter(Boolean).join(', ')
      return {
        kind: 'cabinet',
        id,
        label: `Πίλαρ ${id}`,
        detail,
        community,
        ...place,
        ...keysOf('πίλαρ', id, supplyNumber, name),
      }
    }
    case 'sensor': {
      const { id, community } = properties
      const name = communityName(community)
      return {
        kind: 'sensor',
        id,
        label: `Αισθητήρας ${id}`,
        detail: name,
        community,
        ...place,
        ...keysOf('αισθητήρας', id, name),
      }
    }
    case 'gateway':
    case 'program':
      return null
  }
}

export const streetEntry = (street: string, community: string, communityName: string, lights: number): Entry => ({
  kind: 'street',
  id: street,
  label: street,
  detail: `${communityName}, ${lights} ${lights === 1 ? 'φωτιστικό' : 'φωτιστικά'}`,
  community,
  ...keysOf(street, communityName),
})

const namesOf = (code: string): (string | undefined)[] => {
  const category = categories[code as keyof typeof categories]
  return category === undefined ? [] : [category.el, category.en, ...category.aliases]
}

export const ticketEntry = ({ id, title, category, location, members, status }: Ticket): Entry => ({
  kind: 'ticket',
  id,
  label: title,
  detail: `${status}, ${location.text}`,
  ...(location.community === undefined ? {} : { community: location.community }),
  ...(location.lat === undefined || location.lon === undefined ? {} : { lat: location.lat, lon: location.lon }),
  ...keysOf(id, title, location.text, ...namesOf(category), members.slice(0, 50).join(' ')),
})

/** What a citizen wrote is found by staff as long as the report keeps it; who it was is kept apart, and not found by words. */
export const reportEntry = (report: ReportRecord): Entry => {
  const { id, trackingCode, category, address, street, pole, luminaire, description, community, lat, lon } = report
  return {
    kind: 'report',
    id,
    label: `${trackingCode} ${categories[category].el}`,
    detail: [address ?? street, pole, description?.slice(0, 120)].filter((part) => part !== undefined).join(', '),
    ...(community === undefined ? {} : { community }),
    ...(lat === undefined || lon === undefined ? {} : { lat, lon }),
    ...keysOf(id, trackingCode, ...namesOf(category), address, street, pole, luminaire, description),
  }
}

/** The matters a citizen can report, by staff's own words for them as well. */
export const categoryEntries: readonly Entry[] = Object.entries(categories).map(([code, { el, en, aliases }]) => ({
  kind: 'category' satisfies FoundKind,
  id: code,
  label: el,
  detail: en,
  ...keysOf(el, en, code, ...aliases),
}))
