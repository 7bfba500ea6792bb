import type { LuminaireProperties } from '@fanari/contracts'

export type Chemistry = Extract<LuminaireProperties, { supply: 'solar' }>['batteryChemistry']

/** What is known of a kind of battery before anything is known of this one. Voltages are those of a block of `blockV`. */
interface ChemistryFacts {
  blockV: number
  /** Rest voltage [V] at 25 °C against state of charge, from empty to full. */
  rest: readonly (readonly [charge: number, volts: number])[]
  /** What the table is trusted to, with the noise of a meter [V]. */
  tableErrorV: number
  /** Energy given back of what was put in. */
  roundTrip: number
  /** State of charge at which controllers cut the load, and how far they scatter. */
  floor: number
  floorError: number
  /** State of charge at which they give it back, under the sun. */
  reconnect: number
  /** A charger that holds this voltage with little current has filled it [V]. */
  fullV: number
  /** How long after charging the voltage still tells of the charger and not of the charge [h]. */
  settleHours: number
}

/*
 * Rest voltages: usual tables for 12 V lead-acid and four-cell LiFePO₄; three-cell lithium-ion from usual cell curves. Round trips: 0.94
 * for LiFePO₄, 0.85 for lead-acid. LiFePO₄ controllers cut the load at 10.8 V; lead-acid ones (Phocos, EPSolar) at 11.0–11.9 V.
 */
export const chemistries: Record<Chemistry, ChemistryFacts> = {
  lifepo4: {
    blockV: 12.8,
    rest: [
      [0, 10],
      [0.09, 12],
      [0.14, 12.5],
      [0.17, 12.8],
      [0.2, 12.9],
      [0.3, 13],
      [0.4, 13.1],
      [0.7, 13.2],
      [0.9, 13.3],
      [0.99, 13.4],
      [1, 13.6],
    ],
    tableErrorV: 0.06,
    roundTrip: 0.94,
    floor: 0.05,
    floorError: 0.04,
    reconnect: 0.14,
    fullV: 13.9,
    settleHours: 0.5,
  },
  leadAcid: {
    blockV: 12,
    rest: [
      [0, 11.3],
      [0.1, 11.51],
      [0.2, 11.66],
      [0.3, 11.81],
      [0.4, 11.96],
      [0.5, 12.1],
      [0.6, 12.24],
      [0.7, 12.37],
      [0.8, 12.5],
      [0.9, 12.62],
      [1, 12.73],
    ],
    tableErrorV: 0.06,
    roundTrip: 0.85,
    floor: 0.06,
    floorError: 0.08,
    reconnect: 0.7,
    fullV: 13.9,
    settleHours: 2,
  },
  liIon: {
    blockV: 11.1,
    rest: [
      [0, 9],
      [0.05, 10.2],
      [0.1, 10.5],
      [0.2, 10.8],
      [0.4, 11.1],
      [0.6, 11.4],
      [0.8, 11.85],
      [1, 12.5],
    ],
    tableErrorV: 0.06,
    roundTrip: 0.95,
    floor: 0.05,
    floorError: 0.04,
    reconnect: 0.15,
    fullV: 12.5,
    settleHours: 0.5,
  },
}

/** State of charge at which the battery rests at `volts` (of one block); beyond the ends of the table the ends. */
export const chargeAt = (chemistry: Chemistry, volts: number): number => {
  const { rest } = chemistries[chemistry]
  let below = rest[0] as readonly [number, number]
  if (volts <= below[1]) return below[0]
  for (const point of rest) {
    if (point[1] >= volts) return below[0] + ((point[0] - below[0]) * (volts - below[1])) / (point[1] - below[1] || 1)
    below = point
  }
  return 1
}

/**
 * What the voltage says of the charge: a value and how far to trust it. On the plateau of LiFePO₄ a few hundredths of a volt are half the
 * battery, so the width of the table's error band says how much it is worth.
 */
export const chargeFromVoltage = (
  chemistry: Chemistry,
  volts: number,
  errorV: number,
): { charge: number; error: number } => {
  const low = chargeAt(chemistry, volts - errorV)
  const high = chargeAt(chemistry, volts + errorV)
  return { charge: chargeAt(chemistry, volts), error: (high - low) / 2 + 0.02 }
}

/** Usual voltages of batteries by their number of blocks [V]. */
const blockCounts = [1, 2, 3, 4] as const

/** How many blocks a battery has, from its nominal voltage, or else from the one it shows. */
export const blocksOf = (chemistry: Chemistry, nominalV: number | null, shownV: number): number => {
  const { blockV } = chemistries[chemistry]
  if (nominalV !== null) return nominalV / blockV
  // Between 0.75 and 1.3 of its nominal voltage: the counts do not overlap where batteries are in use.
  return blockCounts.find((count) => shownV < 1.3 * count * blockV) ?? Math.max(1, Math.round(shownV / blockV))
}

/** Share of the capacity that the cold leaves: 1 from 20 °C up, 0.92 at 0–10 °C, 0.85 below, 0.65 at −20 °C. */
export const temperatureFactor = (celsius: number): number => {
  if (celsius >= 20) return 1
  if (celsius >= 5) return 0.92 + (0.08 * (celsius - 5)) / 15
  if (celsius >= -5) return 0.86 + (0.06 * (celsius + 5)) / 10
  return Math.max(0.6, 0.86 + (0.21 * (celsius + 5)) / 15)
}
