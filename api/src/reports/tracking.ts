import { categories, type Instant, type ListedReport, type Ticket, type Tracking, toIso } from '@fanari/contracts'

type TicketEvent = Ticket['history'][number]['event']

/** What a citizen is told of a step; what is missing here is the offices' own business. */
const stepWords: Partial<Record<TicketEvent, { el: string; en: string }>> = {
  opened: { el: 'Καταγράφηκε', en: 'On record' },
  assigned: { el: 'Ανατέθηκε σε συνεργείο', en: 'A crew was assigned' },
  started: { el: 'Το συνεργείο ξεκίνησε', en: 'The crew has started' },
  waiting: { el: 'Σε αναμονή', en: 'Waiting' },
  resolved: { el: 'Δηλώθηκε αποκατάσταση', en: 'It was called mended' },
  closed: { el: 'Έκλεισε', en: 'Closed' },
  reopened: { el: 'Άνοιξε ξανά', en: 'Opened again' },
  merged: { el: 'Εξετάζεται μαζί με άλλο αίτημα', en: 'Handled together with another matter' },
  unmerged: { el: 'Εξετάζεται χωριστά', en: 'Handled by itself' },
  forwarded: { el: 'Διαβιβάστηκε στην αρμόδια υπηρεσία', en: 'Passed on to the service in charge' },
  overdue: { el: 'Ξεπέρασε την προθεσμία', en: 'Past its due time' },
}

/** Whether the reporter has answered since it was last called mended: an answer to an earlier round asks nothing less of this one. */
export const isAnswered = ({ answer }: ListedReport, { resolvedAt }: Ticket): boolean =>
  answer !== undefined && (resolvedAt === undefined || answer.at >= resolvedAt)

/** What anyone with the code sees. Nothing of who reported, and not what they wrote. Pure. */
export const trackingOf = (report: ListedReport, ticket: Ticket, askUntil: Instant | null): Tracking => {
  const isLight = categories[ticket.category].group === 'lighting'
  const asks =
    ticket.status === 'resolved' && askUntil !== null && !isAnswered(report, ticket)
      ? {
          until: toIso(askUntil),
          el: isLight ? 'Ανάβει;' : 'Αποκαταστάθηκε;',
          en: isLight ? 'Is it lit?' : 'Is it mended?',
        }
      : null
  return {
    trackingCode: report.trackingCode,
    category: report.category,
    createdAt: report.createdAt,
    status: ticket.status,
    outcome: ticket.outcome ?? null,
    service: ticket.service,
    title: categories[ticket.category].el,
    place: ticket.location.text,
    reports: ticket.reports,
    dueAt: ticket.dueAt ?? null,
    resolvedAt: ticket.resolvedAt ?? null,
    closedAt: ticket.closedAt ?? null,
    steps: ticket.history.flatMap(({ at, event }) => {
      const words = stepWords[event]
      return words === undefined ? [] : [{ at, event, ...words }]
    }),
    asks,
    answer: report.answer === undefined ? null : { lit: report.answer.lit, at: report.answer.at },
  }
}
