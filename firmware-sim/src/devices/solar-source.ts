import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import { batteryVoltage, createBattery, stepBattery } from '../physics/battery.ts'
import { between, createRandom } from '../random.ts'
import type { Luminaire } from '../town/town.ts'
import type { World } from '../world.ts'
import { type PowerSource, round } from './power-source.ts'

/** Mismatch, wiring and the charger, of which nobody sees anything. */
const panelSystemShare = 0.94
/** Panel power falls with the heat of its cells [1/°C]. */
const panelTemperatureCoefficient = -0.0037
/** Cells get hotter than the air by so much per W/m² (NOCT 45 °C). */
const cellHeating = 0.031
const panelVoltageAtWork = 18.2
/** At dusk a panel gives no usable current any more [W/m²]. */
const nightIrradiance = 8
const longestStepMs = 5 * minuteMs
const replacementCharge = 0.8
const drainedCharge = 0.1

/** A panel, a battery and a charge controller on the pole of one light. */
export const createSolarSource = (light: Luminaire & { supply: 'solar' }, world: World): PowerSource => {
  const build = createRandom(world.seed, light.id, 'solar')
  const health = between(build, 0.75, 1)
  const clean = between(build, 0.85, 0.98)
  const initialCharge = between(build, 0.6, 1)
  /** The coulomb counter's error grows until a full charge sets it right [1/h]. */
  const gaugeDrift = between(build, -0.0006, 0.0012)
  const battery = createBattery(light.batteryCapacity * health, light.batteryVoltageNominal ?? 12.8, initialCharge)
  let panelW = 0
  let netW = 0
  let gaugeError = 0
  let isDrained = false

  const panelPowerW = (at: Instant): number => {
    if (isDrained) return 0
    const irradiance = world.weather.panelIrradiance(at)
    if (irradiance < nightIrradiance) return 0
    const cell = world.weather.temperature(at) + cellHeating * irradiance
    const heat = 1 + panelTemperatureCoefficient * (cell - 25)
    return light.panelPower * (irradiance / 1_000) * heat * clean * panelSystemShare
  }

  /** A drained battery has lost its panel too; who repairs it brings a charged one. */
  const meetFault = (): void => {
    const drained = world.faults.has('drainedBattery', light.id)
    if (drained === isDrained) return
    isDrained = drained
    battery.energyWh = battery.capacityWh * (drained ? drainedCharge : replacementCharge)
    battery.loadDisconnected = false
    battery.protectionOpen = false
  }

  const step = (at: Instant, hours: number, loadW: number): void => {
    meetFault()
    panelW = panelPowerW(at)
    const celsius = world.weather.temperature(at)
    netW = stepBattery(battery, { hours, panelW, loadW: battery.protectionOpen ? 0 : loadW, celsius })
    gaugeError = battery.energyWh >= battery.capacityWh ? 0 : gaugeError + gaugeDrift * hours
  }

  const chargerState = () => {
    if (isDrained) return 'fault'
    if (panelW === 0) return 'night'
    const share = battery.energyWh / battery.capacityWh
    return share >= 1 ? 'float' : share > 0.95 ? 'absorption' : 'bulk'
  }

  return {
    lampLoss: () => {
      meetFault()
      return battery.protectionOpen ? 'batteryEmpty' : battery.loadDisconnected ? 'lowVoltageDisconnect' : null
    },
    controllerPowered: () => !battery.protectionOpen,
    advance: (from, to, loadW) => {
      for (let at = from; at < to; ) {
        const end = Math.min(to, at + longestStepMs)
        step(at, (end - at) / hourMs, loadW)
        at = end
      }
    },
    measure: (loadW) => {
      const volts = batteryVoltage(battery, netW)
      const charge = battery.energyWh / battery.capacityWh + gaugeError
      const harvestW = Math.max(0, netW + loadW)
      return {
        panelVoltage: round(panelW === 0 ? 0 : panelVoltageAtWork, 1),
        panelCurrent: round(panelW === 0 ? 0 : harvestW / panelVoltageAtWork, 2),
        batteryVoltage: round(volts, 2),
        batteryCurrent: round(netW / volts, 2),
        batteryLevel: round(100 * Math.min(1, Math.max(0, charge)), 0),
        batteryTemperature: round(world.weather.temperature(world.now()) + 2, 1),
        chargerState: chargerState(),
        loadState: battery.loadDisconnected ? 'lowVoltageDisconnect' : loadW > 2 ? 'on' : 'off',
      }
    },
    gasp: 'batteryEmpty',
  }
}
