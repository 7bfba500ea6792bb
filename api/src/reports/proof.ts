import {
  type Clock,
  categories,
  type Instant,
  type LightQueries,
  type LightState,
  type Log,
  minuteMs,
  ProblemError,
  type Ticket,
  type Tracking,
  toIso,
} from '@fanari/contracts'
import type { ChangedDocuments } from '../incidents/documents.ts'
import type { Database } from '../store/database.ts'
import { stepTicket, type TicketChange, unsettled } from '../tickets/step.ts'
import { lastOfEach, type TicketStore } from '../tickets/ticket-store.ts'
import { type ReportStore, tellOfReport } from './report-store.ts'
import { isAnswered, trackingOf } from './tracking.ts'

/*
 * A repair is proven, not declared. What people called done is closed by the lights through the next period in which they are planned
 * to be on, or by a citizen's word; "no" opens it again. When the question has stood its time unanswered, the matter is closed as
 * unconfirmed, which counts as closed and never as fixed.
 */
export interface Proof {
  /** What anyone with the code may see; `null`: there is no such report. */
  tracking(municipality: string, code: string): Tracking | null
  /**
   * The reporter's answer to 'is it lit?'. The same answer again changes nothing.
   * @throws ProblemError `not-found`, `forbidden` for a wrong token, `conflict` when nothing is asked any more
   */
  answer(
    municipality: string,
    code: string,
    answer: { lit: boolean; token: string; rating?: number | undefined },
  ): Promise<Tracking>
  /** The answer that an operator heard on the telephone. */
  answerFor(
    municipality: string,
    report: string,
    answer: { lit: boolean; by: string; rating?: number | undefined },
  ): Promise<Tracking>
  /** Looks at what waits for proof. To be called once a minute or so; what it finds does not depend on how often. */
  tick(): Promise<void>
}

interface ProofRow {
  municipality: string
  ticket: string
  ask_until: number
  good_since: number | null
}

/** Lights count as proven after this much of a planned period, seen from its middle on to its end [ms]. */
const shortestPeriodMs = 30 * minuteMs

export const createProof = (options: {
  database: Database
  tickets: TicketStore
  reports: ReportStore
  lights: LightQueries
  clock: Clock
  log: Log
  onChange: (municipality: string, changed: ChangedDocuments) => void
}): Proof => {
  const { database, tickets, reports, lights, clock, log, onChange } = options

  const proofOf = (municipality: string, ticket: string): ProofRow | null =>
    database.get<ProofRow>('SELECT * FROM ticket_proofs WHERE municipality = ? AND ticket = ?', municipality, ticket)

  /** A part of a matter is proven with the whole. */
  const matterOf = (municipality: string, id: string): Ticket | null => {
    const ticket = tickets.ticket(municipality, id)
    return ticket?.mergedInto === undefined ? ticket : tickets.ticket(municipality, ticket.mergedInto)
  }

  const write = (steps: readonly TicketChange[]): Ticket[] => {
    const changed = steps.flatMap((step) => tickets.write(step))
    return changed.length === 0 ? [] : lastOfEach(changed)
  }

  const told = (municipality: string, changed: Ticket[]) => {
    if (changed.length > 0) onChange(municipality, { incidents: [], tickets: changed })
  }

  const shown = (municipality: string, code: string): Tracking | null => {
    const report = reports.ofTrackingCode(municipality, code)
    const ticket = report === null ? null : matterOf(municipality, report.ticket)
    return report === null || ticket === null
      ? null
      : trackingOf(report, ticket, proofOf(municipality, ticket.id)?.ask_until ?? null)
  }

  const record = async (
    municipality: string,
    id: string,
    { lit, by, rating }: { lit: boolean; by: string; rating: number | undefined },
  ): Promise<Tracking> => {
    const changed = await database.shared(() => {
      const report = reports.report(municipality, id)
      if (report === null) throw new ProblemError('not-found', `There is no report ${id}`)
      const ticket = matterOf(municipality, report.ticket)
      if (ticket === null) throw new Error(`${id} has no ticket`)
      const { status, ...kept } = report
      const marked = rating === undefined ? {} : { rating }
      if (report.answer?.lit === lit && isAnswered(report, ticket)) {
        if (rating === undefined || report.answer.rating === rating) return []
        reports.update({ ...kept, answer: { ...report.answer, rating } }, status)
        tellOfReport(database, report, 'proofAnswered', { by, at: clock.now() }, { lit, ...marked })
        return []
      }
      const answered = lit ? confirmed(ticket, by, clock.now()) : contradicted(ticket, by, clock.now())
      if (answered === null) {
        throw new ProblemError(
          'conflict',
          `Nothing is asked: the matter is ${ticket.status}${ticket.outcome === undefined ? '' : ` (${ticket.outcome})`}`,
        )
      }
      const at = clock.now()
      reports.update({ ...kept, answer: { lit, at: toIso(at), by, ...marked } }, status)
      tellOfReport(database, report, 'proofAnswered', { by, at }, { lit, ...marked })
      return write(answered)
    })
    told(municipality, changed)
    const report = reports.report(municipality, id)
    const tracking = report === null ? null : shown(municipality, report.trackingCode)
    if (tracking === null) throw new Error(`${id} is gone`)
    return tracking
  }

  /** What every light of a ticket does; `null` when nobody can say now. */
  const statesOf = async ({ municipality, members }: Ticket): Promise<LightState[] | null> => {
    if (members.length === 0) return null
    try {
      const statuses = await lights.luminaires(municipality, members)
      return statuses.map((status) => status?.state ?? 'unknown')
    } catch (error) {
      log('warn', 'proof.lightsUnknown', { error: String(error) })
      return null
    }
  }

  const lookAt = async (row: ProofRow): Promise<void> => {
    const { municipality, ticket: id } = row
    const ticket = tickets.ticket(municipality, id)
    if (ticket === null) return
    const states = await statesOf(ticket)
    const now = clock.now()
    const changed = database.transaction((): Ticket[] => {
      // The matter may have moved on while the lights were asked.
      const current = tickets.ticket(municipality, id)
      const proof = proofOf(municipality, id)
      if (current === null || proof === null || current.status !== 'resolved') return []
      const verdict = states === null ? 'nothing' : verdictOf(current, states)
      switch (verdict) {
        case 'good':
          if (proof.good_since === null) noteGood(municipality, id, now)
          break
        case 'bad':
          if (proof.good_since !== null) noteGood(municipality, id, null)
          break
        case 'periodOver':
          if (proof.good_since !== null) {
            if (now - proof.good_since >= shortestPeriodMs)
              return write([closed(current, 'fixed', 'telemetry', 'Άναψε κανονικά όλη την περίοδο', now)])
            noteGood(municipality, id, null)
          }
          break
        case 'nothing':
          break
      }
      if (now < proof.ask_until) return []
      return write([closed(current, 'unconfirmed', 'platform', 'Δεν απάντησε κανείς στην προθεσμία', now)])
    })
    told(municipality, changed)
  }

  const noteGood = (municipality: string, ticket: string, since: Instant | null) =>
    database.run(
      'UPDATE ticket_proofs SET good_since = ? WHERE municipality = ? AND ticket = ?',
      since,
      municipality,
      ticket,
    )

  return {
    tracking: shown,
    answer: async (municipality, code, { lit, token, rating }) => {
      const report = reports.ofTrackingCode(municipality, code)
      if (report === null) throw new ProblemError('not-found', 'There is no report with this tracking code')
      if (reports.answerToken(municipality, report.id) !== token) {
        throw new ProblemError('forbidden', 'The token is not the one that was given with this report')
      }
      return record(municipality, report.id, { lit, by: 'citizen', rating })
    },
    answerFor: (municipality, report, { lit, by, rating }) => record(municipality, report, { lit, by, rating }),
    tick: async () => {
      for (const row of database.all<ProofRow>('SELECT * FROM ticket_proofs ORDER BY municipality, ticket'))
        await lookAt(row)
    },
  }
}

