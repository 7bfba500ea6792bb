import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { readAddress, writeAddress } from './address.ts'
import type { LonLat } from './live/register.ts'
import { useTownStore } from './live/town-context.tsx'
import { placesOf } from './map/features.ts'

export type Tab = 'communities' | 'incidents' | 'tickets'

/** What the user looks at. */
export interface View {
  tab: Tab
  light: string | null
  community: string | null
  incident: string | null
  ticket: string | null
  /** Where the map should go; a new object is a new request. */
  focus: { places: LonLat[] } | null
}

export interface ViewActions {
  openTab(tab: Tab): void
  openLight(id: string): void
  closeLight(): void
  openCommunity(id: string): void
  closeCommunity(): void
  openIncident(id: string): void
  openTicket(id: string): void
  openTown(places: LonLat[]): void
}

const ViewContext = createContext<{ view: View; actions: ViewActions } | null>(null)

/** The address names the open light, so that it can be passed on. */
const showAddress = (light: string | null) =>
  history.replaceState(null, '', light === null ? location.pathname : writeAddress({ light }))

export const ViewProvider = ({ children }: { children: ReactNode }) => {
  const store = useTownStore()
  const [view, setView] = useState<View>(() => {
    const { light, ticket } = readAddress(location.hash)
    return {
      tab: ticket === null ? 'incidents' : 'tickets',
      light,
      community: null,
      incident: null,
      ticket,
      focus: null,
    }
  })

  const actions = useMemo((): ViewActions => {
    const change = (next: Partial<View>) => setView((view) => ({ ...view, ...next }))
    const focusOn = (places: LonLat[]) => (places.length === 0 ? {} : { focus: { places } })
    const showLight = (light: string | null) => {
      showAddress(light)
      return { light }
    }
    return {
      openTab: (tab) => change({ tab, ...showLight(null) }),
      openLight: (id) => {
        const light = store.state().register.luminaires.get(id)
        change({ ...showLight(id), ...focusOn(light === undefined ? [] : [light.at]) })
      },
      closeLight: () => change(showLight(null)),
      openCommunity: (id) => {
        const { register } = store.state()
        const lights = [...register.luminaires.values()].filter(({ community }) => community === id)
        const community = register.communities.get(id)
        const places = lights.length > 0 ? lights.map(({ at }) => at) : community === undefined ? [] : [community.at]
        change({ tab: 'communities', community: id, ...showLight(null), ...focusOn(places) })
      },
      closeCommunity: () => change({ community: null }),
      openIncident: (id) => {
        const { incidents, register } = store.state()
        const incident = incidents.get(id)?.document
        const places = incident === undefined ? [] : placesOf(incident, register)
        change({ tab: 'incidents', incident: id, ...showLight(null), ...focusOn(places) })
      },
      openTicket: (id) => change({ tab: 'tickets', ticket: id, ...showLight(null) }),
      openTown: (places) => change({ community: null, ...focusOn(places) }),
    }
  }, [store])

  const value = useMemo(() => ({ view, actions }), [view, actions])
  return <ViewContext value={value}>{children}</ViewContext>
}

export const useView = () => {
  const value = useContext(ViewContext)
  if (value === null) throw new Error('useView needs a ViewProvider above it')
  return value
}
