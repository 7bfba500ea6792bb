import { hash } from 'node:crypto'
import {
  type CitizenLineSettings,
  categories,
  type Danger,
  type Incident,
  type Instant,
  type Report,
  type ReportChannel,
  type ReportRecord,
  type Ticket,
  toIso,
} from '@fanari/contracts'
import { stepTicket, type TicketChange } from '../tickets/step.ts'
import type { Attachment } from './attach.ts'

/* What taking a report follows from what it says. Pure. */

/** What comes in by any channel. */
export type IncomingReport = Omit<Report, 'channel'> & { channel: ReportChannel }

/** Who acted, in histories and events, when it was no member of staff. */
export const citizen = 'citizen'
export const platform = 'platform'

/** Derived from the client's own name for it: the same report has the same id wherever it is taken again. */
export const reportIdOf = (municipality: string, clientId: string): string =>
  `r-${hash('sha256', `${municipality}\n${clientId}`).slice(0, 16)}`

export const isQuestion = ({ category, informationOnly }: IncomingReport): boolean =>
  informationOnly === true || categories[category].safetyClass === 'none'

/** A question is a ticket that was answered when it was written down: it counts as a contact, and nobody has to work on it. */
export const answered = (opened: TicketChange, by: string, at: Instant): TicketChange[] => {
  const { dueAt: _dueAt, dedupKey: _dedupKey, ...asked } = opened.ticket
  const question: Ticket = {
    ...asked,
    category: 'information',
    service: 'citizenService',
    safetyClass: 'none',
    members: [],
    priority: 'low',
    status: 'closed',
    resolvedAt: toIso(at),
    closedAt: toIso(at),
    outcome: 'answered',
  }
  const note = 'Απαντήθηκε αμέσως'
  // Closed from its first version on: it is never anybody's work, and has no due time.
  return [{ ...opened, ticket: question }, stepTicket('ticket.closed', question, { event: 'closed', by, at, note })]
}

export const saysTheSame = (
  { category }: IncomingReport,
  attachment: Attachment | null,
  incident: Incident | null,
): boolean => {
  const { trouble } = categories[category]
  if (trouble === null || attachment === null || incident === null || incident.state !== 'open') return false
  return attachment.ticket.incident === incident.id && categories[attachment.ticket.category].trouble === trouble
}

export const attachedCircuit = (attachment: Attachment | null, incident: Incident | null): string | null => {
  if (incident?.state === 'open' && incident.scope.kind === 'circuit') return incident.scope.id
  const [, circuit] = /^circuit:(.+):dark$/.exec(attachment?.ticket.dedupKey ?? '') ?? []
  return circuit ?? null
}

export const attachedBy = (attachment: Attachment | null, asked: boolean, at: Instant): ReportRecord['attached'] => {
  if (attachment !== null) {
    const { rule, score, reasons } = attachment
    return { rule, score, reasons, at: toIso(at), by: platform }
  }
  const reason = asked
    ? { el: 'Ερώτηση που απαντήθηκε αμέσως', en: 'A question that was answered at once' }
    : { el: 'Δεν υπάρχει σχετικό ανοιχτό αίτημα', en: 'There is no matter it belongs to' }
  return { rule: asked ? 'information' : 'opened', score: 1, reasons: [reason], at: toIso(at), by: platform }
}

export const dangerAnswer = ({ dutyNumber }: CitizenLineSettings): Danger => ({
  stop: true,
  call: dutyNumber,
  el: `Καλέστε τώρα ${dutyNumber}. Μείνετε μακριά και μην αγγίζετε τίποτα. Δεν χρειάζεται να συμπληρώσετε τίποτε άλλο.`,
  en: `Call ${dutyNumber} now. Keep away and touch nothing. You need not fill in anything else.`,
})
