import type { AreaInterest, Incident, NoticeLanguage, Ticket } from '@fanari/contracts'
import type { Register } from '../register/register.ts'

/** Places in the register's words: nothing that a citizen wrote. */
export interface PlaceWords {
  communityName(municipality: string, community: string): string | null
  ofTicket(ticket: Ticket, language: NoticeLanguage): string
  /** In Greek. */
  ofIncident(incident: Incident): string
  ofInterest(municipality: string, interest: AreaInterest, language: NoticeLanguage): string
}

const words = {
  el: { somewhere: 'στον Δήμο', everywhere: 'όλος ο Δήμος', around: 'γύρω από' },
  en: { somewhere: 'in the municipality', everywhere: 'the whole municipality', around: 'around' },
} as const

export const createPlaceWords = (inventoryOf: Register['inventoryOf']): PlaceWords => {
  const communityName = (municipality: string, id: string): string | null => {
    const properties = inventoryOf(municipality)?.asset('community', id)?.properties
    return properties?.kind === 'community' ? properties.name : null
  }
  const streetOf = (municipality: string, luminaire: string | undefined): string | null => {
    if (luminaire === undefined) return null
    const properties = inventoryOf(municipality)?.asset('luminaire', luminaire)?.properties
    return properties?.kind === 'luminaire' ? (properties.street ?? null) : null
  }

  return {
    communityName,
    ofTicket: ({ municipality, members, location }, language) => {
      const community = location.community === undefined ? null : communityName(municipality, location.community)
      const parts = [community, streetOf(municipality, members[0])].filter((part) => part !== null)
      return parts.length === 0 ? words[language].somewhere : parts.join(', ')
    },
    ofIncident: ({ municipality, members, scope }) => {
      const inventory = inventoryOf(municipality)
      const properties = members[0] === undefined ? undefined : inventory?.asset('luminaire', members[0])?.properties
      const community =
        scope.kind === 'community' ? scope.id : properties?.kind === 'luminaire' ? properties.community : null
      const name = community === null ? null : communityName(municipality, community)
      const parts = [name, streetOf(municipality, members[0])].filter((part) => part !== null)
      return parts.length === 0 ? scope.id : parts.join(', ')
    },
    ofInterest: (municipality, { area }, language) => {
      const { everywhere, around } = words[language]
      if ('all' in area) return everywhere
      if ('community' in area) return communityName(municipality, area.community) ?? area.community
      return `${around} ${area.lat.toFixed(4)}, ${area.lon.toFixed(4)} (${Math.round(area.radiusM)} m)`
    },
  }
}
