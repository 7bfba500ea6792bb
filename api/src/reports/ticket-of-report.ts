import { hash } from 'node:crypto'
import {
  categories,
  type DangerFlag,
  type Instant,
  type Report,
  type ReportChannel,
  type SafetyClass,
  type Ticket,
  toIso,
  type Verification,
} from '@fanari/contracts'
import { priorityOf } from '../tickets/gathering.ts'
import { matterKeyOf } from '../tickets/matter-key.ts'
import { stepTicket, type TicketChange } from '../tickets/step.ts'
import { isDangerous } from './attach.ts'
import type { Place } from './place.ts'

/** Derived from the report, so that repeating it can never open another. `again` counts the tickets that one report has opened. */
const ticketIdOf = (report: string, again: number): string =>
  `t-${hash('sha256', `report:${report}${again === 0 ? '' : `:${again}`}`).slice(0, 16)}`

/** The first step of the matter that a report opens. Where it goes and until when is the routing rules' to say, when it is stored. */
export const openTicket = (
  report: Pick<Report, 'category' | 'danger' | 'wholeStreet'> & {
    id: string
    municipality: string
    channel: ReportChannel
  },
  place: Place,
  { by, at, verified, again = 0 }: { by: string; at: Instant; verified: Verification; again?: number },
): TicketChange => {
  const { category, channel, municipality } = report
  const { el, safetyClass } = categories[category]
  const danger: readonly DangerFlag[] = report.danger ?? []
  const stake: SafetyClass = isDangerous(report) ? 'danger' : safetyClass
  const { point, community, light } = place
  const ticket: Ticket = {
    id: ticketIdOf(report.id, again),
    municipality,
    category,
    safetyClass: stake,
    source: channel,
    status: 'open',
    service: categories[category].service,
    reports: 1,
    firstReportAt: toIso(at),
    members: light === null ? [] : [light.id],
    createdAt: toIso(at),
    title: `${el}, ${place.text}`.slice(0, 300),
    location: { ...(point ?? {}), ...(community === null ? {} : { community }), text: place.text },
    ...(danger.length === 0 ? {} : { danger: [...danger] }),
    verified,
    ...keyOf(report, place),
    history: [],
    revision: 0,
  }
  return stepTicket('ticket.opened', { ...ticket, priority: priorityOf(ticket) }, { event: 'opened', by, at })
}

const keyOf = (report: Pick<Report, 'category' | 'wholeStreet'>, place: Place): Pick<Ticket, 'dedupKey'> => {
  const { category, wholeStreet } = report
  const { light, circuit, point } = place
  const whole = wholeStreet === true || category === 'street-dark'
  if (whole && circuit !== null) return { dedupKey: matterKeyOf(category, { kind: 'circuit', id: circuit }) }
  if (light !== null) return { dedupKey: matterKeyOf(category, { kind: 'luminaire', id: light.id }) }
  if (point !== null) return { dedupKey: matterKeyOf(category, { kind: 'place', ...point }) }
  return {}
}
