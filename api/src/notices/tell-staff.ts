import type { CitizenEvent, NoticeChannelName, NoticeStep, Team, Ticket } from '@fanari/contracts'
import type { User, Users } from '../access/users.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import type { Teams } from '../work/teams.ts'
import type { Teller } from './follower.ts'
import type { NoticeRecipient, NoticeStore } from './notice-store.ts'
import { type NoticeMunicipality, wordsForStaff } from './notice-words.ts'

/** Tells those who answer for a matter that its time runs out, and of danger. */
export const createStaffTeller = (options: {
  store: NoticeStore
  tickets: Pick<TicketStore, 'ticket'>
  users: Pick<Users, 'list'>
  teams: Pick<Teams, 'team'>
  channels: ReadonlySet<NoticeChannelName>
  municipality: (id: string) => NoticeMunicipality
  wallNow: () => number
}): Teller => {
  const { store, tickets, users, teams, channels, wallNow } = options

  const worksHere = ({ active, municipalities }: User, municipality: string) =>
    active && (municipalities === null || municipalities.includes(municipality))

  /** Who hears of a term by the level of its milestone: a team by its mailbox, if it has one; where a team is empty its supervisors do. */
  const recipients = (ticket: Ticket, level: unknown): NoticeRecipient[] => {
    const here = users.list().filter((user) => worksHere(user, ticket.municipality))
    const people = (users: readonly User[]) => users.map(({ id }) => ({ kind: 'user' as const, id }))
    const supervisors = people(here.filter(({ role }) => role === 'supervisor'))
    if (level === 'administrator') return people(here.filter(({ role }) => role === 'admin'))
    if (level !== 'team') return supervisors
    const team: Team | null = ticket.team === undefined ? null : teams.team(ticket.municipality, ticket.team)
    if (ticket.team !== undefined && team?.email !== undefined) return [{ kind: 'team', id: ticket.team }]
    const crew = here.filter(
      ({ handle, team: own }) =>
        handle === ticket.assignee || team?.members.includes(handle) === true || (own !== null && own === ticket.team),
    )
    return crew.length > 0 ? people(crew) : supervisors
  }

  const tell = (event: CitizenEvent, step: NoticeStep, ticket: Ticket, level: unknown) => {
    const { municipality } = event
    const { name: municipalityName, local } = options.municipality(municipality)
    const notice = {
      municipality,
      cause: `event/${event.id}`,
      step,
      language: 'el' as const,
      ticket: ticket.id,
      matter: ticket.mergedInto ?? ticket.id,
      urgent: step === 'danger',
      variables: wordsForStaff(ticket, event.event, event.details, { language: 'el', municipalityName, local }),
      at: Date.parse(event.at),
    }
    if (channels.has('email')) {
      for (const recipient of recipients(ticket, level)) {
        store.add({ ...notice, channel: 'email', recipient }, wallNow())
      }
    }
    const duty = { kind: 'duty' as const, id: municipality }
    if (step === 'danger' && channels.has('sms')) store.add({ ...notice, channel: 'sms', recipient: duty }, wallNow())
    if (channels.has('webhook')) store.add({ ...notice, channel: 'webhook', recipient: duty }, wallNow())
  }

  return (event) => {
    const step = stepOf(event)
    const ticket = step === null || event.ticket === null ? null : tickets.ticket(event.municipality, event.ticket)
    if (step !== null && ticket !== null) tell(event, step, ticket, event.details.level)
  }
}

const stepOf = ({ event }: CitizenEvent): NoticeStep | null => {
  switch (event) {
    case 'dueWarning':
    case 'overdue':
    case 'escalated':
      return 'escalation'
    case 'dutyCalled':
      return 'danger'
    default:
      return null
  }
}
