import { faultNames } from './fault-names.ts'

/**
 * The fields of a reading: unit, range and meaning (CONTRACT section 1, "Reading"). The zod schema, the JSON Schema, the history's
 * column types and the documentation are all made from this table. Names follow TALQ where TALQ has one.
 */
export type ReadingField =
  | { kind: 'number'; unit: string; min: number; max: number; title: string }
  | { kind: 'integer'; unit: string; min: number; max: number; title: string }
  | { kind: 'choice'; values: readonly string[]; title: string }
  | { kind: 'boolean'; title: string }
  | { kind: 'names'; values: readonly string[]; title: string }
  | { kind: 'measurements'; title: string }

const number = (unit: string, min: number, max: number, title: string) =>
  ({ kind: 'number', unit, min, max, title }) as const
const integer = (unit: string, min: number, max: number, title: string) =>
  ({ kind: 'integer', unit, min, max, title }) as const

/** Beyond any counter a controller can reach, and exactly representable in a double. */
const counterMax = Number.MAX_SAFE_INTEGER

export const chargerStates = ['off', 'bulk', 'absorption', 'float', 'equalize', 'night', 'fault'] as const
export const loadStates = ['on', 'off', 'lowVoltageDisconnect', 'fault'] as const

export const readingFields = {
  seq: integer('1', 0, counterMax, 'Sequence number since the controller restarted'),
  uptime: number('s', 0, counterMax, "Time since the controller's restart"),
  lightLevel: number('%', 0, 100, 'What the driver puts out'),
  supplyVoltage: number('V', 0, 1_000, 'Supply voltage'),
  supplyCurrent: number('A', 0, 1_000, 'Supply current'),
  activePower: number('W', -100_000, 1_000_000, 'Active power'),
  powerFactor: number('1', -1, 1, 'Power factor'),
  activeEnergy: number('kWh', 0, counterMax, 'Active energy, lifetime counter'),
  operatingHours: number('h', 0, counterMax, 'Lamp operating hours, lifetime counter'),
  switchOnCount: integer('1', 0, counterMax, 'Switch-on count, lifetime counter'),
  supplyLossCount: integer('1', 0, counterMax, 'Supply losses seen, lifetime counter'),
  temperature: number('°C', -100, 250, 'Controller temperature'),
  tilt: number('°', 0, 180, 'Tilt from upright'),
  rssi: number('dBm', -200, 50, 'Received signal strength'),
  snr: number('dB', -100, 100, 'Signal-to-noise ratio'),
  panelVoltage: number('V', 0, 500, 'Panel voltage'),
  panelCurrent: number('A', 0, 100, 'Panel current'),
  batteryVoltage: number('V', 0, 500, 'Battery voltage'),
  batteryCurrent: number('A', -1_000, 1_000, 'Battery current, + charging, − discharging'),
  batteryLevel: number('%', 0, 100, 'Battery level as the device reports it'),
  batteryTemperature: number('°C', -100, 250, 'Battery temperature'),
  chargerState: { kind: 'choice', values: chargerStates, title: 'Charge controller state' },
  loadState: { kind: 'choice', values: loadStates, title: 'What the load output really does' },
  doorOpen: { kind: 'boolean', title: 'Cabinet door is open' },
  contactorClosed: { kind: 'boolean', title: 'Cabinet contactor is closed' },
  voltageL1: number('V', 0, 1_000, 'Cabinet voltage, phase L1'),
  voltageL2: number('V', 0, 1_000, 'Cabinet voltage, phase L2'),
  voltageL3: number('V', 0, 1_000, 'Cabinet voltage, phase L3'),
  currentL1: number('A', 0, 1_000, 'Cabinet current, phase L1'),
  currentL2: number('A', 0, 1_000, 'Cabinet current, phase L2'),
  currentL3: number('A', 0, 1_000, 'Cabinet current, phase L3'),
  powerL1: number('W', -100_000, 1_000_000, 'Cabinet active power, phase L1'),
  powerL2: number('W', -100_000, 1_000_000, 'Cabinet active power, phase L2'),
  powerL3: number('W', -100_000, 1_000_000, 'Cabinet active power, phase L3'),
  leakageCurrent: number('mA', 0, 1_000_000, 'Earth leakage current'),
  illuminance: number('lx', 0, 200_000, 'Illuminance'),
  measurements: { kind: 'measurements', title: 'Any other sensor: name → number' },
  faults: { kind: 'names', values: faultNames, title: 'Faults that the device itself raises' },
} as const satisfies Record<string, ReadingField>

export type ReadingFieldName = keyof typeof readingFields
