import {
  type CitizenEvent,
  dayMs,
  type ListedReport,
  type NoticeChannelName,
  type ReportStep,
  type Ticket,
  type WorkOrder,
} from '@fanari/contracts'
import type { ReportStore } from '../reports/report-store.ts'
import type { Database } from '../store/database.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import type { WorkStore } from '../work/work-store.ts'
import type { Teller } from './follower.ts'
import type { NoticeStore } from './notice-store.ts'
import { type NoticeMunicipality, wordsForReporter } from './notice-words.ts'
import { mobileOf } from './phone-number.ts'
import { stepOfReport } from './steps.ts'

/** Reports that may give one address in 24 hours and still send it messages: nobody can have a stranger's letter box filled. */
const mostReportsOfAddress = 20

interface ContactRow {
  email: string | null
  phone: string | null
  phone_digits: string | null
  notify: 'email' | 'sms' | 'none'
}

const sameAddress = ({ notify }: ContactRow) => (notify === 'sms' ? 'c.phone_digits' : 'c.email')
const indexOf = ({ notify }: ContactRow) => (notify === 'sms' ? 'report_contacts_by_phone' : 'report_contacts_by_email')
const addressIn = ({ notify, phone_digits: digits, email }: ContactRow) => (notify === 'sms' ? digits : email)

/*
 * CROSS JOIN and INDEXED BY keep SQLite from beginning with all reports, messages or contacts of a municipality: an address has few of each.
 */

/** Tells every reporter of a matter, and of those that are part of it, of each of its steps once. */
export const createReporterTeller = (options: {
  database: Database
  store: NoticeStore
  tickets: Pick<TicketStore, 'ticket'>
  reports: Pick<ReportStore, 'report' | 'ofTicket'>
  orders: Pick<WorkStore, 'order'>
  /** The ways that are set up: for others nothing is stored. */
  channels: ReadonlySet<NoticeChannelName>
  municipality: (id: string) => NoticeMunicipality
  communityName: (municipality: string, community: string) => string | null
  wallNow: () => number
}): Teller => {
  const { database, store, tickets, reports, orders, channels, wallNow } = options

  const contactOf = ({ municipality, id, channel, createdAt }: ListedReport): ContactRow | null => {
    const contact = database.get<ContactRow>(
      `SELECT email, phone, phone_digits, notify FROM report_contacts
       WHERE municipality = ? AND report = ? AND consent_at IS NOT NULL AND unsubscribed_at IS NULL`,
      municipality,
      id,
    )
    if (contact === null || channel === 'phone') return contact
    const given = database.get<{ n: number }>(
      `SELECT count(*) AS n FROM report_contacts c CROSS JOIN reports r ON r.municipality = c.municipality AND r.id = c.report
       WHERE c.municipality = ?1 AND ${sameAddress(contact)} = ?2 AND r.created_at > ?3
         AND r.rowid <= (SELECT rowid FROM reports WHERE municipality = ?1 AND id = ?4)`,
      municipality,
      addressIn(contact),
      Date.parse(createdAt) - dayMs,
      id,
    )
    return (given?.n ?? 0) > mostReportsOfAddress ? null : contact
  }

  /** Whether the same person has been told of this step already by another report of theirs on the same matter. */
  const isToldByAnother = (report: ListedReport, contact: ContactRow, step: ReportStep, matter: string, at: number) =>
    database.get(
      `SELECT 1 FROM report_contacts c INDEXED BY ${indexOf(contact)} CROSS JOIN notices n ON n.municipality = c.municipality AND n.recipient_kind = 'report'
         AND n.recipient = c.report AND n.channel = c.notify
       WHERE c.municipality = ? AND ${sameAddress(contact)} = ? AND c.notify = ?
         AND c.report <> ? AND n.matter = ? AND n.step = ? AND n.created_at = ?`,
      report.municipality,
      addressIn(contact),
      contact.notify,
      report.id,
      matter,
      step,
      at,
    ) !== null

  const waysOf = (contact: ContactRow | null): NoticeChannelName[] => {
    const ways: NoticeChannelName[] = []
    if (contact?.notify === 'email' && contact.email !== null) ways.push('email')
    if (contact?.notify === 'sms' && contact.phone !== null && mobileOf(contact.phone) !== null) ways.push('sms')
    ways.push('webhook')
    return ways.filter((way) => channels.has(way))
  }

  const orderOf = (ticket: Ticket): WorkOrder | null =>
    ticket.workOrder === undefined ? null : orders.order(ticket.municipality, ticket.workOrder)

  const tell = (report: ListedReport, step: ReportStep, event: CitizenEvent) => {
    // What looks as if a machine had sent it gets no answer until somebody has looked at it.
    if (report.moderation === 'pending' || report.moderation === 'rejected') return
    const { municipality } = report
    const own = tickets.ticket(municipality, report.ticket)
    if (own === null) return
    const ticket = own.mergedInto === undefined ? own : (tickets.ticket(municipality, own.mergedInto) ?? own)
    const order = orderOf(ticket)
    const { name: municipalityName, local } = options.municipality(municipality)
    const contact = contactOf(report)
    const at = Date.parse(event.at)
    const variables = wordsForReporter(
      step,
      report,
      ticket,
      {
        communityName: report.community === undefined ? null : options.communityName(municipality, report.community),
        waitingReason: order?.waitingReason ?? null,
        scheduledFor: order?.scheduledFor,
      },
      { language: report.language, municipalityName, local },
    )
    const recipient = { kind: 'report' as const, id: report.id }
    for (const channel of waysOf(contact)) {
      const last = store.lastTold(municipality, recipient, channel)
      if (last !== null && last.step === step && last.variables === JSON.stringify(variables)) continue
      const isFolded = channel !== 'webhook' && step !== 'received' && step !== 'answered'
      if (isFolded && contact !== null && isToldByAnother(report, contact, step, ticket.id, at)) continue
      if (isFolded || channel === 'webhook') store.overtake(municipality, recipient, channel, at)
      store.add(
        {
          municipality,
          cause: `event/${event.id}`,
          step,
          channel,
          language: report.language,
          recipient,
          ticket: report.ticket,
          matter: ticket.id,
          urgent: false,
          variables,
          at,
        },
        wallNow(),
      )
    }
  }

  /** A step of the matter that changes no status, and so has no event of each report. */
  const tellMatter = (event: CitizenEvent, step: 'forwarded' | 'scheduled') => {
    const { municipality, ticket: id } = event
    const ticket = id === null ? null : tickets.ticket(municipality, id)
    if (ticket === null) return
    for (const one of [ticket.id, ...(ticket.children ?? [])]) {
      for (const report of reports.ofTicket(municipality, one)) tell(report, step, event)
    }
  }

  return (event) => {
    if (event.event === 'ticketForwarded') tellMatter(event, 'forwarded')
    if (event.event === 'workOrderScheduled') tellMatter(event, 'scheduled')
    if (event.subject.kind !== 'report') return
    const report = reports.report(event.municipality, event.subject.id)
    if (report === null) return
    const step = stepOfReport(event, report.attached.rule === 'information')
    if (step !== null) tell(report, step, event)
  }
}