/** What the lights say of a repair now: only a planned period that ended with all of them as they should be proves it. */
const verdictOf = (ticket: Ticket, states: readonly LightState[]): 'good' | 'bad' | 'periodOver' | 'nothing' => {
  // They said all along that all is well: their word cannot end what they contradicted.
  if (ticket.verified === 'contradicted') return 'nothing'
  const { trouble } = categories[ticket.category]
  if (trouble !== 'dark' && trouble !== 'burning') return 'nothing'
  const [good, rest, bad] =
    trouble === 'dark' ? (['lit', 'off', 'dark'] as const) : (['off', 'lit', 'unexpectedlyOn'] as const)
  if (states.includes(bad)) return 'bad'
  if (states.every((state) => state === good)) return 'good'
  return states.every((state) => state === rest) ? 'periodOver' : 'nothing'
}

const closed = (
  ticket: Ticket,
  outcome: 'fixed' | 'unconfirmed',
  by: string,
  note: string,
  at: Instant,
): TicketChange =>
  stepTicket(
    'ticket.closed',
    { ...ticket, status: 'closed', closedAt: toIso(at), outcome },
    { event: 'closed', by, at, note },
  )

/** "Yes": the matter is closed as fixed; of one that was closed unconfirmed it is known now. */
const confirmed = (ticket: Ticket, by: string, at: Instant): TicketChange[] | null => {
  if (ticket.status === 'resolved') return [closed(ticket, 'fixed', by, 'Ο πολίτης επιβεβαιώνει', at)]
  if (ticket.status !== 'closed') return null
  if (ticket.outcome === 'fixed') return []
  if (ticket.outcome !== 'unconfirmed') return null
  const known: Ticket = { ...ticket, outcome: 'fixed' }
  return [stepTicket('ticket.updated', known, { event: 'updated', by, at, note: 'Ο πολίτης επιβεβαιώνει' })]
}

/** "No": it is open again, whatever the lights and the crew say, with their evidence beside it. */
const contradicted = (ticket: Ticket, by: string, at: Instant): TicketChange[] | null => {
  const isFixed =
    ticket.status === 'resolved' ||
    (ticket.status === 'closed' && (ticket.outcome === 'fixed' || ticket.outcome === 'unconfirmed'))
  if (!isFixed) return null
  const verified =
    ticket.outcome === 'fixed' && ticket.incident !== undefined ? { verified: 'contradicted' as const } : {}
  const open: Ticket = { ...unsettled(ticket), ...verified, status: 'open' }
  return [
    stepTicket('ticket.reopened', open, { event: 'reopened', by, at, note: 'Ο πολίτης λέει ότι δεν αποκαταστάθηκε' }),
  ]
}
