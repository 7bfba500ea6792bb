import { faultCatalogue, type Incident, reasons, resolutions } from '@fanari/contracts'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { ApiClient } from '../api/client.ts'
import { useLocale } from '../i18n/locale.tsx'
import type { Listed } from '../live/state.ts'
import { usePlatformNow, useTown } from '../live/town-context.tsx'
import { useView } from '../view.tsx'
import { IncidentExplanation } from './incident-explanation.tsx'
import { newestFirst } from './order.ts'
import { usePlaceNames } from './place-names.ts'

export const IncidentsPanel = ({ client, municipality }: { client: ApiClient; municipality: string }) => {
  const { text } = useLocale()
  const loaded = useTown((town) => town.loaded)
  const incidents = useTown((town) => town.incidents)
  const nowMs = usePlatformNow(1_000)
  const sorted = useMemo(
    () => [...incidents.values()].toSorted(newestFirst(({ detectedAt }) => detectedAt)),
    [incidents],
  )
  if (!loaded || nowMs === null) return <p className="empty">{text.loading}</p>
  if (sorted.length === 0) return <p className="empty empty-good">{text.noIncidents}</p>
  return (
    <ul className="panel-scroll cards">
      {sorted.map((listed) => (
        <IncidentCard key={listed.document.id} {...{ listed, nowMs, client, municipality }} />
      ))}
    </ul>
  )
}

const IncidentCard = (props: { listed: Listed<Incident>; nowMs: number; client: ApiClient; municipality: string }) => {
  const { listed, nowMs, client, municipality } = props
  const { text, format, language } = useLocale()
  const { view, actions } = useView()
  const placeOf = usePlaceNames()
  const { document: incident, endedSeenAt } = listed
  const { id, fault, severity, members, startedAt, resolvedAt, reason, resolution, ticket, scope, parent } = incident
  const ended = endedSeenAt !== null
  const selected = view.incident === id
  const card = useScrolledTo(selected)
  const startedMs = Date.parse(startedAt)
  const [explained, setExplained] = useState(false)

  return (
    <li ref={card} className={`card card-${severity}`} data-ended={ended} data-selected={selected}>
      <h3 className="card-title">
        <span className="card-name">{faultCatalogue[fault].title[language]}</span>
        <span className="chip">
          {ended ? text.ended(format.moment(Date.parse(resolvedAt ?? startedAt), nowMs)) : text.severityOf[severity]}
        </span>
      </h3>
      <p>
        {placeOf(incident)}
        {members.length > 1 && <span> · {text.lightCount(members.length, format.number(members.length))}</span>}
      </p>
      <p className="soft">
        {ended
          ? resolution !== undefined && resolutions[resolution][language]
          : text.since(format.moment(startedMs, nowMs), format.span(nowMs - startedMs))}
      </p>
      {!ended && <p className="soft">{reasons[reason][language]}</p>}
      {!ended && parent !== undefined && (
        <p>
          <button type="button" className="link" onClick={() => actions.openIncident(parent)}>
            {text.partOf}
          </button>
        </p>
      )}
      <p className="card-actions">
        {scope.kind === 'luminaire' ? (
          <button type="button" className="link" onClick={() => actions.openLight(scope.id)}>
            {text.light}
          </button>
        ) : (
          <button type="button" className="link" onClick={() => actions.openIncident(id)}>
            {text.showOnMap}
          </button>
        )}
        {ticket !== undefined && <TicketLink id={ticket} />}
        <button type="button" className="link" aria-expanded={explained} onClick={() => setExplained(!explained)}>
          {text.why}
        </button>
      </p>
      {explained && <IncidentExplanation key={incident.revision} {...{ client, municipality, incident, nowMs }} />}
    </li>
  )
}

const TicketLink = ({ id }: { id: string }) => {
  const { text } = useLocale()
  const { actions } = useView()
  const ticket = useTown((town) => town.tickets.get(id))?.document
  if (ticket === undefined) return null
  return (
    <button type="button" className="link" onClick={() => actions.openTicket(id)}>
      {text.showTicket}: {text.statusOf[ticket.status].toLowerCase()}
    </button>
  )
}

/** Brings a card into view when it becomes the selected one. */
export const useScrolledTo = (selected: boolean) => {
  const card = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (selected) card.current?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  return card
}
