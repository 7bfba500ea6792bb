import type { Municipality } from '@fanari/contracts'
import { useEffect, useState } from 'react'
import type { ApiClient } from './api/client.ts'
import { Header } from './header/header.tsx'
import type { Language } from './i18n/format.ts'
import { useLocale } from './i18n/locale.tsx'
import { LightPanel } from './light/light-panel.tsx'
import { TownProvider } from './live/town-context.tsx'
import { MapView } from './map/map-view.tsx'
import { Announcer } from './panels/announcer.tsx'
import { CommunitiesPanel } from './panels/communities-panel.tsx'
import { IncidentsPanel } from './panels/incidents-panel.tsx'
import { StaleBanner } from './panels/stale-banner.tsx'
import { Tabs } from './panels/tabs.tsx'
import { TicketsPanel } from './panels/tickets-panel.tsx'
import { SessionProvider } from './session.tsx'
import { useView, ViewProvider } from './view.tsx'

/** The operations page of one municipality. */
export const Operations = (props: {
  client: ApiClient
  municipality: Municipality
  municipalities: Municipality[]
  onMunicipality: (id: string) => void
  onLanguage: (language: Language) => void
}) => (
  <TownProvider client={props.client} municipality={props.municipality.id}>
    <SessionProvider client={props.client}>
      <ViewProvider>
        <div className="page">
          <Header {...props} />
          <StaleBanner />
          <Workspace client={props.client} municipality={props.municipality.id} />
          <Announcer />
        </div>
      </ViewProvider>
    </SessionProvider>
  </TownProvider>
)

/** Wide: communities to the left of the map, what happens to its right. Narrow: one of them below the map, chosen by a tab. */
const Workspace = ({ client, municipality }: { client: ApiClient; municipality: string }) => {
  const { text } = useLocale()
  const { view } = useView()
  const narrow = useNarrow()
  const light =
    view.light === null ? null : (
      <LightPanel key={view.light} id={view.light} client={client} municipality={municipality} />
    )
  const happening =
    view.tab === 'tickets' ? (
      <TicketsPanel client={client} municipality={municipality} />
    ) : (
      <IncidentsPanel client={client} municipality={municipality} />
    )

  if (narrow) {
    return (
      <main className="workspace" data-narrow="true">
        <MapView narrow />
        <section className="panel sheet" id="panels" tabIndex={-1} aria-label={text[view.tab]}>
          {light ?? (view.tab === 'communities' ? <CommunitiesPanel /> : happening)}
        </section>
        <Tabs tabs={['communities', 'incidents', 'tickets']} className="tab-bar" />
      </main>
    )
  }
  return (
    <main className="workspace">
      <MapView narrow={false} />
      <section className="panel panel-start" id="panels" tabIndex={-1} aria-label={text.communities}>
        <h2 className="panel-title">{text.communities}</h2>
        <CommunitiesPanel />
      </section>
      <section className="panel panel-end" aria-label={light === null ? text[view.tab] : text.light}>
        {light ?? (
          <>
            <Tabs tabs={['incidents', 'tickets']} className="tab-strip" />
            {happening}
          </>
        )}
      </section>
    </main>
  )
}

const narrowQuery = '(max-width: 900px)'

const useNarrow = (): boolean => {
  const [narrow, setNarrow] = useState(() => matchMedia(narrowQuery).matches)
  useEffect(() => {
    const query = matchMedia(narrowQuery)
    const update = () => setNarrow(query.matches)
    query.addEventListener('change', update)
    return () => query.removeEventListener('change', update)
  }, [])
  return narrow
}
