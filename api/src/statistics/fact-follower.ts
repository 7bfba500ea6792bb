import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CitizenEvent, ClockKind, ReportRecord, Ticket } from '@fanari/contracts'
import type { Database } from '../store/database.ts'
import { type Basis, createFactTable, type FactTable } from './fact-table.ts'
import { type ClockFact, reportFactOf, ticketFactOf } from './facts.ts'

/**
 * Facts in memory that follow the database: each change of a document is read anew, whole, so that what is remembered is what a count
 * from the beginning would find. Nothing is stored: a restart counts from the beginning.
 */
export interface FactFollower {
  /** Has `work` look at the facts once everything that is stored is in them; they stand still until it has ended. */
  look<Result>(municipality: string, work: (facts: FactTable) => Result | Promise<Result>): Promise<Result>
  start(): void
  stop(): Promise<void>
}

/** Changes that are read before others have a turn: a few milliseconds' worth. */
const batchSize = 50
/** Between two looks when nobody asks [ms]. */
const pauseMs = 1_000

interface ChangeRow {
  change: number
  kind: string
  municipality: string
  id: string
}

export const createFactFollower = (options: {
  database: Database
  followClocks: () => void
  basisOf: (municipality: string) => Basis
}): FactFollower => {
  const { database, followClocks, basisOf } = options
  const municipalities = new Map<string, FactTable>()
  let changeRead = 0
  /** Events up to here are in the response clocks that were read; `null` before the first look. */
  let clockRead: number | null = null
  /** What is under way and waits for its turn. */
  let turns: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isStopped = true

  const of = (municipality: string): FactTable => {
    const known = municipalities.get(municipality) ?? createFactTable(basisOf(municipality))
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
    of(municipality).putReport(id, reportFactOf(report, told, clock(municipality, 'report', id, 'response')))
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
    of(municipality).putTicket(id, ticketFactOf(ticket, told, operator))
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

  /** One after the other: what is counted does not change meanwhile. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = turns.then(work)
    turns = turn.catch(() => {})
    return turn
  }

  const next = (): void => {
    timer = setTimeout(() => {
      // Who asks is told what failed; by itself it only tries again.
      inTurn(catchUp)
        .catch(() => {})
        .finally(() => {
          if (!isStopped) next()
        })
    }, pauseMs).unref()
  }

  return {
    look: (municipality, work) =>
      inTurn(async () => {
        await catchUp()
        const facts = of(municipality)
        facts.useBasis(basisOf(municipality))
        return work(facts)
      }),
    start: () => {
      if (!isStopped) return
      isStopped = false
      next()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await turns
    },
  }
}
