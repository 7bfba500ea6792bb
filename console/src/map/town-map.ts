import type { Incident } from '@fanari/contracts'
import { type GeoJSONSource, Map as MapLibreMap, type MapMouseEvent, ScaleControl, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { boundsOf, type LonLat, type Register } from '../live/register.ts'
import type { Sky } from '../live/sky.ts'
import type { TownState } from '../live/state.ts'
import {
  circuitFeatures,
  collection,
  communityFeatures,
  equipmentFeatures,
  type FeatureCollection,
  haloFeatures,
  lightFeatures,
  wholeTown,
} from './features.ts'
import { createStyle } from './layers.ts'
import type { Palette } from './palette.ts'
import { createPins, type PinText } from './pins.ts'

setWorkerUrl(workerUrl)

export interface TownMap {
  /** Draws what changed since the last call. */
  show(town: TownState): void
  select(light: string | null): void
  setSky(sky: Sky): void
  setPinText(text: PinText): void
  setPadding(padding: { top: number; bottom: number; left: number; right: number }): void
  flyTo(places: LonLat[]): void
  zoomBy(steps: number): void
  remove(): void
}

/** Whether this browser can draw the map at all. */
export const canDrawMap = (): boolean => document.createElement('canvas').getContext('webgl2') !== null

const skyGround = { day: '--ground-day', twilight: '--ground-twilight', night: '--ground' } as const
/** How far beside a light a click or a thumb still means it [px]. */
const reachPx = 14

/** The town on a MapLibre map. Lights are one source; their states are feature states, so that a change repaints and does not re-tile. */
export const createTownMap = (options: {
  container: HTMLElement
  label: string
  palette: Palette
  calm: boolean
  onLight: (id: string) => void
  onCommunity: (id: string) => void
  onIncident: (id: string) => void
}): TownMap => {
  const { container, palette, calm } = options
  const map = new MapLibreMap({
    container,
    style: createStyle(palette),
    center: [0, 0],
    zoom: 8,
    minZoom: 6,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 150,
    locale: { 'Map.Title': options.label },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new ScaleControl({ maxWidth: 90 }), 'bottom-left')
  const pins = createPins(map, options.onIncident)
  let shown: TownState | null = null
  let latest: TownState | null = null
  let selected: string | null = null
  let ready = false

  const setData = (source: string, data: FeatureCollection) => {
    void map.getSource<GeoJSONSource>(source)?.setData(data)
  }

  const draw = () => {
    if (!ready || latest === null) return
    const town = latest
    const before = shown
    shown = town
    if (town.register !== before?.register)
      drawRegister(town.register, before === null || before.register.luminaires.size === 0)
    if (town.lights !== before?.lights) {
      for (const [id, light] of town.lights) {
        if (light.state !== before?.lights.get(id)?.state) {
          map.setFeatureState({ source: 'lights', id }, { state: light.state })
        }
      }
    }
    if (town.communities !== before?.communities) {
      for (const [id, { darkCommunity }] of town.communities) {
        if (darkCommunity !== before?.communities.get(id)?.darkCommunity) {
          map.setFeatureState({ source: 'communities', id }, { darkCommunity })
        }
      }
    }
    if (town.incidents !== before?.incidents || town.register !== before.register) {
      const open = openIncidents(town)
      setData('halos', collection(haloFeatures(open, town.register)))
      pins.show(open, town.register)
    }
    drawSelection()
  }

  const drawRegister = (register: Register, first: boolean) => {
    setData('lights', collection(lightFeatures(register)))
    setData('circuits', collection(circuitFeatures(register)))
    setData('communities', collection(communityFeatures(register)))
    setData('equipment', collection(equipmentFeatures(register)))
    if (!first) return
    const light = register.luminaires.get(selected ?? '')
    frame(light === undefined ? wholeTown(register) : [light.at], false)
  }

  const drawSelection = () => {
    const light = selected === null ? undefined : latest?.register.luminaires.get(selected)
    const at = light === undefined ? [] : [...light.at]
    const features = light === undefined ? [] : [{ type: 'Point' as const, coordinates: at }]
    setData('selection', collection(features.map((geometry) => ({ type: 'Feature', geometry, properties: {} }))))
  }

  const frame = (places: LonLat[], animate: boolean) => {
    const bounds = boundsOf(places)
    if (bounds === null) return
    map.fitBounds(bounds, { padding: 48, maxZoom: 16.5, animate: animate && !calm, duration: 1_400, essential: false })
  }

  const nearestLight = ({ point }: MapMouseEvent): string | undefined => {
    const distancePx = (at: LonLat) => map.project([at[0], at[1]]).dist(point)
    const box: [[number, number], [number, number]] = [
      [point.x - reachPx, point.y - reachPx],
      [point.x + reachPx, point.y + reachPx],
    ]
    return map
      .queryRenderedFeatures(box, { layers: ['light'] })
      .flatMap(({ id }) => latest?.register.luminaires.get(String(id)) ?? [])
      .toSorted((a, b) => distancePx(a.at) - distancePx(b.at))[0]?.id
  }

  /** A village seen from afar is one spot: a click there means the village, not one of its lights. */
  const lightsApartZoom = 12.5

  map.on('click', (event) => {
    const [label] = map.queryRenderedFeatures(event.point, { layers: ['community'] })
    const light = nearestLight(event)
    const community = label?.id ?? (light === undefined ? undefined : latest?.register.luminaires.get(light)?.community)
    if (light !== undefined && (map.getZoom() >= lightsApartZoom || community === undefined)) options.onLight(light)
    else if (community !== undefined) options.onCommunity(String(community))
  })
  for (const layer of ['light', 'community']) {
    map.on('mouseenter', layer, () => {
      map.getCanvas().style.cursor = 'pointer'
    })
    map.on('mouseleave', layer, () => {
      map.getCanvas().style.cursor = ''
    })
  }
  const markDistance = () => {
    container.dataset.far = String(map.getZoom() < lightsApartZoom)
  }
  map.on('zoom', markDistance)
  map.once('load', () => {
    ready = true
    markDistance()
    draw()
  })

  return {
    show: (town) => {
      latest = town
      draw()
    },
    select: (light) => {
      selected = light
      if (ready) drawSelection()
    },
    setSky: (sky) => {
      const ground = getComputedStyle(container).getPropertyValue(skyGround[sky]).trim()
      const apply = () => map.setPaintProperty('ground', 'background-color', ground)
      if (map.isStyleLoaded()) apply()
      else map.once('load', apply)
    },
    setPinText: pins.setText,
    setPadding: (padding) => {
      map.setPadding(padding)
    },
    flyTo: (places) => frame(places, true),
    zoomBy: (steps) => {
      map.zoomTo(map.getZoom() + steps, { duration: calm ? 0 : 250 })
    },
    remove: () => {
      pins.clear()
      map.remove()
    },
  }
}

const openIncidents = (town: TownState): Incident[] =>
  [...town.incidents.values()]
    .filter(({ endedSeenAt }) => endedSeenAt === null)
    .map(({ document }) => document)
    // The wider incident stands for those it explains.
    .filter(({ parent }) => parent === undefined || town.incidents.get(parent)?.document.state !== 'open')
