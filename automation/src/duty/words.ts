import { createLocalTime, services, type Ticket } from '@fanari/contracts'
import type { DutyNotice } from './duty.ts'
import type { Severity } from './policy.ts'

/** What is said of a notice: a mail's subject and text, and a text of at most three parts for a telephone. */
export interface Told {
  subject: string
  text: string
  short: string
}

const severityWords: Record<Severity, string> = {
  critical: 'Κρίσιμο',
  major: 'Σοβαρό',
  minor: 'Μικρό',
  info: 'Ενημέρωση',
}

/** Greek goes as UCS-2, 67 characters a part. */
const longestShort = 3 * 67

/** «25/11/2026 18:40» in the given zone. */
export const timeInWords = (iso: string, timeZone: string): string => {
  const { date, clock } = createLocalTime(timeZone).shown(Date.parse(iso))
  return `${date.split('-').toReversed().join('/')} ${clock}`
}

export const mapLink = ({ lat, lon }: Ticket['location']): string | null =>
  lat === undefined || lon === undefined
    ? null
    : `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=18/${lat}/${lon}`

export const countInWords = (count: number): string => (count === 1 ? '1 φωτιστικό' : `${count} φωτιστικά`)

/** Puts a notice into Greek words. */
export const inWords = ({ kind, severity, tickets }: DutyNotice, timeZone: string): Told => {
  const [only] = tickets
  const count = tickets.length
  const what = count === 1 && only !== undefined ? only.ticket.title : `${count} αιτήματα`
  const head = {
    opened: severityWords[severity],
    worsened: `Χειρότερο: ${severityWords[severity]}`,
    escalated: 'ΧΩΡΙΣ ΑΝΑΛΗΨΗ',
    ended: 'Αποκατάσταση',
  }[kind]
  const ids = tickets.map(({ ticket }) => ticket.id).join(', ')
  const opening = {
    opened: count === 1 ? 'Νέα βλάβη φωτισμού.' : `${count} νέες βλάβες φωτισμού.`,
    worsened: 'Είναι σοβαρότερο απ’ όσο είχε ειπωθεί.',
    escalated: 'Ο τεχνικός υπηρεσίας ειδοποιήθηκε και κανείς δεν έχει αναλάβει ακόμη.',
    ended: 'Έκλεισε.',
  }[kind]
  return {
    subject: `[Φανάρι] ${head}: ${what}`,
    text: [opening, ...tickets.map((entry) => paragraph(kind, entry, timeZone))].join('\n\n'),
    short:
      `${head}: ${what}${count === 1 && only !== undefined ? ` — ${only.ticket.location.text}` : ''}. ${ids}`.slice(
        0,
        longestShort,
      ),
  }
}

const paragraph = (
  kind: DutyNotice['kind'],
  { ticket, severity, escalatesAt }: DutyNotice['tickets'][number],
  timeZone: string,
): string => {
  const { location, members, createdAt, dueAt, closedAt, outcome } = ticket
  const ended = outcome === 'superseded' ? 'Το συνεχίζει άλλο αίτημα' : 'Έκλεισε'
  const shown = (at: string) => timeInWords(at, timeZone)
  const lines = [
    `${severityWords[severity]}: ${ticket.title}`,
    `Πού: ${location.text}`,
    `Χάρτης: ${mapLink(location) ?? '—'}`,
    `Αφορά: ${members.length === 0 ? '—' : countInWords(members.length)}`,
    `Από: ${shown(createdAt)}`,
    `Υπηρεσία: ${services[ticket.service].el}`,
    `Αίτημα: ${ticket.id}`,
  ]
  if (kind === 'ended') lines.push(`${ended}: ${closedAt === undefined ? '—' : shown(closedAt)}`)
  else if (dueAt !== undefined) lines.push(`Προθεσμία: ${shown(dueAt)}`)
  if (escalatesAt !== null)
    lines.push(`Αναλάβετέ το ως τις ${shown(new Date(escalatesAt).toISOString())}· μετά ειδοποιείται ο προϊστάμενος.`)
  return lines.join('\n')
}
