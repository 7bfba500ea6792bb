import type { FaultName, Incident, IncidentChange, Instant, ScopeKind, Ticket, TicketStatus } from '@fanari/contracts'
import { faultCatalogue, ticketStatuses } from '@fanari/contracts'
import type { AssetFacts } from '../register/inventory.ts'
import type { Dispatch } from '../routing/dispatch.ts'
import type { Database } from '../store/database.ts'
import { newestRows } from '../store/newest-rows.ts'
import { causeOf, decideTickets, type KnownTickets } from '../tickets/rules.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import { createReportJoiner } from './join-reports.ts'

/** What one call changed: the last version of each document, for MQTT and the live pages. */
export interface ChangedDocuments {
  incidents: Incident[]
  tickets: Ticket[]
}

/** A page of documents, newest first; `next` continues after the last one. */
interface DocumentPage<Document> {
  items: Document[]
  next: PagePosition | null
}
/** The time and id of the last document of a page. */
type PagePosition = [at: Instant, id: string]

export type OpenFault = Pick<Incident, 'id' | 'fault' | 'scope'>

/** Incidents and tickets as stored: every change is one transaction. */
export interface IncidentDocuments {
  /** Stores what is new and lets the ticket rules follow; changes known already (by `revision`) change nothing. */
  apply(
    municipality: string,
    changes: readonly IncidentChange[],
    facts: AssetFacts,
    dispatch: Dispatch,
  ): ChangedDocuments
  incident(municipality: string, id: string): Incident | null
  ticket(municipality: string, id: string): Ticket | null
  /** `since`: only what was detected or resolved at or after it. */
  incidents(
    municipality: string,
    filter: { state: Incident['state'] | 'all'; since: Instant | null; limit: number; after: PagePosition | null },
  ): DocumentPage<Incident>
  tickets(
    municipality: string,
    filter: { statuses: readonly TicketStatus[]; limit: number; after: PagePosition | null },
  ): DocumentPage<Ticket>
  /** Incidents that went on, or were detected, and tickets that were opened in a stretch of time, oldest first. */
  between(municipality: string, range: { from: Instant; until: Instant }): { incidents: Incident[]; tickets: Ticket[] }
  /** What is wrong now: the open incidents of a municipality without their evidence. */
  openFaults(municipality: string): OpenFault[]
  /** How many are open, over all municipalities. */
  openCounts(): { incidents: number; tickets: number; blindness: number }
}

interface DocumentRow {
  document: string
}
interface PositionedRow extends DocumentRow {
  id: string
  at: number
}

/** Later than any document, so that the first page needs no query of its own. */
const newest: PagePosition = [Number.MAX_SAFE_INTEGER, '']

