/**
 * What recorded traffic goes through: the intake, and the lighting nights kept in memory. A door of its own, so that replay loads neither
 * the journal nor InfluxDB.
 * @module
 */
export { createNightsInMemory } from './indices/nights-in-memory.ts'
export { createIntake } from './intake/intake.ts'
