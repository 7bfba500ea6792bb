import { minuteMs, type Reading } from '@fanari/contracts'
import { type Rule, tableOf } from './rule.ts'

/*
 * What a cabinet's own meter, door and leakage sensor tell.
 */

export interface CabinetSample {
  reading: Reading
}

/** The voltages a cabinet measures, under the names of its phases. */
const voltagesOf = ({ reading }: CabinetSample): [string, number][] => {
  const { voltageL1, voltageL2, voltageL3, supplyVoltage } = reading
  const named: [string, number | undefined][] = [
    ['L1', voltageL1],
    ['L2', voltageL2],
    ['L3', voltageL3],
    ['supply', supplyVoltage],
  ]
  return named.filter((it): it is [string, number] => it[1] !== undefined)
}

const describeVoltages = (sample: CabinetSample): string =>
  voltagesOf(sample)
    .map(([name, voltage]) => `${name} ${voltage} V`)
    .join(', ')

const voltageTooHigh: Rule<CabinetSample> = {
  fault: 'supplyVoltageTooHigh',
  reason: 'outsideLimits',
  shows(sample, rules) {
    const voltages = voltagesOf(sample)
    const { voltage, clearVoltage } = rules.supplyVoltageTooHigh
    if (voltages.length === 0) return undefined
    if (voltages.some(([, volts]) => volts > voltage)) return true
    return voltages.every(([, volts]) => volts < clearVoltage) ? false : undefined
  },
  samples: (rules) => rules.supplyVoltageTooHigh.samples,
  clearSamples: (rules) => rules.supplyVoltageTooHigh.clearSamples,
  describe: (sample, rules) => `${describeVoltages(sample)}; at most ${rules.supplyVoltageTooHigh.voltage} V`,
}

const voltageTooLow: Rule<CabinetSample> = {
  fault: 'supplyVoltageTooLow',
  reason: 'outsideLimits',
  shows(sample, rules) {
    const { voltage, clearVoltage } = rules.supplyVoltageTooLow
    // A phase next to nothing is lost, and has a rule of its own.
    const present = voltagesOf(sample).filter(([, volts]) => volts >= rules.supplyLoss.supplyVoltage)
    if (present.length === 0) return undefined
    if (present.some(([, volts]) => volts < voltage)) return true
    return present.every(([, volts]) => volts > clearVoltage) ? false : undefined
  },
  samples: (rules) => rules.supplyVoltageTooLow.samples,
  clearSamples: (rules) => rules.supplyVoltageTooLow.clearSamples,
  describe: (sample, rules) => `${describeVoltages(sample)}; at least ${rules.supplyVoltageTooLow.voltage} V`,
}

const leakageDetected: Rule<CabinetSample> = {
  fault: 'leakageDetected',
  reason: 'outsideLimits',
  shows({ reading: { leakageCurrent } }, rules) {
    const { leakage, clearLeakage } = rules.leakageDetected
    if (leakageCurrent === undefined) return undefined
    if (leakageCurrent >= leakage) return true
    return leakageCurrent < clearLeakage ? false : undefined
  },
  samples: (rules) => rules.leakageDetected.samples,
  clearSamples: (rules) => rules.leakageDetected.clearSamples,
  describe: ({ reading }, rules) =>
    `${reading.leakageCurrent ?? 0} mA to earth, limit ${rules.leakageDetected.leakage} mA`,
}

const cabinetDoorOpen: Rule<CabinetSample> = {
  fault: 'cabinetDoorOpen',
  reason: 'doorLeftOpen',
  shows({ reading: { doorOpen, faults } }) {
    if (doorOpen !== undefined) return doorOpen
    return faults?.includes('cabinetDoorOpen') ? true : undefined
  },
  samples: () => 1,
  holdMs: (rules) => rules.cabinetDoorOpen.duration * minuteMs,
  clearSamples: (rules) => rules.cabinetDoorOpen.clearSamples,
  describe: (_, rules) => `open for more than ${rules.cabinetDoorOpen.duration} min`,
}

const highTemperature: Rule<CabinetSample> = {
  fault: 'highTemperature',
  reason: 'outsideLimits',
  shows({ reading: { temperature } }, rules) {
    if (temperature === undefined) return undefined
    if (temperature >= rules.highTemperature.temperature) return true
    return temperature < rules.highTemperature.temperature - rules.highTemperature.hysteresis ? false : undefined
  },
  samples: (rules) => rules.highTemperature.samples,
  clearSamples: (rules) => rules.highTemperature.clearSamples,
  describe: ({ reading }, rules) => `${reading.temperature ?? 0} °C, limit ${rules.highTemperature.temperature} °C`,
}

/** Every rule that a cabinet's own reading can show. */
export const cabinetRules = tableOf<CabinetSample>([
  voltageTooHigh,
  voltageTooLow,
  leakageDetected,
  cabinetDoorOpen,
  highTemperature,
])
