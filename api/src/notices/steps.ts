import {
  type CitizenEvent,
  type ReportStep,
  type TicketOutcome,
  type TicketStatus,
  ticketStatuses,
} from '@fanari/contracts'

const closings: Readonly<Record<TicketOutcome, ReportStep>> = {
  fixed: 'closedFixed',
  unconfirmed: 'closedUnconfirmed',
  answered: 'answered',
  superseded: 'closedSuperseded',
  withdrawn: 'closedWithdrawn',
  notOurs: 'closedNotOurs',
}

const statusIn = (value: unknown): TicketStatus | null => ticketStatuses.find((status) => status === value) ?? null
const outcomeIn = (value: unknown): TicketOutcome | null =>
  (Object.keys(closings) as TicketOutcome[]).find((outcome) => outcome === value) ?? null

/**
 * What a reporter is told of an event of their report; `null`: nothing. Pure.
 *
 * @param isQuestion whether the report was a question that was answered at once: one message is enough for it
 */
export const stepOfReport = ({ event, details }: CitizenEvent, isQuestion: boolean): ReportStep | null => {
  switch (event) {
    case 'reportAcknowledged':
      return isQuestion ? null : 'received'
    case 'informationGiven':
      return 'answered'
    case 'reportModerated':
      // It was held back until somebody had looked at it.
      return details.moderation === 'clear' && !isQuestion ? 'received' : null
    case 'reportStatusChanged': {
      const to = statusIn(details.to)
      const outcome = outcomeIn(details.outcome)
      return isQuestion && outcome === 'answered' ? null : stepOfStatus(statusIn(details.from), to, outcome)
    }
    default:
      return null
  }
}

const isSettled = (status: TicketStatus | null) => status === 'resolved' || status === 'closed'

const stepOfStatus = (
  from: TicketStatus | null,
  to: TicketStatus | null,
  outcome: TicketOutcome | null,
): ReportStep | null => {
  if (isSettled(from) && !isSettled(to)) return 'reopened'
  switch (to) {
    case 'assigned':
      return 'assigned'
    case 'waiting':
      return 'waiting'
    case 'resolved':
      return 'resolved'
    case 'closed':
      return closings[outcome ?? 'unconfirmed']
    // Whatever else moves is the offices' own business.
    case 'open':
    case 'inProgress':
    case null:
      return null
  }
}
