/** Rest voltage of a four-cell LiFePO₄ battery against its charge: flat from 20 to 90 %, a knee below. */
const restVoltage: readonly (readonly [share: number, volts: number])[] = [
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
]
const tableNominalV = 12.8
/** Per ampere, for a battery of about 100 Ah with its wiring [Ω]. */
const internalResistance = 0.015
const chargeEfficiency = 0.97
const dischargeEfficiency = 0.97

/** Charge controllers for 12 V LiFePO₄: the load goes at 10.8 V and comes back at 12.6 V, not before. */
const loadDisconnectV = 10.8
const loadReconnectV = 12.6
/** Below this share of its capacity the battery's own protection cuts everything off, the controller too. */
const protectionCutShare = 0.005
const protectionReleaseShare = 0.03

export interface Battery {
  energyWh: number
  readonly capacityWh: number
  readonly nominalV: number
  /** The low-voltage-disconnect latch. */
  loadDisconnected: boolean
  /** The battery's own protection has cut the controller off as well. */
  protectionOpen: boolean
}

export const createBattery = (capacityWh: number, nominalV: number, charge: number): Battery => ({
  energyWh: capacityWh * charge,
  capacityWh,
  nominalV,
  loadDisconnected: false,
  protectionOpen: false,
})

/** Colder than 20 °C a battery gives less of what it holds. */
const temperatureFactor = (celsius: number): number =>
  celsius >= 20 ? 1 : celsius >= 0 ? 0.92 + 0.004 * celsius : Math.max(0.6, 0.92 + 0.013 * celsius)

const restVolts = (share: number): number => {
  const above = restVoltage.findIndex(([at]) => at >= share)
  const [highShare, high] = restVoltage[above === -1 ? restVoltage.length - 1 : above] ?? [1, 13.6]
  const [lowShare, low] = restVoltage[above - 1] ?? [highShare, high]
  return highShare === lowShare ? high : low + ((high - low) * (share - lowShare)) / (highShare - lowShare)
}

/** Terminal voltage [V] while `netW` flows in (or, negative, out). */
export const batteryVoltage = (battery: Battery, netW: number): number => {
  const volts = restVolts(Math.min(1, Math.max(0, battery.energyWh / battery.capacityWh)))
  return (volts + (netW / volts) * internalResistance) * (battery.nominalV / tableNominalV)
}

/**
 * One step: energy in and out, then the two latches. LiFePO₄ takes no charge below 0 °C.
 * @returns the power that went into (positive) or came out of the battery [W]
 */
export const stepBattery = (
  battery: Battery,
  step: { hours: number; panelW: number; loadW: number; celsius: number },
): number => {
  const { hours, panelW, loadW, celsius } = step
  const isFull = battery.energyWh >= battery.capacityWh
  // The panel carries the load first; only the rest meets the battery.
  const surplusW = panelW - loadW
  const netW = surplusW > 0 && (celsius < 0 || isFull) ? 0 : surplusW
  const flowWh =
    netW > 0 ? netW * hours * chargeEfficiency : (netW * hours) / dischargeEfficiency / temperatureFactor(celsius)
  battery.energyWh = Math.min(battery.capacityWh, Math.max(0, battery.energyWh + flowWh))
  applyLatches(battery, netW)
  return netW
}

const applyLatches = (battery: Battery, netW: number): void => {
  const volts = (batteryVoltage(battery, netW) * tableNominalV) / battery.nominalV
  battery.loadDisconnected = battery.loadDisconnected ? volts < loadReconnectV : volts <= loadDisconnectV
  const share = battery.energyWh / battery.capacityWh
  battery.protectionOpen = share < (battery.protectionOpen ? protectionReleaseShare : protectionCutShare)
}
