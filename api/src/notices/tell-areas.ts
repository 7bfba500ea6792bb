import {
  type AreaInterest,
  type CitizenEvent,
  categories,
  dayMs,
  type NoticeLanguage,
  type Ticket,
} from '@fanari/contracts'
import { metresBetween } from '../reports/place.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import type { Teller } from './follower.ts'
import type { NoticeSettingsStore } from './notice-settings.ts'
import type { NoticeStore } from './notice-store.ts'
import { type NoticeMunicipality, wordsForArea } from './notice-words.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Whether a matter is what somebody wants to be told of. Pure. */
const isOfInterest = (
  { category, location }: Pick<Ticket, 'category' | 'location'>,
  interest: AreaInterest,
): boolean => {
  if (categories[category].group === 'information') return false
  if (interest.categories !== undefined && !interest.categories.includes(category)) return false
  const { area } = interest
  if ('all' in area) return true
  if ('community' in area) return location.community === area.community
  const { lat, lon } = location
  return lat !== undefined && lon !== undefined && metresBetween({ lat, lon }, area) <= area.radiusM
}

/** Tells who follows an area of each new matter there, and of each that is closed. */
export const createAreaTeller = (options: {
  store: NoticeStore
  tickets: Pick<TicketStore, 'ticket'>
  subscriptions: Pick<Subscriptions, 'confirmed'>
  settings: Pick<NoticeSettingsStore, 'of'>
  municipality: (id: string) => NoticeMunicipality
  /** Where a ticket is, in the register's words alone. */
  placeOf: (ticket: Ticket, language: NoticeLanguage) => string
  wallNow: () => number
}): Teller => {
  const { store, tickets, subscriptions, settings, wallNow } = options

  const stepOf = ({ event, details }: CitizenEvent): 'areaOpened' | 'areaClosed' | null => {
    if (event === 'ticketOpened') return 'areaOpened'
    const isMended = details.outcome === 'fixed' || details.outcome === 'unconfirmed'
    return event === 'ticketClosed' && isMended ? 'areaClosed' : null
  }

  return (event) => {
    const step = stepOf(event)
    const { municipality } = event
    const ticket = step === null || event.ticket === null ? null : tickets.ticket(municipality, event.ticket)
    if (step === null || ticket === null || ticket.mergedInto !== undefined) return
    const at = Date.parse(event.at)
    const { areaMessagesPerDay } = settings.of(municipality)
    const { name: municipalityName, local } = options.municipality(municipality)
    for (const { id, language, interest } of subscriptions.confirmed(municipality)) {
      if (!isOfInterest(ticket, interest)) continue
      const recipient = { kind: 'subscription' as const, id }
      if (store.countSince(municipality, recipient, at - dayMs) >= areaMessagesPerDay) continue
      const context = { language, municipalityName, local }
      store.add(
        {
          municipality,
          cause: `event/${event.id}`,
          step,
          channel: 'email',
          language,
          recipient,
          ticket: ticket.id,
          matter: ticket.id,
          urgent: false,
          variables: wordsForArea(step, ticket, options.placeOf(ticket, language), context),
          at,
        },
        wallNow(),
      )
    }
  }
}
