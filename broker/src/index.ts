/**
 * The MQTT door: who may connect, what they may publish and hear, and an acknowledgement only for what the intake has kept.
 * @module
 */
export { type Broker, type BrokerOptions, createBroker } from './broker.ts'
export type { BrokerLimits } from './limits.ts'
