import { Controller, type ControllerOptions } from '../firmware/controller.ts'
import { createRandom } from '../random.ts'
import type { Gateway } from '../town/town.ts'
import type { World } from '../world.ts'
import type { Device } from './device.ts'
import { round } from './power-source.ts'

const reportIntervalS = 300
/** So many gateways have a battery that carries them through an outage of the whole area. */
const batteryShare = 0.6

/** A gateway stands on a supply of its own; when it fails, its lights burn on unheard. */
export const createGatewayDevice = (options: {
  gateway: Gateway
  world: World
  controller: Omit<ControllerOptions, 'profile' | 'world' | 'device' | 'reportIntervalS'>
}): Device => {
  const { gateway, world } = options
  const hasBattery = createRandom(world.seed, gateway.id, 'battery')() < batteryShare
  const hasFailed = (): boolean =>
    world.faults.has('gatewayFailure', gateway.id) || (!hasBattery && world.faults.has('areaSupply', gateway.id))
  const controller: Controller = new Controller({
    ...options.controller,
    world,
    device: gateway.device ?? gateway.id,
    reportIntervalS,
    // A gateway that fails says nothing.
    traits: { ...options.controller.traits, lastGaspShare: 0 },
    profile: {
      measure: (reading) => {
        reading.temperature = round(world.weather.temperature(world.now()) + 9, 1)
        reading.rssi = controller.radio.rssi()
      },
    },
  })
  return {
    controller,
    start: () => {
      if (!hasFailed()) controller.resume()
    },
    update: () => {
      if (hasFailed()) controller.powerDown('supplyLoss', {})
      else controller.powerUp()
    },
  }
}
