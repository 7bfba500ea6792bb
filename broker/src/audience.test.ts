import { expect, test } from 'vitest'
import { Audience } from './audience.ts'

const telemetry = 'city/v1/orestiada/devices/lamp-1/telemetry'

test('an audience hears while anyone subscribes, and each subscriber leaves once', () => {
  const audience = new Audience()
  expect(audience.hears(telemetry)).toBe(false)
  audience.add('city/v1/#', 'a')
  audience.add('city/v1/#', 'b')
  audience.add('city/v1/#', 'b')
  audience.remove('city/v1/#', 'b')
  audience.remove('city/v1/#', 'b')
  expect(audience.hears(telemetry)).toBe(true)
  audience.remove('city/v1/#', 'a')
  expect(audience.hears(telemetry)).toBe(false)
})

test.each([
  ['city/v1/+/devices/+/telemetry', true],
  ['+/+/+/+/+/+', true],
  ['#', true],
  [telemetry, true],
  [`${telemetry}/#`, true],
  ['city/v1/+/devices/+/status', false],
  ['city/v1/+/devices/+', false],
  ['city/v1/orestiada/devices/lamp-1/command', false],
])('%s hears telemetry: %s', (filter, expected) => {
  const audience = new Audience()
  audience.add(filter, 'someone')
  expect(audience.hears(telemetry)).toBe(expected)
})

test('commands are always heard', () => {
  expect(new Audience().hears('city/v1/orestiada/devices/lamp-1/command')).toBe(true)
})
