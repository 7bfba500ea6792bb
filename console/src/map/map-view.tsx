import { faultCatalogue, lightStates } from '@fanari/contracts'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useLocale } from '../i18n/locale.tsx'
import { useSky, useTownStore } from '../live/town-context.tsx'
import { usePlaceNames } from '../panels/place-names.ts'
import { StateMark } from '../parts/state-mark.tsx'
import { useView } from '../view.tsx'
import { wholeTown } from './features.ts'
import { readPalette } from './palette.ts'
import type { TownMap } from './town-map.ts'

/** What the panels cover of the map on a wide page [px]; on a narrow one the map has a place of its own. */
const widePadding = { top: 8, bottom: 8, left: 364, right: 396 }
const narrowPadding = { top: 0, bottom: 0, left: 0, right: 0 }

export const MapView = ({ narrow }: { narrow: boolean }) => {
  const { text, language } = useLocale()
  const store = useTownStore()
  const { view, actions } = useView()
  const sky = useSky()
  const placeOf = usePlaceNames()
  const container = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<TownMap | null>(null)
  const [unavailable, setUnavailable] = useState(false)
  const create = useEffectEvent((element: HTMLElement, createTownMap: typeof import('./town-map.ts').createTownMap) =>
    createTownMap({
      container: element,
      label: text.map,
      palette: readPalette(element),
      calm: matchMedia('(prefers-reduced-motion: reduce)').matches,
      onLight: actions.openLight,
      onCommunity: actions.openCommunity,
      onIncident: actions.openIncident,
    }),
  )

  useEffect(() => {
    const element = container.current
    if (element === null) return
    let created: TownMap | null = null
    let stopped = false
    // The map library is large; the lists do not wait for it.
    import('./town-map.ts')
      .then(({ canDrawMap, createTownMap }) => {
        if (stopped) return
        if (!canDrawMap()) throw new Error('WebGL 2 is missing')
        created = create(element, createTownMap)
        setMap(created)
      })
      .catch(() => setUnavailable(true))
    return () => {
      stopped = true
      setMap(null)
      created?.remove()
    }
  }, [])

  useEffect(() => {
    if (map === null) return
    const show = () => map.show(store.state())
    show()
    return store.subscribe(show)
  }, [map, store])
  useEffect(() => map?.setPadding(narrow ? narrowPadding : widePadding), [map, narrow])
  useEffect(() => map?.select(view.light), [map, view.light])
  useEffect(() => {
    if (view.focus !== null) map?.flyTo(view.focus.places)
  }, [map, view.focus])
  useEffect(() => {
    if (sky !== null) map?.setSky(sky)
  }, [map, sky])
  useEffect(
    () => map?.setPinText((incident) => `${faultCatalogue[incident.fault].title[language]}, ${placeOf(incident)}`),
    [map, language, placeOf],
  )

  return (
    <section className="map" aria-label={text.map}>
      <div className="map-canvas" ref={container} />
      {unavailable ? (
        <p className="map-notice" role="status">
          {text.mapUnavailable}
        </p>
      ) : (
        <>
          <div className="map-buttons">
            <button type="button" aria-label={text.zoomIn} title={text.zoomIn} onClick={() => map?.zoomBy(1)}>
              +
            </button>
            <button type="button" aria-label={text.zoomOut} title={text.zoomOut} onClick={() => map?.zoomBy(-1)}>
              −
            </button>
            <button
              type="button"
              aria-label={text.wholeTown}
              title={text.wholeTown}
              onClick={() => actions.openTown(wholeTown(store.state().register))}
            >
              ⤢
            </button>
          </div>
          <Legend />
        </>
      )}
    </section>
  )
}

const Legend = () => {
  const { text } = useLocale()
  return (
    <details className="legend">
      <summary>{text.legend}</summary>
      <ul>
        {lightStates.map((state) => (
          <li key={state}>
            <StateMark state={state} />
            {text.stateOf[state]}
          </li>
        ))}
      </ul>
    </details>
  )
}
