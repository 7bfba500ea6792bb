import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { collection } from './features.ts'
import type { Palette } from './palette.ts'

/** Without `glyphs` in the style these are fonts of the machine, and nothing is fetched. */
const font = ['system-ui', 'Noto Sans', 'DejaVu Sans', 'sans-serif']

const state: ExpressionSpecification = ['coalesce', ['feature-state', 'state'], 'unknown']
const isState = (...names: string[]): ExpressionSpecification =>
  ['match', state, names, 1, 0] as ExpressionSpecification

/** Pixels by zoom, from a far village to a single pole. */
const byZoom = (...stops: [zoom: number, size: number | ExpressionSpecification][]): ExpressionSpecification =>
  ['interpolate', ['exponential', 1.5], ['zoom'], ...stops.flat()] as ExpressionSpecification

const stateColour = (palette: Palette): ExpressionSpecification => [
  'match',
  state,
  'lit',
  palette.state.lit,
  'dark',
  palette.state.dark,
  'unexpectedlyOn',
  palette.state.unexpectedlyOn,
  'maintenance',
  palette.state.maintenance,
  'off',
  palette.state.off,
  palette.state.unknown,
]

const toneColour = (palette: Palette): ExpressionSpecification => [
  'match',
  ['get', 'tone'],
  'dark',
  palette.tone.dark,
  'blind',
  palette.tone.blind,
  palette.tone.attention,
]

/** A map of our own data alone: no tiles, no glyphs, no sprites, no requests. */
export const createStyle = (palette: Palette): StyleSpecification => ({
  version: 8,
  transition: { duration: 600, delay: 0 },
  sources: {
    communities: { type: 'geojson', data: collection([]), promoteId: 'id' },
    circuits: { type: 'geojson', data: collection([]), tolerance: 0.2 },
    equipment: { type: 'geojson', data: collection([]) },
    lights: { type: 'geojson', data: collection([]), promoteId: 'id', buffer: 32, tolerance: 0 },
    halos: { type: 'geojson', data: collection([]), buffer: 64 },
    selection: { type: 'geojson', data: collection([]) },
  },
  layers: [
    { id: 'ground', type: 'background', paint: { 'background-color': palette.ground } },
    ...placeLayers(palette),
    ...lightLayers(palette),
    ...nameLayers(palette),
  ],
})

const placeLayers = (palette: Palette): LayerSpecification[] => [
  {
    id: 'settlement',
    type: 'circle',
    source: 'communities',
    paint: {
      'circle-color': palette.settlement,
      'circle-blur': 1,
      'circle-opacity': ['interpolate', ['linear'], ['zoom'], 9, 0.9, 14, 0.5],
      'circle-radius': byZoom([8, 10], [11, ['+', 26, ['*', 0.5, ['sqrt', ['get', 'population']]]]], [14, 320]),
    },
  },
  {
    id: 'circuit',
    type: 'line',
    source: 'circuits',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': palette.street,
      'line-width': byZoom([10, 0.5], [14, 2], [18, 12]),
      'line-opacity': ['interpolate', ['linear'], ['zoom'], 10, 0.35, 14, 0.9],
    },
  },
]

const lightLayers = (palette: Palette): LayerSpecification[] => [
  {
    id: 'halo',
    type: 'circle',
    source: 'halos',
    paint: {
      'circle-color': toneColour(palette),
      'circle-blur': 0.8,
      'circle-opacity': 0.32,
      'circle-radius': byZoom([9, 7], [13, 16], [18, 64]),
    },
  },
  {
    id: 'glow',
    type: 'circle',
    source: 'lights',
    paint: {
      'circle-color': stateColour(palette),
      'circle-blur': 1,
      'circle-opacity': ['*', 0.34, isState('lit', 'unexpectedlyOn')],
      'circle-radius': byZoom([9, 5], [11, 8], [13, 13], [18, 80]),
    },
  },
  {
    id: 'light',
    type: 'circle',
    source: 'lights',
    paint: {
      'circle-color': ['match', state, 'unknown', palette.ground, stateColour(palette)],
      'circle-radius': byZoom([9, 0.7], [13, 2.4], [16, 5.5], [19, 11]),
      'circle-stroke-color': stateColour(palette),
      'circle-stroke-width': byZoom([9, ['*', 0.6, isState('unknown')]], [14, ['*', 1.6, isState('unknown')]]),
    },
  },
  {
    // The same lights once more, above the rest and larger: one dark light must not hide among lit neighbours.
    id: 'trouble',
    type: 'circle',
    source: 'lights',
    paint: {
      'circle-color': stateColour(palette),
      'circle-opacity': isState('dark', 'unexpectedlyOn', 'maintenance'),
      'circle-radius': byZoom([9, 2], [13, 3.6], [16, 7], [19, 13]),
      'circle-stroke-color': palette.ground,
      'circle-stroke-width': byZoom([9, 0.4], [16, 1.5]),
      'circle-stroke-opacity': isState('dark', 'unexpectedlyOn', 'maintenance'),
    },
  },
  sign('dark-sign', '✕', isState('dark'), palette.ground),
  sign('unknown-sign', '?', isState('unknown'), palette.state.unknown),
  sign('unexpected-sign', '!', isState('unexpectedlyOn'), palette.ground),
  {
    id: 'selection',
    type: 'circle',
    source: 'selection',
    paint: {
      'circle-color': 'rgba(0, 0, 0, 0)',
      'circle-radius': byZoom([9, 7], [13, 10], [16, 14], [19, 22]),
      'circle-stroke-color': palette.selection,
      'circle-stroke-width': 2.5,
    },
  },
]

/** A letter on the light from street level on, so that a state is not told by its colour alone. */
const sign = (id: string, letter: string, opacity: ExpressionSpecification, colour: string): LayerSpecification => ({
  id,
  type: 'symbol',
  source: 'lights',
  minzoom: 15.5,
  layout: {
    'text-field': letter,
    'text-font': font,
    'text-size': byZoom([15, 8], [19, 18]),
    'text-allow-overlap': true,
    'text-ignore-placement': true,
  },
  paint: { 'text-color': colour, 'text-opacity': opacity },
})

const nameLayers = (palette: Palette): LayerSpecification[] => [
  {
    id: 'equipment',
    type: 'symbol',
    source: 'equipment',
    minzoom: 14.5,
    layout: {
      'text-field': ['format', ['get', 'sign'], { 'font-scale': 1.3 }, '\n', {}, ['get', 'id'], { 'font-scale': 0.8 }],
      'text-font': font,
      'text-size': 12,
      'text-optional': true,
    },
    paint: { 'text-color': palette.equipment, 'text-halo-color': palette.nameHalo, 'text-halo-width': 1.5 },
  },
  {
    id: 'community',
    type: 'symbol',
    source: 'communities',
    maxzoom: 16,
    layout: {
      'text-field': ['get', 'name'],
      'text-font': font,
      'text-size': byZoom([9, ['case', ['>', ['get', 'population'], 3000], 15, 11.5]], [14, 18]),
      'text-anchor': 'bottom',
      'text-offset': [0, -0.8],
      'text-padding': 4,
      'symbol-sort-key': ['-', 0, ['get', 'population']],
    },
    paint: {
      'text-color': ['case', ['boolean', ['feature-state', 'darkCommunity'], false], palette.tone.dark, palette.name],
      'text-halo-color': palette.nameHalo,
      'text-halo-width': 1.6,
    },
  },
]
