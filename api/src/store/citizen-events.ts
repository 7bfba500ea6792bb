import type { CitizenEvent, CitizenEventName, Instant } from '@fanari/contracts'
import { toIso } from '@fanari/contracts'
import type { Database } from './database.ts'

/** What is added to the log of the citizen line. `details` never hold personal data: they stay when a person is erased. */
export interface NewCitizenEvent {
  municipality: string
  at: Instant
  by: string
  subject: CitizenEvent['subject']
  ticket: string | null
  event: CitizenEventName
  details?: CitizenEvent['details']
}

/** Adds to the log, inside the caller's transaction: a change and its event are stored together or not at all. */
export const writeCitizenEvent = (database: Database, entry: NewCitizenEvent): void => {
  database.run(
    `INSERT INTO citizen_events (municipality, at, by, subject_kind, subject, ticket, event, details)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    entry.municipality,
    entry.at,
    entry.by,
    entry.subject.kind,
    entry.subject.id,
    entry.ticket,
    entry.event,
    JSON.stringify(entry.details ?? {}),
  )
}

interface EventRow {
  id: number
  municipality: string
  at: number
  by: string
  subject_kind: CitizenEvent['subject']['kind']
  subject: string
  ticket: string | null
  event: CitizenEventName
  details: string
}

const eventOf = (row: EventRow): CitizenEvent => ({
  id: row.id,
  municipality: row.municipality,
  at: toIso(row.at),
  by: row.by,
  subject: { kind: row.subject_kind, id: row.subject },
  ticket: row.ticket,
  event: row.event,
  details: JSON.parse(row.details) as CitizenEvent['details'],
})

/** The events after `after`, of one municipality or (`null`) of all, oldest first: a follower keeps the id of the last it has done with. */
export const citizenEventsAfter = (
  database: Database,
  municipality: string | null,
  after: number,
  limit: number,
): CitizenEvent[] => {
  const rows =
    municipality === null
      ? database.all<EventRow>('SELECT * FROM citizen_events WHERE id > ? ORDER BY id LIMIT ?', after, limit)
      : database.all<EventRow>(
          'SELECT * FROM citizen_events WHERE municipality = ? AND id > ? ORDER BY id LIMIT ?',
          municipality,
          after,
          limit,
        )
  return rows.map((row) => eventOf(row))
}

/** All that happened to a ticket and its reports and work orders, oldest first. */
export const citizenEventsOfTicket = (database: Database, municipality: string, ticket: string): CitizenEvent[] =>
  database
    .all<EventRow>(
      'SELECT * FROM citizen_events WHERE municipality = ? AND ticket = ? ORDER BY id',
      municipality,
      ticket,
    )
    .map((row) => eventOf(row))
