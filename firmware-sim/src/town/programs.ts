import type { ProgramProperties } from '@fanari/contracts'

/** Dimmed after the evening's traffic, full again for the morning's. */
export const eveningDim = 'evening-dim'
/** Half power through the small hours, so that the battery lasts. */
export const solarDim = 'solar-dim'

export const programs: ProgramProperties[] = [
  {
    kind: 'program',
    id: eveningDim,
    steps: [
      { at: 'dusk', level: 100 },
      { at: '23:30', level: 60 },
      { at: 'dawn-1h', level: 100 },
      { at: 'dawn', level: 0 },
    ],
  },
  {
    kind: 'program',
    id: solarDim,
    steps: [
      { at: 'dusk', level: 100 },
      { at: 'dusk+4h', level: 50 },
      { at: 'dawn-1h30m', level: 100 },
      { at: 'dawn', level: 0 },
    ],
  },
]
