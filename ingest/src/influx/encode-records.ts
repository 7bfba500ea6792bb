import {
  type FaultName,
  type Incident,
  minuteMs,
  type ReportFacts,
  secondMs,
  type Ticket,
  type TicketStatus,
  ticketStatusCodes,
} from '@fanari/contracts'
import type { Tags } from './first-tags.ts'
import { firstNameOf } from './incident-names.ts'
import { type Line, pointOf } from './line.ts'

/**
 * Which ticket an incident has: one more field of the point that says that it was opened, under the name it had then; and under the
 * name it has now, which is looked up by that.
 */
export const incidentTicketLines = (incident: Incident): Line[] => {
  const { municipality, community, fault, scope, ticket, detectedAt } = incident
  if (ticket === undefined) return []
  const firstName = firstNameOf(incident)
  const tags = { municipality, community, scope_kind: scope.kind, scope: scope.id }
  const line = (tagged: { fault: FaultName; change: 'opened' | 'updated' }): Line[] =>
    pointOf('incident', { ...tags, ...tagged }, { incident: incident.id, ticket }, Date.parse(detectedAt))
  return [
    ...line({ fault: firstName, change: 'opened' }),
    ...(firstName === fault ? [] : line({ fault, change: 'updated' })),
  ]
}

/** The status a ticket has after an event; other events leave it the one it had. */
const statusAfter: Readonly<Record<string, TicketStatus>> = {
  opened: 'open',
  assigned: 'assigned',
  started: 'inProgress',
  waiting: 'waiting',
  resolved: 'resolved',
  closed: 'closed',
  reopened: 'open',
} satisfies Partial<Record<Ticket['history'][number]['event'], TicketStatus>>

/** What is a first step, when a person takes it. */
const steps: readonly string[] = [
  'assigned',
  'started',
  'waiting',
  'workOrdered',
  'worked',
  'forwarded',
  'resolved',
] satisfies Ticket['history'][number]['event'][]

/** What the points of a ticket are filed under, as the ticket is now. */
export const tagsOfTicket = ({ municipality, location, category, service, source, members }: Ticket): Tags => ({
  municipality,
  community: location.community,
  category,
  service,
  source,
  luminaire: members[0],
})

/**
 * The points of a ticket: one a line of its history, written anew with each version of the document, which changes nothing that was
 * right. `tagsAt` answers what the point of a line was filed under first: a ticket that changes its service or category keeps the points
 * it has.
 */
export const ticketLines = (ticket: Ticket, tagsAt: (line: number) => Tags = () => tagsOfTicket(ticket)): Line[] => {
  const createdAt = Date.parse(ticket.createdAt)
  const dueAt = ticket.dueAt === undefined ? null : Date.parse(ticket.dueAt)
  let status: TicketStatus = 'open'
  let acknowledged = false
  return ticket.history.flatMap(({ at: written, event, by }, i) => {
    const at = Date.parse(written)
    status = i === ticket.history.length - 1 ? ticket.status : (statusAfter[event] ?? status)
    const ageS = (at - createdAt) / secondMs
    const isFirstStep = !acknowledged && by !== 'telemetry' && steps.includes(event)
    acknowledged ||= isFirstStep
    const tags = tagsAt(i)
    return pointOf(
      'ticket',
      { ...tags, event },
      {
        ticket: ticket.id,
        incident: ticket.incident ?? '',
        title: ticket.title,
        status,
        status_code: ticketStatusCodes[status],
        open: status === 'resolved' || status === 'closed' ? 0 : 1,
        priority: ticket.priority ?? 'normal',
        outcome: event === 'closed' ? (ticket.outcome ?? '') : null,
        reports: ticket.reports,
        members: ticket.members.length,
        age_s: ageS,
        overdue: dueAt !== null && at > dueAt,
        to_first_step_s: isFirstStep ? ageS : null,
        to_resolve_s: event === 'resolved' ? ageS : null,
        to_close_s: event === 'closed' ? ageS : null,
        found_before_call: event === 'opened' ? foundBeforeCall(ticket) : null,
        detected_before_call_min:
          event === 'opened' && ticket.detectedBeforeReportMs !== undefined
            ? ticket.detectedBeforeReportMs / minuteMs
            : null,
        lat: ticket.location.lat ?? null,
        lon: ticket.location.lon ?? null,
      },
      at + apart(ticket.id, tags.luminaire),
    )
  })
}

const foundBeforeCall = ({ source, createdAt, firstReportAt }: Ticket): number =>
  source === 'telemetry' && (firstReportAt === undefined || Date.parse(firstReportAt) >= Date.parse(createdAt)) ? 1 : 0

/** What the point of a report is filed under, as the report is now. */
export const tagsOfReport = ({ municipality, community, category, channel, luminaire }: ReportFacts): Tags => ({
  municipality,
  community,
  category,
  channel,
  luminaire,
})

/** A report, when it came; `tags` are what its point was filed under first. */
export const reportLines = (report: ReportFacts, tags: Tags = tagsOfReport(report)): Line[] => {
  const { firstResponseAt } = report
  const createdAt = Date.parse(report.createdAt)
  return pointOf(
    'report',
    tags,
    {
      report: report.id,
      ticket: report.ticket,
      reports: 1,
      known: report.alreadyKnown ? 1 : 0,
      whole_street: report.wholeStreet ?? false,
      first_response_s: firstResponseAt === undefined ? null : (Date.parse(firstResponseAt) - createdAt) / secondMs,
    },
    createdAt + apart(report.id, tags.luminaire),
  )
}

/**
 * Ids of tickets are no tags: there is no end to them. Two that concern no light, of the same place, kind and millisecond, would be one
 * point; up to a second, by the id, keeps them apart [ms].
 */
const apart = (id: string, luminaire: string | undefined): number => {
  if (luminaire !== undefined) return 0
  let hash = 0
  for (let i = 0; i < id.length; i += 1) hash = (hash * 31 + id.charCodeAt(i)) % 1_000_003
  return hash % 1_000
}
