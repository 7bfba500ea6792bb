import {
  type Category,
  categories,
  dayMs,
  type Instant,
  type ReportRecord,
  services,
  type Ticket,
  type TicketStatus,
  ticketStatuses,
} from '@fanari/contracts'
import type { Database } from '../store/database.ts'
import type { Request } from './schemas.ts'

/** GeoReport's own cap: 90 days or 1 000 requests, whichever is less. */
export const caps = { spanMs: 90 * dayMs, requests: 1_000 } as const

/** What people called done is done for a citizen, though it is still to be proven. */
const closedStatuses: readonly TicketStatus[] = ['resolved', 'closed']
const statusesOf = (status: 'open' | 'closed'): readonly TicketStatus[] =>
  ticketStatuses.filter((one) => closedStatuses.includes(one) === (status === 'closed'))

export interface RequestFilter {
  codes?: readonly Category[] | undefined
  statuses?: readonly ('open' | 'closed')[] | undefined
  from: Instant
  until: Instant
  /** WGS 84 [°], and [m]. */
  near?: { lat: number; lon: number; radiusM: number } | undefined
  limit: number
  offset: number
  /** Whether to count all that fit, which costs more than to list a page of them. */
  counts: boolean
}

/** Requests as anyone may see them: reports of citizens by any channel, and what telemetry found with nobody calling. Newest first. */
export interface Open311Requests {
  find(municipality: string, filter: RequestFilter, how: Telling): { requests: Request[]; total: number | null }
  /** Those of the ids that there are. */
  byId(municipality: string, ids: readonly string[], how: Telling): Request[]
}

interface Telling {
  extensions: boolean
  /** `https://host`, before the addresses of photographs. */
  origin: string
}

interface Row {
  report: string | null
  ticket: string
  photo: string | null
  public: number
}

/**
 * A report that is not judged to be a citizen's is not shown while it waits; tickets of telemetry stand for themselves. The ticket of a
 * report that is part of another matter follows that one, so its own document says enough.
 */
const source = `
  WITH one AS (
    SELECT r.municipality, r.id, r.created_at, r.status, r.category, r.document AS report, r.ticket AS ticket_id,
      coalesce(r.document ->> '$.lat', t.lat) AS lat, coalesce(r.document ->> '$.lon', t.lon) AS lon, t.document AS ticket
    FROM reports r JOIN tickets t ON t.municipality = r.municipality AND t.id = r.ticket
    WHERE r.municipality = ?1 AND coalesce(r.document ->> '$.moderation', '') NOT IN ('pending', 'rejected')
    UNION ALL
    SELECT municipality, id, created_at, status, category, NULL, id, lat, lon, document
    FROM tickets WHERE municipality = ?1 AND source = 'telemetry'
  )`
const photo = `(SELECT a.id FROM attachments a WHERE a.municipality = ?1 AND a.subject_kind = 'report' AND a.subject = one.id
  AND a.public = 1 ORDER BY a.created_at LIMIT 1)`

export const createOpen311Requests = (database: Database): Open311Requests => {
  const requestOf = (municipality: string, row: Row, { extensions, origin }: Telling): Request =>
    describe(
      row.report === null ? null : (JSON.parse(row.report) as ReportRecord),
      JSON.parse(row.ticket) as Ticket,
      row.photo === null ? null : `${origin}/api/v1/municipalities/${municipality}/photos/${row.photo}`,
      extensions,
    )

  /** In the order of a list: newest first. */
  const documents = (municipality: string, ids: readonly string[], how: Telling): Request[] =>
    database
      .all<Row>(
        `${source} SELECT report, ticket, ${photo} AS photo FROM one WHERE id IN (SELECT value FROM json_each(?2))
         ORDER BY created_at DESC, id DESC LIMIT ${caps.requests}`,
        municipality,
        JSON.stringify(ids),
      )
      .map((row) => requestOf(municipality, row, how))

  const find: Open311Requests['find'] = (municipality, filter, how) => {
    const { codes, statuses, from, until, near, limit, offset, counts } = filter
    const wanted = statuses?.flatMap((status) => statusesOf(status))
    // A square around the circle lets the database leave most of the town out; the circle itself is worked out here.
    const reach = near === undefined ? null : degreesAround(near)
    const where = `created_at >= ?2 AND created_at < ?3 AND (?4 IS NULL OR category IN (SELECT value FROM json_each(?4)))
      AND (?5 IS NULL OR status IN (SELECT value FROM json_each(?5)))
      AND (?6 IS NULL OR (lat BETWEEN ?6 AND ?7 AND lon BETWEEN ?8 AND ?9))`
    const values = [
      ...[municipality, from, until],
      ...[codes, wanted].map((list) => (list === undefined ? null : JSON.stringify(list))),
      ...(reach ?? [null, null, null, null]),
    ]
    const most = Math.min(limit, caps.requests)
    // Ids first: a page reads its documents alone, however many requests there are.
    const listed = database.all<{ id: string; lat: number | null; lon: number | null }>(
      `${source} SELECT id, lat, lon FROM one WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT ?10 OFFSET ?11`,
      ...values,
      ...(near === undefined ? [most, offset] : [-1, 0]),
    )
    const inside =
      near === undefined
        ? listed
        : listed.filter(({ lat, lon }) => lat !== null && lon !== null && distanceM(near, { lat, lon }) <= near.radiusM)
    const page = near === undefined ? inside : inside.slice(offset, offset + most)
    const count = () =>
      near === undefined
        ? (database.get<{ total: number }>(`${source} SELECT count(*) AS total FROM one WHERE ${where}`, ...values)
            ?.total ?? 0)
        : inside.length
    const ids = page.map(({ id }) => id)
    return { requests: documents(municipality, ids, how), total: counts ? count() : null }
  }

  return {
    find,
    byId: documents,
  }
}

