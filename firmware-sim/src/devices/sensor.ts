import { dayMs, type Reading } from '@fanari/contracts'
import { Controller, type ControllerOptions } from '../firmware/controller.ts'
import { createRandom } from '../random.ts'
import type { Sensor } from '../town/town.ts'
import type { World } from '../world.ts'
import type { Device } from './device.ts'
import { round } from './power-source.ts'

/** Daylight gives about so many lux a W/m². */
const luminousEfficacy = 115
const streetlightLux = 6

/** A weather or soil station on a battery of its own. */
export const createSensorDevice = (options: {
  sensor: Sensor
  world: World
  controller: Omit<ControllerOptions, 'profile' | 'world' | 'device' | 'reportIntervalS'>
}): Device => {
  const { sensor, world } = options
  const noise = createRandom(world.seed, sensor.id, 'meter')
  const wobble = (width: number): number => width * (noise() - 0.5)

  const values: Record<string, () => number> = {
    airTemperature: () => world.weather.temperature(world.now()) + wobble(0.4),
    relativeHumidity: () => Math.min(100, Math.max(15, 95 - 1.8 * world.weather.temperature(world.now()) + wobble(4))),
    soilMoisture: () => 28 + 8 * Math.cos((2 * Math.PI * world.now()) / (365 * dayMs)) + wobble(1),
    soilTemperature: () => 0.7 * world.weather.temperature(world.now()) + 4 + wobble(0.2),
  }
  const measure = (reading: Reading): void => {
    reading.measurements = Object.fromEntries(
      Object.keys(sensor.measures).flatMap((name) => {
        const value = values[name]
        return value === undefined ? [] : [[name, round(value(), 1)]]
      }),
    )
    const lux = world.weather.irradiance(world.now()) * luminousEfficacy + streetlightLux * noise()
    if ('illuminance' in sensor.measures) reading.illuminance = round(lux, 1)
    reading.rssi = controller.radio.rssi()
  }
  const controller: Controller = new Controller({
    ...options.controller,
    world,
    device: sensor.id,
    reportIntervalS: sensor.reportInterval,
    profile: { measure },
  })
  return { controller, start: () => controller.resume(), update: () => {} }
}
