/**
 * The composition root: configuration, wiring, the simulated town.
 * @module
 */
export { createPlatform, type Platform, type PlatformOptions } from './platform.ts'
export { createInfluxReplay, type InfluxReplay } from './replay/influx-replay.ts'
export { readSettings, type Settings } from './settings.ts'
