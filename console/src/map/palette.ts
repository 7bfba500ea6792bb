import type { LightState } from '@fanari/contracts'

/** The colours of the map, taken from the page's custom properties so that map, lists and chart agree. */
export interface Palette {
  ground: string
  settlement: string
  street: string
  name: string
  nameHalo: string
  equipment: string
  selection: string
  state: Record<LightState, string>
  tone: Record<IncidentTone, string>
}

/** How an incident is shown: lights are dark, something else is wrong, or we cannot tell. */
export type IncidentTone = 'dark' | 'attention' | 'blind'

export const readPalette = (element: Element): Palette => {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    ground: colour('ground'),
    settlement: colour('settlement'),
    street: colour('street'),
    name: colour('text'),
    nameHalo: colour('ground'),
    equipment: colour('text-soft'),
    selection: colour('accent'),
    state: {
      lit: colour('lit'),
      dark: colour('dark'),
      off: colour('off'),
      unexpectedlyOn: colour('unexpectedly-on'),
      unknown: colour('unknown'),
      maintenance: colour('maintenance'),
    },
    tone: { dark: colour('dark'), attention: colour('unexpectedly-on'), blind: colour('unknown') },
  }
}
