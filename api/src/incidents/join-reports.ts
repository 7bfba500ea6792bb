import { type Category, categories, type IncidentChange, type Instant, type Ticket } from '@fanari/contracts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { gatherReport, mergeRefusal, mergeTickets, releaseReport, unmergeTicket } from '../tickets/gathering.ts'
import { isSettled, stepTicket, type TicketChange } from '../tickets/step.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'

/*
 * One cause, one ticket, also when citizens were first: what they reported joins the incident that explains it, goes along when a wider
 * cause takes that one over, and goes back to the single lamps when the wide one is split.
 */
export interface ReportJoiner {
  /** The open ticket of citizens that an incident is about, before it opens one of its own. */
  ofCitizens(municipality: string, incident: IncidentChange['incident'], category: Category | null): Ticket | null
  /** After the tickets of a batch are written, within the same transaction. Answers what changed. */
  follow(municipality: string, changes: readonly IncidentChange[]): Ticket[]
}

export const createReportJoiner = (options: { database: Database; tickets: TicketStore }): ReportJoiner => {
  const { database, tickets } = options

  /** Open matters of citizens' own that could be what an incident sees. */
  const citizensTickets = (municipality: string): Ticket[] =>
    database
      .all<{ document: string }>(
        `SELECT document FROM tickets WHERE municipality = ? AND status IN ('open', 'assigned', 'inProgress', 'waiting', 'resolved')
           AND category_group = 'lighting' AND incident IS NULL AND merged_into IS NULL ORDER BY created_at, id`,
        municipality,
      )
      .map(({ document }) => JSON.parse(document) as Ticket)

  const isAbout = (ticket: Ticket, { members, scope }: IncidentChange['incident'], category: Category): boolean => {
    const { trouble } = categories[category]
    if (trouble === null || categories[ticket.category].trouble !== trouble) return false
    if (ticket.members.length > 0) return ticket.members.every((luminaire) => members.includes(luminaire))
    return scope.kind === 'circuit' && ticket.dedupKey === `circuit:${scope.id}:${trouble}`
  }

  const merge = (child: Ticket, parent: Ticket, at: Instant): Ticket[] => {
    if (mergeRefusal(child, parent) !== null) return []
    const grandchildren = (child.children ?? []).flatMap((id) => tickets.ticket(child.municipality, id) ?? [])
    const note = 'Η ίδια αιτία'
    return writeAll(mergeTickets(child, parent, grandchildren, { by: 'telemetry', at, note }))
  }

  const writeAll = (steps: readonly TicketChange[]): Ticket[] => steps.flatMap((step) => tickets.write(step))

  /** The wider cause takes the narrower one's reports with it. */
  const goAlong = (municipality: string, { incident, at }: IncidentChange): Ticket[] => {
    if (incident.parent === undefined) return []
    const ticket = tickets.ofIncident(municipality, incident.id)
    const wider = tickets.ofIncident(municipality, incident.parent)
    if (ticket === null || wider === null || ticket.id === wider.id) return []
    return ticket.reports === 0 || ticket.status === 'closed' ? [] : merge(ticket, wider, at)
  }

  /** What citizens reported before telemetry knew, beyond the ticket that the incident took up. */
  const gatherIn = (municipality: string, { incident, at }: IncidentChange, own: readonly Ticket[]): Ticket[] => {
    if (incident.state !== 'open') return []
    const ticket = tickets.ofIncident(municipality, incident.id)
    if (ticket === null || isSettled(ticket) || ticket.mergedInto !== undefined) return []
    return own
      .filter((one) => one.id !== ticket.id && isAbout(one, incident, ticket.category))
      .flatMap((one) => {
        const child = tickets.ticket(municipality, one.id)
        const parent = tickets.ticket(municipality, ticket.id)
        return child === null || parent === null || child.incident !== undefined ? [] : merge(child, parent, at)
      })
  }

  /** A wide cause is over and some of its lights stay dark by their own: each report goes with its lamp, the others are mended. */
  const goBack = (municipality: string, { incident, at }: IncidentChange): Ticket[] => {
    if (incident.state !== 'resolved' || incident.resolution !== 'split') return []
    const wide = tickets.ofIncident(municipality, incident.id)
    if (wide === null || wide.reports === 0 || wide.status === 'closed') return []
    const changed: Ticket[] = []
    for (const id of wide.children ?? []) {
      const child = tickets.ticket(municipality, id)
      const parent = tickets.ticket(municipality, wide.id)
      const still = child === null ? null : stillDark(municipality, child.members[0], wide.id)
      if (child === null || parent === null || still === null) continue
      changed.push(...writeAll(unmergeTicket(child, parent, { by: 'telemetry', at })))
      const own = tickets.ticket(municipality, child.id)
      if (own !== null && own.id !== still.id) changed.push(...merge(own, still, at))
    }
    for (const { id, luminaire } of reportsOf(municipality, wide.id)) {
      const still = stillDark(municipality, luminaire ?? undefined, wide.id)
      const from = tickets.ticket(municipality, wide.id)
      if (still === null || from === null) continue
      moveReport(municipality, id, still, at)
      const steps = [
        ...releaseReport(from, { by: 'telemetry', at }),
        ...gatherReport(still, { by: 'telemetry', at, firstReportAt: at }),
      ]
      changed.push(...writeAll(steps))
    }
    const rest = tickets.ticket(municipality, wide.id)
    if (rest === null || rest.status === 'closed') return changed
    const closedAt = new Date(at).toISOString()
    const outcome = rest.reports > 0 ? ('fixed' as const) : ('superseded' as const)
    const note = 'Η ευρύτερη βλάβη έληξε'
    const over: Ticket = { ...rest, status: 'closed', closedAt, outcome }
    changed.push(...writeAll([stepTicket('ticket.closed', over, { event: 'closed', by: 'telemetry', at, note })]))
    return changed
  }

  /** The open ticket of the incident that a lamp still has, the wide one aside. */
  const stillDark = (municipality: string, luminaire: string | undefined, wide: string): Ticket | null => {
    if (luminaire === undefined) return null
    const row = database.get<{ document: string }>(
      `SELECT document FROM tickets WHERE municipality = ?1 AND incident IS NOT NULL AND status NOT IN ('resolved', 'closed')
         AND merged_into IS NULL AND id <> ?2
         AND id IN (SELECT ticket FROM ticket_members WHERE municipality = ?1 AND luminaire = ?3)
       ORDER BY created_at DESC LIMIT 1`,
      municipality,
      wide,
      luminaire,
    )
    return row === null ? null : (JSON.parse(row.document) as Ticket)
  }

  const reportsOf = (municipality: string, ticket: string) =>
    database.all<{ id: string; luminaire: string | null }>(
      'SELECT id, luminaire FROM reports WHERE municipality = ? AND ticket = ? ORDER BY created_at, id',
      municipality,
      ticket,
    )

  const moveReport = (municipality: string, id: string, to: Ticket, at: Instant): void => {
    database.run(
      "UPDATE reports SET status = ?, document = json_set(document, '$.ticket', ?) WHERE municipality = ? AND id = ?",
      to.status,
      to.id,
      municipality,
      id,
    )
    const subject = { kind: 'report' as const, id }
    writeCitizenEvent(database, {
      municipality,
      at,
      by: 'telemetry',
      subject,
      ticket: to.id,
      event: 'reportMoved',
      details: { to: to.id },
    })
  }

  return {
    ofCitizens: (municipality, incident, category) =>
      category === null
        ? null
        : (citizensTickets(municipality).find((ticket) => isAbout(ticket, incident, category)) ?? null),
    follow: (municipality, changes) => {
      const any = database.get<{ id: string }>('SELECT id FROM reports WHERE municipality = ? LIMIT 1', municipality)
      if (any === null) return []
      const own = citizensTickets(municipality)
      return [
        ...changes.flatMap((change) => goAlong(municipality, change)),
        ...(own.length === 0 ? [] : changes.flatMap((change) => gatherIn(municipality, change, own))),
        ...changes.flatMap((change) => goBack(municipality, change)),
      ]
    },
  }
}
