import {
  faultCatalogue,
  type LightExplanation,
  type LuminaireStatus,
  type ReadingFieldName,
  readingFields,
  reasons,
} from '@fanari/contracts'
import { type ReactNode, useEffect, useRef } from 'react'
import type { ApiClient } from '../api/client.ts'
import { useLocale } from '../i18n/locale.tsx'
import type { Luminaire } from '../live/register.ts'
import { usePlatformNow, useTown } from '../live/town-context.tsx'
import { Explanation } from '../parts/explanation.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { useView } from '../view.tsx'
import { readingValue } from './reading-value.ts'
import { ReadingsChart } from './readings-chart.tsx'
import { type LightDetails, useLight } from './use-light.ts'

/** One light: what it does and why we think so, its recent readings, and where it stands. */
export const LightPanel = ({ id, client, municipality }: { id: string; client: ApiClient; municipality: string }) => {
  const { text } = useLocale()
  const { actions } = useView()
  const luminaire = useTown((town) => town.register.luminaires.get(id))
  const answer = useLight(client, municipality, id)
  const heading = useRef<HTMLHeadingElement>(null)
  // Who opened the light by keyboard goes on reading here.
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
  }, [])

  return (
    <article className="panel-scroll light-panel">
      <header className="light-head">
        <button type="button" className="button button-quiet" onClick={actions.closeLight}>
          ← {text.back}
        </button>
        <h2 ref={heading} tabIndex={-1}>
          {text.light} <span className="light-id">{id}</span>
        </h2>
      </header>
      {answer.kind === 'loading' && <p className="empty">{text.loading}</p>}
      {answer.kind === 'missing' && <p className="empty">{text.lightUnknown}</p>}
      {answer.kind === 'failed' && <p className="form-error">{text.lightUnavailable(answer.why)}</p>}
      {answer.kind === 'known' && (
        <>
          <StateSection status={answer.details.status} />
          <ExplanationSection explanation={answer.details.explanation} />
          <ChartSection details={answer.details} supply={luminaire?.supply ?? 'grid'} />
          <ReadingSection status={answer.details.status} />
        </>
      )}
      {luminaire !== undefined && <PlaceSection luminaire={luminaire} />}
    </article>
  )
}

const StateSection = ({ status }: { status: LuminaireStatus }) => {
  const { text, format, language } = useLocale()
  const { actions } = useView()
  const nowMs = usePlatformNow(1_000) ?? 0
  const incidentId = status.incident
  const incident = useTown((town) => (incidentId === undefined ? undefined : town.incidents.get(incidentId)))?.document
  const sinceMs = Date.parse(status.since)
  const { lastSeen } = status
  return (
    <section className="light-state" data-state={status.state}>
      <p className="light-state-name">
        <StateMark state={status.state} />
        {text.stateOf[status.state]}
      </p>
      <p className="soft">{text.stateSince(format.moment(sinceMs, nowMs), format.span(nowMs - sinceMs))}</p>
      <p>{reasons[status.reason][language]}</p>
      <p className="soft">
        {text.lastSeen}: {lastSeen === null ? text.never : text.ago(format.span(nowMs - Date.parse(lastSeen)))}
      </p>
      {incident !== undefined && (
        <button type="button" className="link" onClick={() => actions.openIncident(incident.id)}>
          {text.showIncident}: {faultCatalogue[incident.fault].title[language]}
        </button>
      )}
    </section>
  )
}

const ExplanationSection = ({ explanation }: { explanation: LightExplanation | null }) => {
  const { text, language } = useLocale()
  if (explanation === null) return null
  return (
    <section>
      <h3>{text.whyHeading}</h3>
      <Explanation sentences={explanation.text[language]} />
    </section>
  )
}

const ChartSection = ({ details, supply }: { details: LightDetails; supply: Luminaire['supply'] }) => {
  const { text, format } = useLocale()
  const { readings, fromMs, toMs } = details
  return (
    <section>
      <h3>{text.recentReadings(format.span(toMs - fromMs))}</h3>
      <ReadingsChart {...{ supply, readings, fromMs, toMs }} />
    </section>
  )
}

/** As in the contract, but for the two that say nothing of the light. */
const aboutController: readonly ReadingFieldName[] = ['seq', 'uptime']
const fieldOrder = [
  ...(Object.keys(readingFields) as ReadingFieldName[]).filter((name) => !aboutController.includes(name)),
  ...aboutController,
]

const ReadingSection = ({ status }: { status: LuminaireStatus }) => {
  const locale = useLocale()
  const { text, format } = locale
  const nowMs = usePlatformNow(1_000) ?? 0
  const reading = status.lastReading
  if (reading === null) return null
  const rows = fieldOrder.flatMap((name) => {
    const value = readingValue(name, reading[name], locale)
    return value === null ? [] : [{ name: text.readingOf[name], value }]
  })
  return (
    <section>
      <h3>
        {text.lastReading} <span className="soft">{format.moment(Date.parse(reading.at), nowMs)}</span>
      </h3>
      <dl className="facts">
        {rows.map(({ name, value }) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
    </section>
  )
}

const PlaceSection = ({ luminaire }: { luminaire: Luminaire }) => {
  const { text, format } = useLocale()
  const communities = useTown((town) => town.register.communities)
  const [lon, lat] = luminaire.at
  const facts: [name: string, value: string | undefined][] = [
    [text.community, communities.get(luminaire.community)?.name ?? luminaire.community],
    [text.street, luminaire.street],
    [text.pole, luminaire.pole],
    [text.cabinet, luminaire.cabinet],
    [text.circuit, luminaire.circuit],
    [text.phase, luminaire.phase],
    [text.gateway, luminaire.gateway],
    [text.supply, text.supplyOf[luminaire.supply]],
    [text.ratedPower, format.quantity(luminaire.ratedPower, 'W')],
    [text.coordinates, `${lat.toFixed(5)}, ${lon.toFixed(5)}`],
  ]
  return (
    <section>
      <h3>{text.place}</h3>
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value !== undefined && (
              <Fact key={name} name={name}>
                {value}
              </Fact>
            ),
        )}
      </dl>
    </section>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
