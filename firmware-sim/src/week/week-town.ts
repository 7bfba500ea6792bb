import { between, createRandom, pick, type Random, shuffled } from '../random.ts'
import type { Settlement } from '../town/settlements.ts'
import { createTown, type Luminaire, type Town } from '../town/town.ts'

/** Villages of the plain of Evros, with their places; how many people live there is drawn. */
const villages = [
  ['Λεπτή', 41.4994, 26.4684],
  ['Νέος Πύργος', 41.4946, 26.5039],
  ['Σάκκος', 41.5376, 26.5255],
  ['Αμπελάκια', 41.481, 26.3959],
  ['Βάλτος', 41.5383, 26.355],
  ['Θούριον', 41.4333, 26.5598],
  ['Νέον Χειμώνιον', 41.4511, 26.552],
  ['Νεοχώριον', 41.5113, 26.4574],
  ['Χανδράς', 41.5173, 26.3032],
  ['Νέα Βύσσα', 41.5845, 26.5432],
  ['Καβύλη', 41.5623, 26.5147],
  ['Ρίζια', 41.6249, 26.4277],
  ['Στέρνα', 41.5655, 26.4581],
  ['Κυπρίνος', 41.5754, 26.2291],
  ['Φυλάκιον', 41.5912, 26.3133],
  ['Πλάτη', 41.63, 26.3348],
] as const

const fewestResidents = 130
const mostResidents = 750
/** Lights of a village grow with the square root of its residents. */
const lightsPerRootResident = 3.2
const solarShare = 0.15
const slowCircuitShare = 0.15
const slowSolarShare = 0.6
const meterlessShare = 0.15
const leadAcidShare = 0.25
/** Solar lights that were bought too small for a winter here. */
const weakShare = 0.15
const weakPanelW = [110, 130, 150] as const
const weakBatteryWh = [768, 960, 1_152] as const

const settle = (random: Random, lights: number): Settlement[] => {
  const settlements: Settlement[] = []
  const places = shuffled(random, villages)
  for (let left = lights; left > 0; ) {
    const [name, lat, lon] = places[settlements.length % places.length] ?? villages[0]
    const round = Math.floor(settlements.length / places.length)
    const population = Math.round(between(random, fewestResidents, mostResidents))
    const code = String(10_000_000 + settlements.length)
    const place = { lat: lat + 0.02 * round, lon: lon + 0.02 * round }
    settlements.push({ code, name: round === 0 ? name : `${name} ${round + 1}`, population, ...place })
    left -= Math.round(lightsPerRootResident * Math.sqrt(population))
  }
  return settlements
}

/**
 * The town of a week: some villages, with equipment of more than one make. Some circuits and most solar lights report every quarter of
 * an hour, some cabinets have no meter, some batteries are lead-acid.
 */
export const createWeekTown = (seed: number, lights: number): Town => {
  const random = createRandom(seed, 'week', 'town')
  const settlements = settle(random, lights)
  const town = createTown({ seed, settlements, lights, solarShare })
  const varied = (light: Luminaire): Luminaire => {
    const draw = createRandom(seed, light.circuit ?? light.id, 'make')
    if (light.supply === 'grid') return draw() < slowCircuitShare ? { ...light, reportInterval: 900 } : light
    const reportInterval = draw() < slowSolarShare ? 900 : 300
    const isWeak = draw() < weakShare
    const panelPower = isWeak ? pick(draw, weakPanelW) : pick(draw, [180, 200, 220, 240])
    const capacityWh = isWeak ? pick(draw, weakBatteryWh) : pick(draw, [1_280, 1_536, 1_792])
    const own = { ...light, reportInterval, panelPower, batteryCapacity: capacityWh }
    if (draw() >= leadAcidShare) return own
    // Lead-acid is bought larger, because only a part of it may be used.
    const batteryCapacity = Math.round(capacityWh * pick(draw, [1.25, 1.5]))
    return { ...own, batteryCapacity, batteryChemistry: 'leadAcid', batteryVoltageNominal: 12 }
  }
  const cabinets = town.cabinets.map((cabinet) => {
    if (createRandom(seed, cabinet.id, 'meter')() >= meterlessShare) return cabinet
    const { device: _, reportInterval: __, ...rest } = cabinet
    return rest
  })
  return town.with({ luminaires: town.luminaires.map(varied), cabinets })
}
