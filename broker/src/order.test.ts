import { expect, test } from 'vitest'
import { collect, connectDevice, connectOperator, startForTest, until } from './harness.ts'

test('retained documents reach a subscriber that also follows telemetry, and in their order', async () => {
  const { broker, port } = await startForTest()
  const operator = await connectOperator(port)
  const heard = collect(operator)
  await operator.subscribeAsync('city/v1/#', { qos: 1 })
  const device = await connectDevice(port, 'orestiada/lamp-1')
  const numbers = Array.from({ length: 200 }, (_, i) => i)
  const publish = (branch: string, payload: string) =>
    broker.publisher.publish(`city/v1/orestiada/${branch}`, payload, { retain: true })

  await Promise.all(
    numbers.flatMap((n) => [
      publish(`incidents/i${n % 7}`, `incident ${n}`),
      publish(`tickets/t${n % 7}`, n % 2 === 0 ? `ticket ${n}` : ''),
      device.publishAsync('city/v1/orestiada/devices/lamp-1/telemetry', `reading ${n}`, { qos: n % 2 === 0 ? 0 : 1 }),
    ]),
  )
  await until(() => heard.length === 600)
  const about = (branch: string) => heard.filter((message) => message.includes(branch))
  expect(about('incidents')).toEqual(numbers.map((n) => `city/v1/orestiada/incidents/i${n % 7} incident ${n}`))
  expect(about('tickets')).toEqual(
    numbers.map((n) => `city/v1/orestiada/tickets/t${n % 7} ${n % 2 === 0 ? `ticket ${n}` : ''}`),
  )
  expect(about('telemetry')).toHaveLength(200)
  await Promise.all([device.endAsync(), operator.endAsync()])
})
