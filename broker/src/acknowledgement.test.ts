import { expect, test } from 'vitest'
import {
  collect,
  connectDevice,
  connectOperator,
  connectPacket,
  openSocket,
  publishPacket,
  startForTest,
  until,
} from './harness.ts'

const lamp = 'orestiada/lamp-1'
const branch = 'city/v1/orestiada/devices/lamp-1'
test('a publish is acknowledged when the intake has kept it, and not before', async () => {
  const { port, intake } = await startForTest()
  intake.held = true
  const device = await openSocket(port)
  device.socket.write(connectPacket(lamp))
  await until(() => device.received().length === 4)
  device.socket.write(publishPacket(`${branch}/telemetry`, '{"at":1}', 7))
  await until(() => intake.accepted.length === 1)
  // A PINGREQ behind the publish is answered at once: the connection lives, only the PUBACK is missing.
  device.socket.write(Buffer.from([0xc0, 0]))
  await until(() => device.received().length >= 6)
  expect([...device.received().subarray(4)]).toEqual([0xd0, 0])
  intake.release()
  await until(() => device.received().length >= 10)
  expect([...device.received().subarray(6)]).toEqual([0x40, 2, 0, 7])
  expect(intake.accepted.map(({ topic, payload }) => [topic, Buffer.from(payload).toString()])).toEqual([
    [`${branch}/telemetry`, '{"at":1}'],
  ])
})

test('a publish the intake could not keep ends the connection unacknowledged', async () => {
  const { port, intake, metric } = await startForTest()
  intake.held = true
  const device = await openSocket(port)
  device.socket.write(Buffer.concat([connectPacket(lamp), publishPacket(`${branch}/telemetry`, '{}', 7)]))
  await until(() => intake.accepted.length === 1)
  intake.release(new Error('disk full'))
  await until(device.closed)
  expect([...device.received()]).toEqual([0x20, 2, 0, 0])
  expect(metric('refused_total', 'intakeFailed')).toBe(1)
  expect(metric('refused_total', 'protocolError')).toBe(0)
})

test('every channel of a device reaches the intake, at every QoS, and no subscriber before it', async () => {
  const { port, intake } = await startForTest()
  const operator = await connectOperator(port)
  await operator.subscribeAsync('city/v1/#', { qos: 1 })
  const heard = collect(operator)
  const device = await connectDevice(port, lamp)
  intake.held = true
  const sent = [
    device.publishAsync(`${branch}/telemetry`, 'a', { qos: 0 }),
    device.publishAsync(`${branch}/status`, 'b', { qos: 1 }),
    device.publishAsync(`${branch}/event`, 'c', { qos: 2 }),
    device.publishAsync(`${branch}/result`, 'd', { qos: 1 }),
  ]
  await until(() => intake.accepted.length === 4)
  expect(heard).toEqual([])
  intake.release()
  await Promise.all(sent)
  await until(() => heard.length === 4)
  expect(heard.sort()).toEqual([
    `${branch}/event c`,
    `${branch}/result d`,
    `${branch}/status b`,
    `${branch}/telemetry a`,
  ])
  await Promise.all([device.endAsync(), operator.endAsync()])
})

test('a publish on a forbidden or unknown topic is quarantined, acknowledged and heard by no one', async () => {
  const { port, intake, metric } = await startForTest({ limits: { maxTopicLength: 64 } })
  const operator = await connectOperator(port)
  await operator.subscribeAsync('city/v1/#')
  const heard = collect(operator)
  const device = await connectDevice(port, lamp)
  const longTopic = `${branch}/telemetry/${'x'.repeat(200)}`
  for (const topic of [
    'city/v1/orestiada/devices/lamp-2/telemetry',
    `${branch}/command`,
    'city/v1/orestiada/incidents/i1',
    'hello',
    '$SYS/any/new/clients',
    longTopic,
    Array.from({ length: 60 }, () => 'a').join('/'),
  ]) {
    await device.publishAsync(topic, 'x', { qos: 1 })
  }
  await device.publishAsync(`${branch}/telemetry`, 'mine', { qos: 1 })
  await until(() => heard.length > 0)
  expect(heard).toEqual([`${branch}/telemetry mine`])
  expect(intake.quarantined.map(({ topic, reason }) => [topic, reason])).toEqual([
    ['city/v1/orestiada/devices/lamp-2/telemetry', 'topicForbidden'],
    [`${branch}/command`, 'topicForbidden'],
    ['city/v1/orestiada/incidents/i1', 'topicForbidden'],
    ['hello', 'unknownTopic'],
    ['$SYS/any/new/clients', 'unknownTopic'],
    [longTopic.slice(0, 64), 'unknownTopic'],
    [
      Array.from({ length: 60 }, () => 'a')
        .join('/')
        .slice(0, 64),
      'unknownTopic',
    ],
  ])
  expect(metric('refused_total', 'topicForbidden')).toBe(3)
  expect(metric('refused_total', 'unknownTopic')).toBe(4)
  await Promise.all([device.endAsync(), operator.endAsync()])
})

test('a device’s retain flag is dropped', async () => {
  const { port } = await startForTest()
  const device = await connectDevice(port, lamp)
  await device.publishAsync(`${branch}/status`, 'online', { qos: 1, retain: true })
  const operator = await connectOperator(port)
  const heard = collect(operator)
  await operator.subscribeAsync('city/v1/#')
  await device.publishAsync(`${branch}/status`, 'later', { qos: 1, retain: true })
  await until(() => heard.length > 0)
  expect(heard).toEqual([`${branch}/status later`])
  await Promise.all([device.endAsync(), operator.endAsync()])
})

test('many publishes sent at once, CONNECT in front, all arrive in order and are acknowledged', async () => {
  const { port, intake } = await startForTest()
  const device = await openSocket(port)
  const packets = Array.from({ length: 500 }, (_, i) => publishPacket(`${branch}/telemetry`, `${i}`, i + 1))
  device.socket.write(Buffer.concat([connectPacket(lamp), ...packets]))
  await until(() => device.received().length === 4 + 4 * 500)
  expect(intake.accepted.map(({ payload }) => Number(Buffer.from(payload).toString()))).toEqual(
    Array.from({ length: 500 }, (_, i) => i),
  )
  device.socket.destroy()
})

test('publishes that someone hears and publishes that no one hears are acknowledged in the order they came', async () => {
  const { port } = await startForTest()
  const operator = await connectOperator(port)
  await operator.subscribeAsync(`${branch}/status`)
  const device = await openSocket(port)
  const packets = Array.from({ length: 100 }, (_, i) =>
    publishPacket(`${branch}/${i % 3 === 0 ? 'status' : 'telemetry'}`, '{}', i + 1),
  )
  device.socket.write(Buffer.concat([connectPacket(lamp), ...packets]))
  await until(() => device.received().length === 4 + 4 * 100)
  const messageIds = Array.from({ length: 100 }, (_, i) => device.received().readUInt16BE(4 + 4 * i + 2))
  expect(messageIds).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  device.socket.destroy()
  await operator.endAsync()
})
