export const faultKinds = [
  // A luminaire.
  'lamp',
  'driver',
  'ledString',
  'wrongLamp',
  'dimmingStuck',
  'cycling',
  'relayOpen',
  'capacitor',
  'dayBurner',
  'poleFuse',
  'knockdown',
  'leaning',
  'overheating',
  'clockWrong',
  'controllerHang',
  'reboot',
  'poorLink',
  'radioLoss',
  // A solar luminaire.
  'drainedBattery',
  'batteryAged',
  'panelSoiled',
  'panelShaded',
  'panelCovered',
  'panelDisconnected',
  'chargerFault',
  // A circuit, a part of one, a phase, a cabinet.
  'circuitTrip',
  'cableCut',
  'cableTheft',
  'phaseLoss',
  'overvoltage',
  'undervoltage',
  'dip',
  'contactorWelded',
  'contactorStuckOpen',
  'cabinetSupply',
  'illegalTap',
  'leakage',
  'doorOpen',
  // Wider than a cabinet, or not of the supply at all.
  'areaSupply',
  'gatewayFailure',
  'providerOutage',
] as const
/** What breaks, at the layer where it breaks; what devices say of it follows. */
export type FaultKind = (typeof faultKinds)[number]

/** What is broken now. The same thing may be broken twice; it works again when both are repaired. */
export interface ActiveFaults {
  has(kind: FaultKind, thing: string): boolean
  /** How bad it is, from 0 to 1, each model in its own range; `undefined` when it is not broken. */
  severity(kind: FaultKind, thing: string): number | undefined
  begin(kind: FaultKind, thing: string, severity?: number): void
  /** Returns whether there was such a fault. */
  end(kind: FaultKind, thing: string): boolean
}

export const createActiveFaults = (): ActiveFaults => {
  // By thing first: a device asks for many kinds of itself at each reading, and most things have none.
  const broken = new Map<string, Map<FaultKind, { count: number; severity: number }>>()
  return {
    has: (kind, thing) => broken.get(thing)?.has(kind) === true,
    severity: (kind, thing) => broken.get(thing)?.get(kind)?.severity,
    begin: (kind, thing, severity = 0.5) => {
      const kinds = broken.get(thing) ?? new Map()
      broken.set(thing, kinds)
      kinds.set(kind, { count: (kinds.get(kind)?.count ?? 0) + 1, severity })
    },
    end: (kind, thing) => {
      const kinds = broken.get(thing)
      const fault = kinds?.get(kind)
      if (kinds === undefined || fault === undefined) return false
      fault.count--
      if (fault.count === 0) kinds.delete(kind)
      if (kinds.size === 0) broken.delete(thing)
      return true
    },
  }
}
