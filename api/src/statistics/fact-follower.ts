import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CitizenEvent, ClockKind, ReportRecord, Ticket } from '@fanari/contracts'
import type { Database } from '../store/database.ts'
import { type ClockFact, type ReportFact, reportFactOf, type TicketFact, ticketFactOf } from './facts.ts'

/** The facts of one municipality, by id. */
export interface Facts {
  reports: Map<string, ReportFact>
  tickets: Map<string, TicketFact>
  /** Another number after each change. */
  version: number
}

/**
 * Facts in memory that follow the database: each change of a document is read anew, whole, so that what is remembered is what a count
 * from the beginning would find. Nothing is stored: a restart counts from the beginning.
 */
export interface FactFollower {
  of(municipality: string): Facts
  /** Returns once everything that is stored is in the facts. */
  upToDate(): Promise<void>
  start(): void
  stop(): Promise<void>
}

/** Changes that are read before others have a turn. */
const batchSize = 200
/** Between two looks when nobody asks [ms]. */
const pauseMs = 1_000

interface ChangeRow {
  change: number
  kind: string
  municipality: string
  id: string
}

export const createFactFollower = (options: { database: Database; followClocks: () => void }): FactFollower => {
  const { database, followClocks } = options
  const municipalities = new Map<string, Facts>()
  let changeRead = 0
  /** Events up to here are in the response clocks that were read; `null` before the first look. */
  let clockRead: number | null = null
  let catching: Promise<void> | null = null
  let queued: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let isStopped = true

  const of = (municipality: string): Facts => {
    const known = municipalities.get(municipality) ?? { reports: new Map(), tickets: new Map(), version: 0 }
    municipalities.set(municipality, known)
    return known
  }

  const clock = (municipality: string, subjectKind: string, id: string, kind: ClockKind): ClockFact | null =>
    database.get<ClockFact>(
      `SELECT document ->> '$.startedAt' AS startedAt, document ->> '$.dueAt' AS dueAt,
         document ->> '$.stoppedAt' AS stoppedAt, document ->> '$.inTime' AS inTime
       FROM clocks WHERE municipality = ? AND subject_kind = ? AND subject = ? AND kind = ?`,
      municipality,
      subjectKind,
      id,
      kind,
    )

  const readReport = (municipality: string, id: string): void => {
    const row = database.get<{ document: string }>(
      'SELECT document FROM reports WHERE municipality = ? AND id = ?',
      municipality,
      id,
    )
    if (row === null) return
    const report = JSON.parse(row.document) as ReportRecord
    // Of what no operator has moved the report itself says by which rule it joined.
    const told =
      report.attached.rule === 'operator'
        ? database.all<Pick<CitizenEvent, 'event'>>(
            `SELECT event FROM citizen_events WHERE municipality = ? AND subject_kind = 'report' AND subject = ?
               AND event IN ('reportAttached', 'reportDetached', 'reportMoved')`,
            municipality,
            id,
          )
        : null
    const facts = of(municipality)
    facts.reports.set(id, reportFactOf(report, told, clock(municipality, 'report', id, 'response')))
    facts.version++
  }

  const readTicket = (municipality: string, id: string): void => {
    const row = database.get<{ document: string }>(
      'SELECT document FROM tickets WHERE municipality = ? AND id = ?',
      municipality,
      id,
    )
    if (row === null) return
    const ticket = JSON.parse(row.document) as Ticket
    const hasHappened = (event: Ticket['history'][number]['event']) =>
      ticket.history.some((entry) => entry.event === event)
    const told = hasHappened('waiting') ? pausesOf(municipality, id) : []
    const mayHaveBeenTheirs = ticket.service === 'networkOperator' || hasHappened('forwarded') || hasHappened('routed')
    const operator = mayHaveBeenTheirs ? clock(municipality, 'ticket', id, 'networkOperator') : null
    const facts = of(municipality)
    facts.tickets.set(id, ticketFactOf(ticket, told, operator))
    facts.version++
  }

  const pausesOf = (municipality: string, id: string) =>
    database.all<{ event: CitizenEvent['event']; at: number; reason: string | null }>(
      `SELECT event, at, details ->> '$.reason' AS reason FROM citizen_events
       WHERE municipality = ? AND subject_kind = 'ticket' AND subject = ? AND event IN ('clockPaused', 'clockResumed')
       ORDER BY id`,
      municipality,
      id,
    )

  /** Reads a batch; whether there may be more. */
  const readChanges = (): boolean => {
    const rows = database.all<ChangeRow>(
      'SELECT change, kind, municipality, id FROM document_changes WHERE change > ? ORDER BY change LIMIT ?',
      changeRead,
      batchSize,
    )
    for (const { change, kind, municipality, id } of rows) {
      if (kind === 'report') readReport(municipality, id)
      if (kind === 'ticket') readTicket(municipality, id)
      changeRead = change
    }
    return rows.length === batchSize
  }

  /** Response clocks follow the log a moment after the report is stored: whose clock has moved since is read again. */
  const readClocks = (): void => {
    const position = database.get<{ position: number }>('SELECT position FROM clock_cursor')?.position ?? 0
    if (clockRead !== null && clockRead < position) {
      const moved = database.all<{ municipality: string; subject: string }>(
        `SELECT DISTINCT municipality, subject FROM citizen_events WHERE id > ? AND id <= ? AND subject_kind = 'report'`,
        clockRead,
        position,
      )
      for (const { municipality, subject } of moved) readReport(municipality, subject)
    }
    clockRead = position
  }

  const catchUp = async (): Promise<void> => {
    followClocks()
    readClocks()
    while (readChanges()) await nextTurn()
  }

  const begin = (): Promise<void> => {
    catching = catchUp().finally(() => {
      catching = null
    })
    return catching
  }
  /** One at a time. Who asks while one runs may have changed something it has passed, and waits for the next, with all others who do. */
  const upToDate = (): Promise<void> => {
    if (catching === null) return begin()
    queued ??= catching
      .catch(() => {})
      .then(() => {
        queued = null
        return begin()
      })
    return queued
  }

  const next = (): void => {
    timer = setTimeout(() => {
      // Who asks is told what failed; by itself it only tries again.
      upToDate()
        .catch(() => {})
        .finally(() => {
          if (!isStopped) next()
        })
    }, pauseMs).unref()
  }

  return {
    of,
    upToDate,
    start: () => {
      if (!isStopped) return
      isStopped = false
      next()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await queued?.catch(() => {})
      await catching?.catch(() => {})
    },
  }
}
