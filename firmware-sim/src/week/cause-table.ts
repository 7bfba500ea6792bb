import type { FaultKind } from '../scenario/faults.ts'

/** When a cause likes to begin. */
export type Hour = 'any' | 'night' | 'deepNight' | 'dusk' | 'early'

export interface CauseRow {
  fault: Exclude<FaultKind, 'panelCovered'>
  /** How often, against the others. */
  weight: number
  /** How much more often in a storm. */
  inStorm?: number
  hour: Hour
  /** How long it lasts [h], shortest and longest; drawn so that each order of magnitude is as likely. */
  hours: readonly [shortest: number, longest: number]
}

const secondH = 1 / 3_600

/**
 * What happens in a week, far more often than in life, so that every kind is seen. Lamps, drivers and fuses most, as in life; the
 * durations are those of repairs and of outages as operators report them. `dip`, `reboot` and `poorLink` are no faults to report: they
 * are what a detector must not be fooled by.
 */
export const causeTable: readonly CauseRow[] = [
  { fault: 'lamp', weight: 3, hour: 'any', hours: [8, 96] },
  { fault: 'driver', weight: 3, inStorm: 2, hour: 'any', hours: [8, 96] },
  { fault: 'poleFuse', weight: 2.5, inStorm: 2, hour: 'any', hours: [1, 48] },
  { fault: 'ledString', weight: 1.2, hour: 'night', hours: [24, 96] },
  { fault: 'wrongLamp', weight: 0.5, hour: 'night', hours: [24, 96] },
  { fault: 'dimmingStuck', weight: 0.6, hour: 'any', hours: [30, 96] },
  { fault: 'cycling', weight: 1, hour: 'night', hours: [6, 60] },
  { fault: 'relayOpen', weight: 0.7, hour: 'any', hours: [8, 72] },
  { fault: 'capacitor', weight: 0.6, hour: 'any', hours: [24, 96] },
  { fault: 'dayBurner', weight: 1.2, hour: 'any', hours: [6, 72] },
  { fault: 'knockdown', weight: 0.6, hour: 'any', hours: [8, 72] },
  { fault: 'leaning', weight: 0.4, inStorm: 4, hour: 'any', hours: [24, 96] },
  { fault: 'overheating', weight: 0.4, hour: 'night', hours: [6, 48] },
  { fault: 'clockWrong', weight: 0.6, hour: 'any', hours: [20, 72] },
  { fault: 'controllerHang', weight: 0.7, hour: 'any', hours: [10, 72] },
  { fault: 'radioLoss', weight: 1, hour: 'any', hours: [0.5, 48] },
  { fault: 'poorLink', weight: 0.7, hour: 'any', hours: [12, 72] },
  { fault: 'reboot', weight: 1.2, hour: 'any', hours: [60 * secondH, 61 * secondH] },
  { fault: 'circuitTrip', weight: 1.8, inStorm: 3, hour: 'any', hours: [0.3, 24] },
  { fault: 'cableCut', weight: 0.8, hour: 'any', hours: [4, 72] },
  { fault: 'cableTheft', weight: 0.4, hour: 'deepNight', hours: [24, 120] },
  { fault: 'phaseLoss', weight: 0.9, hour: 'any', hours: [0.5, 24] },
  { fault: 'overvoltage', weight: 0.4, hour: 'any', hours: [1, 24] },
  { fault: 'undervoltage', weight: 0.4, hour: 'any', hours: [1, 24] },
  { fault: 'dip', weight: 1.5, inStorm: 3, hour: 'any', hours: [secondH, 20 * secondH] },
  { fault: 'contactorWelded', weight: 0.5, hour: 'any', hours: [12, 72] },
  { fault: 'contactorStuckOpen', weight: 0.6, hour: 'dusk', hours: [0.7, 16] },
  { fault: 'cabinetSupply', weight: 0.8, inStorm: 2, hour: 'any', hours: [0.2, 8] },
  { fault: 'illegalTap', weight: 0.5, hour: 'any', hours: [12, 96] },
  { fault: 'leakage', weight: 0.5, inStorm: 3, hour: 'any', hours: [1, 48] },
  { fault: 'doorOpen', weight: 0.5, hour: 'any', hours: [0.2, 24] },
  { fault: 'areaSupply', weight: 0.5, inStorm: 2, hour: 'any', hours: [0.2, 6] },
  { fault: 'gatewayFailure', weight: 1.6, hour: 'any', hours: [0.17, 5] },
  { fault: 'providerOutage', weight: 0.4, hour: 'any', hours: [0.2, 2] },
  { fault: 'drainedBattery', weight: 0.4, hour: 'any', hours: [24, 96] },
  { fault: 'batteryAged', weight: 0.6, hour: 'early', hours: [96, 168] },
  { fault: 'panelSoiled', weight: 0.7, hour: 'early', hours: [96, 168] },
  { fault: 'panelShaded', weight: 0.4, hour: 'early', hours: [96, 168] },
  { fault: 'panelDisconnected', weight: 0.4, hour: 'any', hours: [48, 120] },
  { fault: 'chargerFault', weight: 0.4, hour: 'any', hours: [48, 120] },
]
