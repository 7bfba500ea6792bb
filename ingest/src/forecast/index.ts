/**
 * The forecast of solar lights: will this one stay on until dawn, tonight and the nights after. Pure: it imports contracts alone, and
 * reads no clock, no random source and no I/O.
 * @module
 */
export { createSky, harvestOn, likelyHarvests, medianOf, medianOn, type Sky } from './harvests.ts'
export type { NightOutlook } from './later-nights.ts'
export { createSolarMemory, type NightPlan, type SolarMemory, type SolarUnit } from './memory.ts'
export { noteReading } from './note-reading.ts'
export { forecast, nightBalance, type SolarForecast, tonight } from './outlook.ts'
