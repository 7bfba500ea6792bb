/**
 * What crosses a boundary: topics, payloads, documents, the fault catalogue, error codes and the ports between services.
 * @module
 */
export * from './assets.ts'
export * from './catalogue.ts'
export * from './device-messages.ts'
export * from './explanations.ts'
export * from './fault-names.ts'
export * from './forecast.ts'
export * from './identifiers.ts'
export * from './incidents.ts'
export * from './lights.ts'
export * from './ports.ts'
export * from './problems.ts'
export * from './quarantine.ts'
export * from './reading-fields.ts'
export * from './readings.ts'
export * from './reasons.ts'
export * from './roll-calls.ts'
export * from './rules.ts'
export * from './tickets.ts'
export * from './time.ts'
export * from './topics.ts'
