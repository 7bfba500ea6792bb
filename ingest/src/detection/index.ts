/**
 * Detection: what every light is believed to be doing, and why. Pure: it imports contracts and sun times alone, and reads no clock, no
 * random source and no I/O.
 * @module
 */
export { createDetector, type Detector, type LightView } from './detector.ts'
