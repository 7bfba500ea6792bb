import type { Incident } from '@fanari/contracts'
import { type Map as MapLibreMap, Marker } from 'maplibre-gl'
import type { Register } from '../live/register.ts'
import { pinPlace, placesOf, toneOf } from './features.ts'

/** How an incident is named to those who hear the page. */
export type PinText = (incident: Incident) => string

interface Pins {
  show(open: Incident[], register: Register): void
  setText(text: PinText): void
  clear(): void
}

/** One button on the map for each open incident. They pulse by CSS, which costs the map no redraw. */
export const createPins = (map: MapLibreMap, onIncident: (id: string) => void): Pins => {
  const pins = new Map<string, { marker: Marker; button: HTMLButtonElement; incident: Incident }>()
  let label: PinText = ({ id }) => id

  const describe = (button: HTMLButtonElement, incident: Incident) => {
    const count = incident.members.length
    const text = label(incident)
    button.className = `pin pin-${toneOf(incident)}`
    button.dataset.group = String(count > 1)
    button.title = text
    button.ariaLabel = text
    button.textContent = count > 1 ? String(count) : '!'
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
        const place = pinPlace(placesOf(incident, register))
        if (place === null) {
          remove(incident.id)
          continue
        }
        const known = pins.get(incident.id)
        if (known !== undefined) {
          if (known.incident === incident) continue
          known.incident = incident
          known.marker.setLngLat([place[0], place[1]])
          describe(known.button, incident)
          continue
        }
        const element = document.createElement('div')
        const button = document.createElement('button')
        button.type = 'button'
        button.addEventListener('click', (event) => {
          event.stopPropagation()
          onIncident(incident.id)
        })
        describe(button, incident)
        element.append(button)
        const marker = new Marker({ element, anchor: 'center' }).setLngLat([place[0], place[1]]).addTo(map)
        pins.set(incident.id, { marker, button, incident })
      }
    },
    setText: (text) => {
      label = text
      for (const { button, incident } of pins.values()) describe(button, incident)
    },
    clear: () => {
      for (const id of [...pins.keys()]) remove(id)
    },
  }
}
