/**
 * The pieces of the InfluxDB follower, for what puts history into InfluxDB in other ways: replays, tests, measurements.
 * @module
 */
export { healthLines, infoLines } from './encode-health.ts'
export { reportLines } from './encode-records.ts'
export { createInfluxFill, type InfluxFill } from './fill.ts'
export { createInfluxServer, type InfluxConnection, type InfluxSeries, type InfluxServer } from './server.ts'
