export type Chemistry = 'lifepo4' | 'leadAcid'

interface Cells {
  /** Rest voltage against the share of the charge, upwards. */
  rest: readonly (readonly [share: number, volts: number])[]
  nominalV: number
  /** Per ampere, for a battery of about 100 Ah with its wiring [Ω]. */
  resistance: number
  chargeEfficiency: number
  dischargeEfficiency: number
  /** A charge controller takes the load away at the one voltage and gives it back at the other, not before [V]. */
  disconnectV: number
  reconnectV: number
  /** No charge below this [°C]. */
  coldestCharge: number
}

const cells: Readonly<Record<Chemistry, Cells>> = {
  // Four cells: flat from 20 to 90 %, a knee below.
  lifepo4: {
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
    nominalV: 12.8,
    resistance: 0.015,
    chargeEfficiency: 0.97,
    dischargeEfficiency: 0.97,
    disconnectV: 10.8,
    reconnectV: 12.6,
    coldestCharge: 0,
  },
  leadAcid: {
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
    nominalV: 12,
    resistance: 0.04,
    chargeEfficiency: 0.88,
    dischargeEfficiency: 0.97,
    disconnectV: 11.5,
    reconnectV: 12.5,
    coldestCharge: Number.NEGATIVE_INFINITY,
  },
}
/** Below this share of its capacity the battery's own protection cuts everything off, the controller too. */
const protectionCutShare = 0.005
const protectionReleaseShare = 0.03

export interface Battery {
  readonly chemistry: Chemistry
  energyWh: number
  /** What it really holds when it is full. */
  capacityWh: number
  readonly nominalV: number
  /** The low-voltage-disconnect latch. */
  loadDisconnected: boolean
  /** The battery's own protection has cut the controller off as well. */
  protectionOpen: boolean
}

export const createBattery = (
  capacityWh: number,
  nominalV: number,
  charge: number,
  chemistry: Chemistry = 'lifepo4',
): Battery => ({
  chemistry,
  energyWh: capacityWh * charge,
  capacityWh,
  nominalV,
  loadDisconnected: false,
  protectionOpen: false,
})

/** Colder than 20 °C a battery gives less of what it holds. */
const temperatureFactor = (celsius: number): number =>
  celsius >= 20 ? 1 : celsius >= 0 ? 0.92 + 0.004 * celsius : Math.max(0.6, 0.92 + 0.013 * celsius)

const restVolts = ({ rest }: Cells, share: number): number => {
  let above = 1
  while (above < rest.length - 1 && (rest[above]?.[0] ?? 1) < share) above++
  const [lowShare, low] = rest[above - 1] ?? [0, 0]
  const [highShare, high] = rest[above] ?? [1, low]
  return low + ((high - low) * (share - lowShare)) / (highShare - lowShare)
}

/** Terminal voltage [V] while `netW` flows in (or, negative, out). */
export const batteryVoltage = (battery: Battery, netW: number): number => {
  const type = cells[battery.chemistry]
  const volts = restVolts(type, Math.min(1, Math.max(0, battery.energyWh / battery.capacityWh)))
  return (volts + (netW / volts) * type.resistance) * (battery.nominalV / type.nominalV)
}

/**
 * One step: energy in and out, then the two latches. LiFePO₄ takes no charge below 0 °C; lead-acid does.
 * @returns the power that went into (positive) or came out of the battery [W]
 */
export const stepBattery = (
  battery: Battery,
  step: { hours: number; panelW: number; loadW: number; celsius: number },
): number => {
  const { hours, panelW, loadW, celsius } = step
  const { chargeEfficiency, dischargeEfficiency, coldestCharge } = cells[battery.chemistry]
  const isFull = battery.energyWh >= battery.capacityWh
  // The panel carries the load first; only the rest meets the battery.
  const surplusW = panelW - loadW
  const netW = surplusW > 0 && (celsius < coldestCharge || isFull) ? 0 : surplusW
  const flowWh =
    netW > 0 ? netW * hours * chargeEfficiency : (netW * hours) / dischargeEfficiency / temperatureFactor(celsius)
  battery.energyWh = Math.min(battery.capacityWh, Math.max(0, battery.energyWh + flowWh))
  applyLatches(battery, netW)
  return netW
}

const applyLatches = (battery: Battery, netW: number): void => {
  const { nominalV, disconnectV, reconnectV } = cells[battery.chemistry]
  const volts = (batteryVoltage(battery, netW) * nominalV) / battery.nominalV
  battery.loadDisconnected = battery.loadDisconnected ? volts < reconnectV : volts <= disconnectV
  const share = battery.energyWh / battery.capacityWh
  battery.protectionOpen = share < (battery.protectionOpen ? protectionReleaseShare : protectionCutShare)
}
