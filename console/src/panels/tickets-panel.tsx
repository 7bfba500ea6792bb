import { services, type Ticket, type TicketAction, type TicketStatus } from '@fanari/contracts'
import { useMemo, useState } from 'react'
import { type ApiClient, ApiError } from '../api/client.ts'
import { useLocale } from '../i18n/locale.tsx'
import type { Listed } from '../live/state.ts'
import { usePlatformNow, useTown } from '../live/town-context.tsx'
import { useSession } from '../session.tsx'
import { useView } from '../view.tsx'
import { useScrolledTo } from './incidents-panel.tsx'
import { newestFirst } from './order.ts'

export const TicketsPanel = ({ client, municipality }: { client: ApiClient; municipality: string }) => {
  const { text } = useLocale()
  const loaded = useTown((town) => town.loaded)
  const tickets = useTown((town) => town.tickets)
  const nowMs = usePlatformNow(1_000)
  const sorted = useMemo(() => [...tickets.values()].toSorted(newestFirst(({ createdAt }) => createdAt)), [tickets])
  if (!loaded || nowMs === null) return <p className="empty">{text.loading}</p>
  if (sorted.length === 0) return <p className="empty empty-good">{text.noTickets}</p>
  return (
    <ul className="panel-scroll cards">
      {sorted.map((listed) => (
        <TicketCard key={listed.document.id} {...{ client, municipality, listed, nowMs }} />
      ))}
    </ul>
  )
}

const TicketCard = ({
  client,
  municipality,
  listed,
  nowMs,
}: {
  client: ApiClient
  municipality: string
  listed: Listed<Ticket>
  nowMs: number
}) => {
  const { text, format, language } = useLocale()
  const { view, actions } = useView()
  const { document: ticket, endedSeenAt } = listed
  const { id, status, source, service, reports, createdAt, closedAt, dueAt, incident, location } = ticket
  const ended = endedSeenAt !== null
  const selected = view.ticket === id
  const card = useScrolledTo(selected)
  const createdMs = Date.parse(createdAt)
  return (
    <li ref={card} className="card card-ticket" data-ended={ended} data-selected={selected}>
      <h3 className="card-title">
        <span className="card-name" lang="el">
          {ticket.title}
        </span>
        <span className={`chip status-${status}`}>{text.statusOf[status]}</span>
      </h3>
      <p lang="el">{location.text}</p>
      <p className="soft">
        {[
          services[service][language],
          text.sourceOf[source],
          ...(reports > 0 ? [text.reportCount(reports, format.number(reports))] : []),
        ].join(' · ')}
      </p>
      <p className="soft">
        {ended && closedAt !== undefined
          ? text.ended(format.moment(Date.parse(closedAt), nowMs))
          : text.since(format.moment(createdMs, nowMs), format.span(nowMs - createdMs))}
        {!ended && dueAt !== undefined && ` · ${text.due(format.moment(Date.parse(dueAt), nowMs))}`}
      </p>
      {status === 'resolved' && <p className="soft">{text.awaitingProof}</p>}
      <div className="card-actions">
        {incident !== undefined && (
          <button type="button" className="link" onClick={() => actions.openIncident(incident)}>
            {text.showIncident}
          </button>
        )}
        <TicketActions {...{ client, municipality, ticket }} />
      </div>
    </li>
  )
}

type Step = TicketAction['event']

/** What can be done next; the API has the last word. */
const nextSteps: Record<TicketStatus, Step[]> = {
  open: ['assigned'],
  assigned: ['started'],
  inProgress: ['waiting', 'resolved'],
  waiting: ['started', 'resolved'],
  resolved: ['reopened'],
  closed: [],
}

const TicketActions = ({
  client,
  municipality,
  ticket,
}: {
  client: ApiClient
  municipality: string
  ticket: Ticket
}) => {
  const { text } = useLocale()
  const { session, signOut } = useSession()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  if (session === null || ['viewer', 'privacyOfficer', 'partner', 'telephony', 'automation'].includes(session.role))
    return null

  const act = async (event: Step) => {
    setBusy(true)
    setFailure(null)
    try {
      await client.act(municipality, ticket.id, { event }, session.token)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) signOut()
      setFailure(error instanceof Error ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
      {nextSteps[ticket.status].map((step) => (
        <button key={step} type="button" className="button button-small" disabled={busy} onClick={() => act(step)}>
          {text.actionOf[step]}
        </button>
      ))}
      {failure !== null && (
        <p className="form-error" role="alert">
          {text.actionFailed(failure)}
        </p>
      )}
    </>
  )
}
