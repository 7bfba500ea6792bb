import {
  categories,
  type Instant,
  type ReportRecord,
  services,
  type Ticket,
  type TicketOutcome,
  type TicketStatus,
  toIso,
} from '@fanari/contracts'
import { z } from 'zod'
import type { Inventory } from '../register/inventory.ts'
import { createPlaces } from '../reports/place.ts'
import { fold } from '../search/fold.ts'

/** The headers of Open311's bulk format (wiki.open311.org, GeoReport v2 bulk), in their order. */
const requestShape = {
  service_request_id: z.string(),
  requested_datetime: z.string(),
  updated_datetime: z.string(),
  closed_date: z.string().nullable(),
  status_description: z.string(),
  status_notes: z.string().nullable(),
  source: z.string(),
  service_name: z.string(),
  service_subtype: z.string().describe("The category's stable code"),
  description: z.string().nullable().describe('Left out: what citizens write may name people'),
  agency_responsible: z.string(),
  address: z.string().nullable(),
  lat: z.number().nullable().describe('WGS 84 [°]; of a light where it stands, else to about 100 m'),
  long: z.number().nullable(),
}
export const openRequestSchema = z.object(requestShape)
export type OpenRequest = z.infer<typeof openRequestSchema>
export const openRequestHeaders = Object.keys(requestShape) as (keyof OpenRequest)[]

export type OpenDataLanguage = 'el' | 'en'

const statusWords: Record<TicketStatus, Record<OpenDataLanguage, string>> = {
  open: { el: 'Ανοιχτό', en: 'Open' },
  assigned: { el: 'Ανατέθηκε', en: 'Assigned' },
  inProgress: { el: 'Σε εξέλιξη', en: 'In progress' },
  waiting: { el: 'Σε αναμονή', en: 'Waiting' },
  resolved: { el: 'Δηλώθηκε αποκατάσταση', en: 'Called mended' },
  closed: { el: 'Έκλεισε', en: 'Closed' },
}
const outcomeWords: Record<TicketOutcome, Record<OpenDataLanguage, string>> = {
  fixed: { el: 'Επιβεβαιωμένη αποκατάσταση', en: 'Proven to be mended' },
  unconfirmed: { el: 'Χωρίς επιβεβαίωση', en: 'Not confirmed by anyone' },
  answered: { el: 'Απαντήθηκε', en: 'Answered' },
  superseded: { el: 'Συνεχίζεται σε άλλο αίτημα', en: 'Goes on in another matter' },
  withdrawn: { el: 'Αποσύρθηκε', en: 'Withdrawn' },
  notOurs: { el: 'Εκτός αρμοδιότητας', en: 'Not within our remit' },
}

/** Three decimals are about a hundred metres: a street, not a door. */
const coarse = (degrees: number): number => Math.round(degrees * 1_000) / 1_000

/** Whether a report may be published: no question, and nothing that the spam guard or staff has set aside. */
export const isOpenData = (report: ReportRecord): boolean =>
  report.informationOnly !== true &&
  categories[report.category].safetyClass !== 'none' &&
  (report.moderation === undefined || report.moderation === 'clear')

/** Makes rows of reports and their tickets. A row holds nothing that a citizen wrote: only what was chosen, and what the register says. */
export const createOpenRequests = (inventory: Inventory, language: OpenDataLanguage) => {
  const places = createPlaces(inventory)
  const streets = new Map<string, string>()
  for (const { properties } of inventory.assets('luminaire')) {
    if (properties.kind === 'luminaire' && properties.street !== undefined) {
      streets.set(fold(properties.street), properties.street)
    }
  }

  const placeOf = (report: ReportRecord): Pick<OpenRequest, 'address' | 'lat' | 'long'> => {
    const light = report.luminaire === undefined ? null : inventory.asset('luminaire', report.luminaire)
    const asset = light?.properties.kind === 'luminaire' ? light.properties : null
    const point = asset === null ? null : places.pointOf(asset.id)
    const community = places.communityOf(asset?.community ?? report.community ?? null)?.name
    // A street that the register knows names nobody; an address that was typed may.
    const street = asset === null ? streets.get(fold(report.street ?? '')) : asset.street
    const pole =
      asset?.pole === undefined ? undefined : language === 'el' ? `ιστός ${asset.pole}` : `pole ${asset.pole}`
    const words = [street, pole, community].filter((word) => word !== undefined)
    return {
      address: words.length === 0 ? null : words.join(', '),
      lat: point?.lat ?? (report.lat === undefined ? null : coarse(report.lat)),
      long: point?.lon ?? (report.lon === undefined ? null : coarse(report.lon)),
    }
  }

  return (report: ReportRecord, ticket: Ticket): OpenRequest => {
    const isClosed = ticket.status === 'resolved' || ticket.status === 'closed'
    const { address, lat, long } = placeOf(report)
    const utc = (iso: string) => toIso(Date.parse(iso))
    return {
      service_request_id: report.id,
      requested_datetime: utc(report.createdAt),
      updated_datetime: utc(ticket.history.at(-1)?.at ?? report.createdAt),
      closed_date: isClosed ? (ticket.closedAt ?? ticket.resolvedAt ?? null) : null,
      status_description: statusWords[ticket.status][language],
      status_notes: ticket.outcome === undefined ? null : outcomeWords[ticket.outcome][language],
      source: report.channel,
      service_name: categories[report.category][language],
      service_subtype: report.category,
      description: null,
      agency_responsible: services[ticket.service][language],
      address,
      lat,
      long,
    }
  }
}

/** Which reports are asked for. */
export interface OpenDataQuery {
  from: Instant
  until: Instant
  categories: ReadonlySet<string> | null
}
