import type { Incident } from '@fanari/contracts'
import { type Map as MapLibreMap, Marker } from 'maplibre-gl'
import type { Register } from '../live/register.ts'
import { pinPlace, toneOf } from './features.ts'

/** How an incident is named to those who hear the page. */
export type PinText = (incident: Incident) => string

interface Pin {
  marker: Marker
  element: HTMLElement
  button: HTMLButtonElement
  incident: Incident
}

interface Pins {
  show(open: Incident[], register: Register): void
  setText(text: PinText): void
  clear(): void
}

/** One button on the map for each open incident. They pulse by CSS, which costs the map no redraw. */
export const createPins = (map: MapLibreMap, onIncident: (id: string) => void): Pins => {
  const pins = new Map<string, Pin>()
  let label: PinText = ({ id }) => id

  const describe = ({ element, button, incident }: Pin) => {
    const count = incident.members.length
    const text = label(incident)
    element.dataset.tone = toneOf(incident)
    element.dataset.group = String(count > 1)
    button.title = text
    button.ariaLabel = text
    button.textContent = count > 1 ? String(count) : '!'
  }

  const add = (incident: Incident): Pin => {
    const element = document.createElement('div')
    element.className = 'pin'
    const button = document.createElement('button')
    button.type = 'button'
    button.addEventListener('click', (event) => {
      event.stopPropagation()
      onIncident(incident.id)
    })
    element.append(button)
    return { marker: new Marker({ element, anchor: 'center' }), element, button, incident }
  }

  const remove = (id: string) => {
    pins.get(id)?.marker.remove()
    pins.delete(id)
  }

  return {
    show: (open, register) => {
      const openIds = new Set(open.map(({ id }) => id))
      for (const id of [...pins.keys()]) if (!openIds.has(id)) remove(id)
      for (const incident of open) {
        const place = pinPlace(incident, register)
        if (place === null) {
          remove(incident.id)
          continue
        }
        const known = pins.get(incident.id)
        const pin = known ?? add(incident)
        pin.incident = incident
        pin.marker.setLngLat([place[0], place[1]])
        describe(pin)
        if (known === undefined) pin.marker.addTo(map)
        pins.set(incident.id, pin)
      }
    },
    setText: (text) => {
      label = text
      for (const pin of pins.values()) describe(pin)
    },
    clear: () => {
      for (const id of [...pins.keys()]) remove(id)
    },
  }
}