export const createIncidentDocuments = (options: { database: Database; tickets: TicketStore }): IncidentDocuments => {
  const { database, tickets: store } = options
  const joiner = createReportJoiner(options)
  const incident = (municipality: string, id: string): Incident | null => {
    const row = database.get<DocumentRow>(
      'SELECT document FROM incidents WHERE municipality = ? AND id = ?',
      municipality,
      id,
    )
    return row === null ? null : (JSON.parse(row.document) as Incident)
  }

  const writeIncident = (document: Incident) => {
    database.run(
      `INSERT INTO incidents (municipality, id, state, detected_at, resolved_at, ticket, revision, document)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, resolved_at = excluded.resolved_at, ticket = excluded.ticket,
         revision = excluded.revision, document = excluded.document`,
      document.municipality,
      document.id,
      document.state,
      Date.parse(document.detectedAt),
      document.resolvedAt === undefined ? null : Date.parse(document.resolvedAt),
      document.ticket ?? null,
      document.revision,
      JSON.stringify(document),
    )
  }
  const knownTickets = (municipality: string, changes: readonly IncidentChange[]): KnownTickets => {
    // An incident may name a parent that comes later in the same batch.
    const faults = new Map<string, FaultName>(changes.map(({ incident: { id, fault } }) => [id, fault]))
    return {
      ofIncident: (id) => store.ofIncident(municipality, id),
      ofCause: (cause) => wholeOf(store.ofCause(municipality, cause)),
      ofCitizens: (detected) =>
        joiner.ofCitizens(municipality, detected, faultCatalogue[detected.fault].ticket?.category ?? null),
      faultOf: (id) => faults.get(id) ?? incident(municipality, id)?.fault ?? null,
    }
  }

  /** A part of a matter comes back as the whole, unless something else stands behind that one now. */
  const wholeOf = (ticket: Ticket | null): Ticket | null => {
    if (ticket?.mergedInto === undefined) return ticket
    const whole = store.ticket(ticket.municipality, ticket.mergedInto)
    const behind = whole?.incident === undefined ? null : incident(ticket.municipality, whole.incident)
    return behind?.state === 'open' ? null : whole
  }

  return {
    apply: (municipality, changes, facts, dispatch) =>
      database.transaction(() => {
        const known = knownTickets(municipality, changes)
        const incidents = new Map<string, Incident>()
        const tickets = new Map<string, Ticket>()
        for (const change of changes) {
          const { id, revision } = change.incident
          const stored = incident(municipality, id)
          const goesOn = change.type === 'incident.confirmed'
          if (stored !== null && (goesOn ? stored.revision > revision : stored.revision >= revision)) continue
          const steps = decideTickets(change, known, facts, dispatch)
          for (const step of steps) {
            for (const ticket of store.write(step, { cause: causeOf(change.incident) })) tickets.set(ticket.id, ticket)
          }
          // Its document is the one that is stored.
          if (goesOn && stored !== null) continue
          const linked = steps.at(-1)?.ticket.id ?? stored?.ticket
          const document: Incident = { ...change.incident, ...(linked === undefined ? {} : { ticket: linked }) }
          writeIncident(document)
          incidents.set(id, document)
        }
        const fresh = changes.filter((change) => incidents.has(change.incident.id))
        for (const ticket of joiner.follow(municipality, fresh)) tickets.set(ticket.id, ticket)
        return { incidents: [...incidents.values()], tickets: [...tickets.values()] }
      }),

    incident,
    ticket: store.ticket,
    incidents: (municipality, { state, since, limit, after }) => {
      const [at, id] = after ?? newest
      const rows = database.all<PositionedRow>(
        `SELECT id, detected_at AS at, document FROM incidents
         WHERE municipality = ?1 AND state IN (SELECT value FROM json_each(?2))
           AND (?3 IS NULL OR detected_at >= ?3 OR resolved_at >= ?3)
           AND (detected_at, id) < (?4, ?5)
         ORDER BY detected_at DESC, id DESC LIMIT ?6`,
        municipality,
        JSON.stringify(state === 'all' ? ['open', 'resolved'] : [state]),
        since,
        at,
        id,
        limit + 1,
      )
      return pageOf<Incident>(rows, limit)
    },
    tickets: (municipality, { statuses, limit, after }) => {
      const all = ticketStatuses.every((status) => statuses.includes(status))
      const indices = { time: 'tickets_by_time', status: 'tickets_in_status' }
      const query = { municipality, indices, by: [], only: [], statuses: all ? null : statuses }
      return newestRows<DocumentRow, Ticket>(
        database,
        { table: 'tickets', time: 'created_at', ...query },
        { limit, after },
        ({ document }) => JSON.parse(document) as Ticket,
      )
    },
    between: (municipality, { from, until }) => {
      const documents = <Document>(sql: string): Document[] =>
        database
          .all<DocumentRow>(sql, municipality, from, until)
          .map(({ document }) => JSON.parse(document) as Document)
      return {
        incidents: documents<Incident>(
          `SELECT document FROM incidents WHERE municipality = ?1 AND detected_at < ?3
             AND (detected_at >= ?2 OR resolved_at IS NULL OR resolved_at >= ?2) ORDER BY detected_at, id`,
        ),
        tickets: documents<Ticket>(
          `SELECT document FROM tickets WHERE municipality = ?1 AND created_at >= ?2 AND created_at < ?3
           ORDER BY created_at, id`,
        ),
      }
    },
    openFaults: (municipality) =>
      database
        .all<{ id: string; fault: FaultName; kind: ScopeKind; scope: string }>(
          `SELECT id, document ->> '$.fault' AS fault, document ->> '$.scope.kind' AS kind, document ->> '$.scope.id' AS scope
           FROM incidents WHERE state = 'open' AND municipality = ? ORDER BY detected_at, id`,
          municipality,
        )
        .map(({ id, fault, kind, scope }) => ({ id, fault, scope: { kind, id: scope } })),
    openCounts: () =>
      database.get<{ incidents: number; tickets: number; blindness: number }>(
        `SELECT (SELECT count(*) FROM incidents WHERE state = 'open') AS incidents,
                (SELECT count(*) FROM tickets WHERE status NOT IN ('resolved', 'closed')) AS tickets,
                (SELECT count(*) FROM incidents WHERE state = 'open' AND document ->> '$.fault' = 'platformBlind') AS blindness`,
      ) ?? { incidents: 0, tickets: 0, blindness: 0 },
  }
}

const pageOf = <Document>(rows: PositionedRow[], limit: number): DocumentPage<Document> => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ document }) => JSON.parse(document) as Document),
    next: rows.length > limit && last !== undefined ? [last.at, last.id] : null,
  }
}
