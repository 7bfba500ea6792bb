import { hourMs, type Instant } from '@fanari/contracts'
import { between, createRandom } from '../random.ts'
import type { Luminaire } from '../town/town.ts'
import type { World } from '../world.ts'

/** Mismatch, wiring and the charger, of which nobody sees anything. */
const systemShare = 0.94
/** Panel power falls with the heat of its cells [1/°C]. */
const temperatureCoefficient = -0.0037
/** Cells get hotter than the air by so much per W/m² (NOCT 45 °C). */
const cellHeating = 0.031
/** At dusk a panel gives no usable current any more [W/m²]. */
const nightIrradiance = 8
/** What the sky still gives to a panel that stands in the shade. */
const shadedShare = 0.12
/** Neighbours differ a little: haze, a tree, dew on the glass. */
const localSpread = 0.06

/** The panel of one light, and the snow on it. */
export interface SolarPanel {
  /** What it gives the charger [W] at a moment, `hours` after the last. */
  powerW(at: Instant, hours: number): number
  /** Whether there is daylight on it, whatever it makes of it. */
  seesDay(at: Instant): boolean
}

export const createSolarPanel = (light: Luminaire & { supply: 'solar' }, world: World): SolarPanel => {
  const build = createRandom(world.seed, light.id, 'panel')
  const clean = between(build, 0.85, 0.98)
  /** Snow slides when so much sun has come through [kWh/m²], or after so many hours of thaw. */
  const melt = { sunKWh: between(build, 0.6, 1.4), thawHours: between(build, 3, 9) }
  const snow = { lies: false, sunKWh: 0, thawHours: 0 }
  let local = { day: Number.NaN, share: 1 }

  const localShare = (at: Instant): number => {
    const day = Math.floor(at / (24 * hourMs))
    if (day !== local.day) {
      const random = createRandom(world.seed, light.id, 'haze', day)
      local = { day, share: 1 + between(random, -localSpread, localSpread) }
    }
    return local.share
  }
  /** The truth of it is told when the present step is over: a fault makes its devices look anew. */
  const tell = (happens: 'befell' | 'repaired'): void =>
    world.schedule(world.now(), () => world[happens]('panelCovered', light.id))
  const isCovered = (at: Instant, hours: number, irradiance: number, cell: number): boolean => {
    if (world.weather.isSnowing(at)) {
      if (!snow.lies) tell('befell')
      snow.lies = true
      snow.sunKWh = 0
      snow.thawHours = 0
    } else if (snow.lies) {
      snow.sunKWh += (irradiance * hours) / 1_000
      if (cell > 0) snow.thawHours += hours
      snow.lies = snow.sunKWh < melt.sunKWh && snow.thawHours < melt.thawHours
      if (!snow.lies) tell('repaired')
    }
    return snow.lies || world.faults.has('panelCovered', light.id)
  }
  /** What is wrong with it: a factor on its yield. */
  const yieldShare = (at: Instant): number => {
    const { faults } = world
    if (faults.has('panelDisconnected', light.id) || faults.has('chargerFault', light.id)) return 0
    const soiled = faults.severity('panelSoiled', light.id)
    const shaded = faults.severity('panelShaded', light.id)
    const isMorning = (at / hourMs + light.lon / 15) % 24 < 12
    const isShaded = shaded !== undefined && isMorning === shaded < 0.5
    return (soiled === undefined ? 1 : 0.35 + 0.25 * soiled) * (isShaded ? shadedShare : 1)
  }

  return {
    seesDay: (at) => world.weather.panelIrradiance(at) >= nightIrradiance,
    powerW: (at, hours) => {
      const irradiance = world.weather.panelIrradiance(at)
      const cell = world.weather.temperature(at) + cellHeating * irradiance
      if (isCovered(at, hours, irradiance, cell) || irradiance < nightIrradiance) return 0
      const heat = 1 + temperatureCoefficient * (cell - 25)
      const share = heat * clean * systemShare * localShare(at) * yieldShare(at)
      return light.panelPower * (irradiance / 1_000) * share
    },
  }
}
