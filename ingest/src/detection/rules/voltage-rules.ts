import type { Rule } from './rule.ts'
import type { LightSample } from './sample.ts'

/*
 * The supply at the lamps: EN 50160 allows 230 V ± 10 %. Which lamps together make one fault is told in `judge-voltage.ts`.
 */

export const supplyVoltageTooHigh: Rule<LightSample> = {
  fault: 'supplyVoltageTooHigh',
  reason: 'outsideLimits',
  shows({ reading: { supplyVoltage }, asset }, rules) {
    if (supplyVoltage === undefined || asset.solar) return undefined
    const { voltage, clearVoltage } = rules.supplyVoltageTooHigh
    if (supplyVoltage > voltage) return true
    return supplyVoltage < clearVoltage ? false : undefined
  },
  samples: (rules) => rules.supplyVoltageTooHigh.samples,
  clearSamples: (rules) => rules.supplyVoltageTooHigh.clearSamples,
  describe: ({ reading }, rules) => `${reading.supplyVoltage} V, at most ${rules.supplyVoltageTooHigh.voltage} V`,
}

export const supplyVoltageTooLow: Rule<LightSample> = {
  fault: 'supplyVoltageTooLow',
  reason: 'outsideLimits',
  shows({ reading: { supplyVoltage }, asset }, rules) {
    if (supplyVoltage === undefined || asset.solar) return undefined
    const { voltage, clearVoltage } = rules.supplyVoltageTooLow
    // Next to nothing is a loss of supply, and has a rule of its own.
    if (supplyVoltage < rules.supplyLoss.supplyVoltage) return undefined
    if (supplyVoltage < voltage) return true
    return supplyVoltage > clearVoltage ? false : undefined
  },
  samples: (rules) => rules.supplyVoltageTooLow.samples,
  clearSamples: (rules) => rules.supplyVoltageTooLow.clearSamples,
  describe: ({ reading }, rules) => `${reading.supplyVoltage} V, at least ${rules.supplyVoltageTooLow.voltage} V`,
}