/** Of a sphere of the mean radius; a street's length off by 0.5 % at most. */
const earthRadiusM = 6_371_008.8
const radians = (degrees: number): number => (degrees * Math.PI) / 180

const distanceM = (a: { lat: number; lon: number }, b: { lat: number; lon: number }): number => {
  const half =
    Math.sin(radians(b.lat - a.lat) / 2) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lon - a.lon) / 2) ** 2
  return 2 * earthRadiusM * Math.asin(Math.sqrt(half))
}

const degreesAround = ({ lat, lon, radiusM }: { lat: number; lon: number; radiusM: number }): number[] => {
  const high = radiusM / earthRadiusM / radians(1)
  const wide = high / Math.max(0.01, Math.cos(radians(lat)))
  return [lat - high, lat + high, lon - wide, lon + wide]
}

/** The steps of a matter that concern a citizen, in their words. */
const publicSteps: Partial<Record<Ticket['history'][number]['event'], string>> = {
  opened: 'Καταγράφηκε',
  assigned: 'Ανατέθηκε σε συνεργείο',
  started: 'Το συνεργείο ξεκίνησε',
  waiting: 'Σε αναμονή',
  forwarded: 'Διαβιβάστηκε στην αρμόδια υπηρεσία',
  resolved: 'Δηλώθηκε αποκατάσταση',
  closed: 'Έκλεισε',
  reopened: 'Άνοιξε ξανά',
}

const noticeOf = ({ status, service }: Ticket): string => {
  const office = services[service].el
  switch (status) {
    case 'open':
      return `Αρμόδια υπηρεσία: ${office}. Θα ανατεθεί σε συνεργείο.`
    case 'assigned':
    case 'inProgress':
      return `Αρμόδια υπηρεσία: ${office}. Συνεργείο έχει αναλάβει.`
    case 'waiting':
      return `Αρμόδια υπηρεσία: ${office}. Σε αναμονή τρίτου ή στοιχείων.`
    case 'resolved':
      return 'Δηλώθηκε αποκατάσταση· αναμένεται επιβεβαίωση.'
    case 'closed':
      return 'Η υπόθεση έκλεισε.'
  }
}

/** A request without who sent it, and without what they wrote unless somebody has read it and found it fit for all. Pure. */
const describe = (report: ReportRecord | null, ticket: Ticket, media: string | null, extensions: boolean): Request => {
  const category: Category = report?.category ?? ticket.category
  const steps = ticket.history.flatMap(({ at, event }) => {
    const words = publicSteps[event]
    return words === undefined ? [] : [{ datetime: at, description: words, type: event as string }]
  })
  const last = steps.at(-1)
  const requested = report?.createdAt ?? ticket.createdAt
  const isClosed = closedStatuses.includes(ticket.status)
  const step = (isClosed ? (ticket.closedAt ?? ticket.resolvedAt) : undefined) ?? last?.datetime ?? requested
  // Who joins a matter that is under way is not answered with a step from before they wrote.
  const updated = Date.parse(step) < Date.parse(requested) ? requested : step
  const shown = report?.moderation === 'clear' ? report.description : undefined
  const luminaire = report?.luminaire ?? (ticket.members.length === 1 ? ticket.members[0] : undefined)
  return {
    service_request_id: report?.id ?? ticket.id,
    status: isClosed ? 'closed' : 'open',
    status_notes: last?.description ?? null,
    service_name: categories[category].el,
    service_code: category,
    description: shown ?? (report === null ? ticket.title : null),
    agency_responsible: services[ticket.service].el,
    service_notice: noticeOf(ticket),
    requested_datetime: requested,
    updated_datetime: updated,
    expected_datetime: ticket.dueAt ?? null,
    address: ticket.location.text === '' ? null : ticket.location.text,
    address_id: luminaire ?? null,
    zipcode: null,
    lat: report?.lat ?? ticket.location.lat ?? null,
    long: report?.lon ?? ticket.location.lon ?? null,
    media_url: media,
    ...(extensions
      ? {
          extended_attributes: {
            channel: report?.channel ?? 'telemetry',
            status: ticket.status,
            outcome: ticket.outcome ?? null,
            matter: ticket.mergedInto ?? ticket.id,
            reports: ticket.reports,
            incident: ticket.incident ?? null,
            luminaire: luminaire ?? null,
            community: report?.community ?? ticket.location.community ?? null,
            detected_by_telemetry: ticket.source === 'telemetry' || ticket.incident !== undefined,
          },
          notes: steps,
        }
      : {}),
  }
}
