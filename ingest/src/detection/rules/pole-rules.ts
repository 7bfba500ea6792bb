import type { Rule } from './rule.ts'
import type { LightSample } from './sample.ts'

/*
 * What a controller tells of its pole and itself, day and night.
 */

export const highTemperature: Rule<LightSample> = {
  fault: 'highTemperature',
  reason: 'outsideLimits',
  shows({ reading }, rules) {
    const { temperature, hysteresis } = rules.highTemperature
    if (reading.temperature === undefined) return undefined
    if (reading.temperature >= temperature) return true
    return reading.temperature < temperature - hysteresis ? false : undefined
  },
  samples: (rules) => rules.highTemperature.samples,
  clearSamples: (rules) => rules.highTemperature.clearSamples,
  describe: ({ reading }, rules) => `${reading.temperature} °C, limit ${rules.highTemperature.temperature} °C`,
}

export const orientationChanged: Rule<LightSample> = {
  fault: 'orientationChanged',
  reason: 'outsideLimits',
  shows({ reading }, rules) {
    const { tilt, hysteresis } = rules.orientationChanged
    if (reading.tilt === undefined) return undefined
    if (reading.tilt >= tilt) return true
    return reading.tilt < tilt - hysteresis ? false : undefined
  },
  samples: (rules) => rules.orientationChanged.samples,
  clearSamples: (rules) => rules.orientationChanged.clearSamples,
  describe: ({ reading }, rules) => `leans ${reading.tilt}°, limit ${rules.orientationChanged.tilt}°`,
}

/** Nobody waits beside a pole that was hit; it is over only when the pole stands and the lamp does as planned. */
export const impactDetected: Rule<LightSample> = {
  fault: 'impactDetected',
  reason: 'poleHit',
  needsWord: true,
  wordSamples: 1,
  shows({ reading, mode, sign }, rules) {
    if (reading.tilt !== undefined && reading.tilt >= rules.orientationChanged.tilt) return true
    return mode === 'on' && sign === 'unlit'
  },
  samples: (rules) => rules.impactDetected.samples,
  clearSamples: (rules) => rules.impactDetected.clearSamples,
  describe: ({ reading, sign }) =>
    reading.tilt === undefined ? `${sign} after an impact` : `leans ${reading.tilt}° after an impact, ${sign}`,
}

export const leakageAtLight: Rule<LightSample> = {
  fault: 'leakageDetected',
  reason: 'outsideLimits',
  shows({ reading }, rules) {
    const { leakage, clearLeakage } = rules.leakageDetected
    if (reading.leakageCurrent === undefined) return undefined
    if (reading.leakageCurrent >= leakage) return true
    return reading.leakageCurrent < clearLeakage ? false : undefined
  },
  samples: (rules) => rules.leakageDetected.samples,
  clearSamples: (rules) => rules.leakageDetected.clearSamples,
  describe: ({ reading }, rules) => `${reading.leakageCurrent} mA to earth, limit ${rules.leakageDetected.leakage} mA`,
}
