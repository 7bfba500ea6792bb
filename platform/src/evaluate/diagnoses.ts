import type { FaultName, ScopeKind } from '@fanari/contracts'
import type { FaultKind } from '@fanari/firmware-sim'

/**
 * Where a cause shows itself, which decides whether and from when anybody could see it:
 * `lit` in readings while its lights should be lit, `unlit` while they should be off, `dimmed` while they are told to dim, `counted` in
 * the counters of readings while lit, `always` in every reading of its lights, `cabinet` in those of the cabinet's meter, `dark` in readings while dark for want of
 * energy, `supply` by last gasp, dead meter or silence, `link` by silence alone, `days` only over days, `never` to nobody.
 */
export type Shows =
  | 'lit'
  | 'unlit'
  | 'dimmed'
  | 'counted'
  | 'always'
  | 'cabinet'
  | 'dark'
  | 'supply'
  | 'link'
  | 'days'
  | 'never'

export interface Diagnosis {
  /** The right names; the first is the one it is counted under. */
  faults: readonly [FaultName, ...FaultName[]]
  /** The right kinds of scope, besides any scope that holds the very same lights. */
  scopes: readonly ScopeKind[]
  /** Whether a ticket must be opened. Where none must, none may. */
  ticket: boolean
  /** Whether its lights give no light. */
  outage: boolean
  shows: Shows
  /** Readings that must have shown it before anybody could be sure; of `link`, missed ones; of `days`, whole days. */
  needs: number
  /**
   * Minutes that its definition asks for, however often the device reports: settling after a step, a door open so long. The delay
   * counts from the first reading behind them.
   */
  asksMinutes: number
}

/** What may be wrong: a fault of the town, or a solar light that ran out of energy, whatever the reason. */
export type CauseKind = FaultKind | 'solarDark'

type Details = Partial<Pick<Diagnosis, 'scopes' | 'ticket' | 'outage' | 'needs' | 'asksMinutes'>>

/** Two readings in a row is what practice asks for; the third allows for one lost on the way. */
const usualReadings = 3

const diagnosis = (shows: Shows, faults: Diagnosis['faults'], details: Details = {}): Diagnosis => ({
  faults,
  scopes: ['luminaire'],
  ticket: true,
  outage: false,
  shows,
  needs: usualReadings,
  asksMinutes: 0,
  ...details,
})

const outage = { outage: true }
const unsent = { ticket: false, scopes: ['luminaire', 'sensor', 'cabinet', 'gateway', 'platform', 'area'] } as const
/** An hour of readings: what comes and goes, or must be told from the lamps' own tolerance, takes time. */
const hourly = { needs: 12 }

/** EN 50160 judges means of ten minutes. */
const mean = { asksMinutes: 10 }

/** What each cause should be called. */
export const diagnoses: Readonly<Record<CauseKind, Diagnosis>> = {
  lamp: diagnosis('lit', ['lampFailure', 'controlGearFailure'], outage),
  driver: diagnosis('lit', ['lampFailure', 'controlGearFailure'], outage),
  relayOpen: diagnosis('lit', ['lampFailure', 'relayFailure', 'controlGearFailure'], outage),
  ledString: diagnosis('lit', ['lampPowerTooLow']),
  wrongLamp: diagnosis('lit', ['lampPowerTooHigh']),
  dimmingStuck: diagnosis('dimmed', ['dimmingFailure'], { asksMinutes: 10 }),
  cycling: diagnosis('counted', ['cyclingFailure'], hourly),
  capacitor: diagnosis('lit', ['powerFactorTooLow'], { ticket: false }),
  dayBurner: diagnosis('unlit', ['lampUnexpectedOn', 'relayFailure']),
  overheating: diagnosis('always', ['highTemperature'], { ticket: false }),
  leaning: diagnosis('always', ['orientationChanged']),
  knockdown: diagnosis('supply', ['impactDetected', 'orientationChanged', 'supplyLoss'], outage),
  poleFuse: diagnosis('supply', ['supplyLoss'], outage),
  clockWrong: diagnosis('always', ['clockFault'], { ticket: false }),

  circuitTrip: diagnosis('supply', ['circuitOutage', 'circuitBreakerTripped'], { ...outage, scopes: ['circuit'] }),
  cableCut: diagnosis('supply', ['circuitOutage'], { ...outage, scopes: ['circuit'] }),
  cableTheft: diagnosis('supply', ['suspectedTheft'], { ...outage, scopes: ['circuit'] }),
  phaseLoss: diagnosis('supply', ['phaseLoss'], { ...outage, scopes: ['phase'] }),
  cabinetSupply: diagnosis('supply', ['cabinetOutage'], { ...outage, scopes: ['cabinet'] }),
  contactorStuckOpen: diagnosis('supply', ['cabinetOutage'], { ...outage, scopes: ['cabinet'] }),
  areaSupply: diagnosis('supply', ['cabinetOutage', 'supplyLoss'], { ...outage, scopes: ['area'] }),
  overvoltage: diagnosis('always', ['supplyVoltageTooHigh'], { scopes: ['phase', 'cabinet'], ...mean }),
  undervoltage: diagnosis('always', ['supplyVoltageTooLow'], { scopes: ['phase', 'cabinet'], ...mean }),
  contactorWelded: diagnosis('unlit', ['dayBurningGroup'], { scopes: [] }),
  illegalTap: diagnosis('cabinet', ['energyMismatch'], { scopes: ['cabinet'], ...hourly, asksMinutes: 30 }),
  leakage: diagnosis('cabinet', ['leakageDetected'], { scopes: ['cabinet'] }),
  // The door must be open for a quarter of an hour, and then be seen so.
  doorOpen: diagnosis('cabinet', ['cabinetDoorOpen'], { scopes: ['cabinet'], needs: 6, asksMinutes: 15 }),

  drainedBattery: diagnosis('dark', ['batteryEmpty', 'autonomyAtRisk'], outage),
  solarDark: diagnosis('dark', ['batteryEmpty', 'autonomyAtRisk'], outage),
  panelDisconnected: diagnosis('days', ['notCharging'], { needs: 1 }),
  chargerFault: diagnosis('days', ['notCharging'], { needs: 1 }),
  panelSoiled: diagnosis('days', ['panelUnderperforming'], { needs: 5 }),
  panelShaded: diagnosis('days', ['panelUnderperforming'], { needs: 5 }),
  batteryAged: diagnosis('days', ['batteryAged'], { needs: 5 }),
  panelCovered: diagnosis('days', ['notCharging'], { ticket: false }),

  // Communication, and what is over before it matters: whatever is said of it, nobody is sent out.
  gatewayFailure: diagnosis('link', ['gatewayOutage'], { ...unsent, scopes: ['gateway'], needs: 5 }),
  providerOutage: diagnosis('link', ['gatewayOutage', 'communicationFailure', 'platformBlind'], {
    ...unsent,
    needs: 8,
  }),
  radioLoss: diagnosis('link', ['communicationFailure'], { ...unsent, needs: 8 }),
  controllerHang: diagnosis('link', ['communicationFailure'], { ...unsent, needs: 8 }),
  poorLink: diagnosis('never', ['communicationFailure'], unsent),
  reboot: diagnosis('never', ['communicationFailure'], unsent),
  dip: diagnosis('never', ['supplyLoss'], unsent),
}
