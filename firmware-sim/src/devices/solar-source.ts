import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import type { DeviceTraits } from '../firmware/traits.ts'
import { batteryVoltage, createBattery, stepBattery } from '../physics/battery.ts'
import { between, createRandom } from '../random.ts'
import type { Luminaire } from '../town/town.ts'
import type { World } from '../world.ts'
import { type PowerSource, round } from './power-source.ts'
import { createSolarPanel } from './solar-panel.ts'

const panelVoltageAtWork = 18.2
const panelVoltageOpen = 21.6
const longestStepMs = 5 * minuteMs
const replacementCharge = 0.8
const drainedCharge = 0.1
const voltmeterNoiseV = 0.03
const gaugeNoise = 0.01

/** A panel, a battery and a charge controller on the pole of one light. */
export const createSolarSource = (
  light: Luminaire & { supply: 'solar' },
  world: World,
  traits: DeviceTraits,
): PowerSource => {
  const build = createRandom(world.seed, light.id, 'solar')
  const noise = createRandom(world.seed, light.id, 'gauge')
  const chemistry = light.batteryChemistry === 'leadAcid' ? 'leadAcid' : 'lifepo4'
  const health = between(build, 0.75, 1)
  const initialCharge = between(build, 0.6, 1)
  const ownCapacityWh = light.batteryCapacity * health
  const nominalV = light.batteryVoltageNominal ?? (chemistry === 'leadAcid' ? 12 : 12.8)
  const battery = createBattery(ownCapacityWh, nominalV, initialCharge, chemistry)
  const panel = createSolarPanel(light, world)
  let panelW = 0
  let netW = 0
  let isDrained = false
  let isAged = false
  /** What the gauge believes: it counts what flows, against the capacity it was told, and is set right by a full charge. */
  let gauge = initialCharge
  const gaugeWh = light.batteryCapacity * traits.gaugeCapacity

  const recharge = (charge: number): void => {
    battery.energyWh = battery.capacityWh * charge
    battery.loadDisconnected = false
    battery.protectionOpen = false
    gauge = charge
  }
  /** A drained battery has lost its panel too; who repairs it, or an aged one, brings a charged one. */
  const meetFaults = (): void => {
    const aged = world.faults.severity('batteryAged', light.id)
    if ((aged !== undefined) !== isAged) {
      isAged = aged !== undefined
      battery.energyWh *= (aged === undefined ? 1 : 0.4 + 0.2 * aged) * (ownCapacityWh / battery.capacityWh)
      battery.capacityWh = ownCapacityWh * (aged === undefined ? 1 : 0.4 + 0.2 * aged)
      if (!isAged) recharge(replacementCharge)
    }
    const drained = world.faults.has('drainedBattery', light.id)
    if (drained === isDrained) return
    isDrained = drained
    recharge(drained ? drainedCharge : replacementCharge)
  }

  const step = (at: Instant, hours: number, loadW: number): void => {
    meetFaults()
    const givenW = panel.powerW(at, hours)
    panelW = isDrained ? 0 : givenW
    const celsius = world.weather.temperature(at)
    netW = stepBattery(battery, { hours, panelW, loadW: battery.protectionOpen ? 0 : loadW, celsius })
    const counted = gauge + (netW * hours) / gaugeWh + (traits.gaugeDriftPerDay * hours) / 24
    gauge = battery.energyWh >= battery.capacityWh ? 1 : Math.min(1, Math.max(0, counted))
  }

  const chargerState = () => {
    if (isDrained || world.faults.has('chargerFault', light.id)) return 'fault'
    if (panelW === 0) return 'night'
    const share = battery.energyWh / battery.capacityWh
    return share >= 1 ? 'float' : share > 0.95 ? 'absorption' : 'bulk'
  }
  const panelVoltage = (): number => {
    if (panelW > 0) return panelVoltageAtWork
    return world.faults.has('chargerFault', light.id) && panel.seesDay(world.now()) ? panelVoltageOpen : 0
  }

  return {
    lampLoss: () => {
      meetFaults()
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
    measure: (loadW, reading) => {
      const volts = batteryVoltage(battery, netW) + voltmeterNoiseV * (2 * noise() - 1)
      const level = gauge + gaugeNoise * (2 * noise() - 1)
      const harvestW = Math.max(0, netW + loadW)
      reading.panelVoltage = round(panelVoltage(), 1)
      reading.panelCurrent = round(panelW === 0 ? 0 : harvestW / panelVoltageAtWork, 2)
      reading.batteryVoltage = round(volts, 2)
      reading.batteryCurrent = round(netW / volts, 2)
      reading.batteryLevel = round(100 * Math.min(1, Math.max(0, level)), 0)
      reading.batteryTemperature = round(world.weather.temperature(world.now()) + 2, 1)
      reading.chargerState = chargerState()
      reading.loadState = battery.loadDisconnected ? 'lowVoltageDisconnect' : loadW > 2 ? 'on' : 'off'
    },
    gasp: 'batteryEmpty',
  }
}
