import { hourMs, type LuminaireProperties, minuteMs, type ReceivedReading, secondMs } from '@fanari/contracts'
import type { Messages } from '../i18n/el.ts'

/** One line of the chart. `scale` is its unit: `W` to the left, `%` to the right. */
export interface Series {
  title: (text: Messages) => string
  scale: 'W' | '%'
  colour: 'lit' | 'accent' | 'battery'
  read(reading: ReceivedReading): number | null
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const activePower: Series = {
  title: (text) => text.readingOf.activePower,
  scale: 'W',
  colour: 'accent',
  read: ({ activePower }) => numberOf(activePower),
}
const lightLevel: Series = {
  title: (text) => text.readingOf.lightLevel,
  scale: '%',
  colour: 'lit',
  read: ({ lightLevel }) => numberOf(lightLevel),
}
const batteryLevel: Series = {
  title: (text) => text.readingOf.batteryLevel,
  scale: '%',
  colour: 'battery',
  read: ({ batteryLevel }) => numberOf(batteryLevel),
}
const panelPower: Series = {
  title: (text) => text.panelPower,
  scale: 'W',
  colour: 'accent',
  read: ({ panelVoltage, panelCurrent }) => {
    const volts = numberOf(panelVoltage)
    const amperes = numberOf(panelCurrent)
    return volts === null || amperes === null ? null : volts * amperes
  },
}

/** What is worth drawing of a light: what it draws and gives, or what its sun and battery do. */
export const seriesOf = (supply: LuminaireProperties['supply']): Series[] =>
  supply === 'solar' ? [panelPower, batteryLevel, lightLevel] : [activePower, lightLevel]

const longestSpanMs = 12 * hourMs
export const mostReadings = 2_000

/** The chart's span: twelve hours, or less for a light that reports so often that they would be too many points. */
export const chartSpanMs = (reportIntervalS: number): number =>
  Math.min(longestSpanMs, mostReadings * reportIntervalS * secondMs)

/** How often to ask again [wall ms]: once a report, but neither in a hurry nor late on a fast clock. */
export const refreshMs = (reportIntervalS: number, speed: number): number =>
  Math.min(minuteMs, Math.max(4 * secondMs, (reportIntervalS * secondMs) / speed))
