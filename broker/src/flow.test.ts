import { connect as connectSocket } from 'node:net'
import { expect, test } from 'vitest'
import {
  connectDevice,
  connectOperator,
  connectPacket,
  openSocket,
  publishPacket,
  startForTest,
  until,
} from './harness.ts'

const lamp = 'orestiada/lamp-1'
const telemetry = 'city/v1/orestiada/devices/lamp-1/telemetry'
test('a client that does not wait for answers is not read beyond its share, and loses nothing', async () => {
  const { port, intake, metric } = await startForTest({ limits: { maxInflightPerClient: 100 } })
  intake.held = true
  const count = 3_000
  const device = await openSocket(port)
  device.socket.write(connectPacket(lamp))
  await until(() => device.received().length === 4)
  let sent = 0
  const send = () => device.socket.write(publishPacket(telemetry, `${sent++} ${'x'.repeat(200)}`, sent))
  // One at a time, each taken before the next is sent: so Aedes alone would read on for ever.
  while (metric('socket_pauses_total', 'inflight') === 0) {
    send()
    await until(() => intake.accepted.length === sent || metric('socket_pauses_total', 'inflight') > 0)
  }
  expect(intake.accepted.length).toBe(101)
  while (sent < count) send()
  intake.held = false
  const neighbour = await connectDevice(port, 'orestiada/lamp-2')
  await neighbour.publishAsync('city/v1/orestiada/devices/lamp-2/telemetry', 'alive', { qos: 1 })
  expect(intake.accepted.length).toBe(102)
  expect(device.received().length).toBe(4)
  intake.release()
  await until(() => device.received().length === 4 + 4 * count)
  const received = intake.accepted.filter(({ topic }) => topic === telemetry)
  expect(received.map(({ payload }) => Number.parseInt(Buffer.from(payload).toString(), 10))).toEqual(
    Array.from({ length: count }, (_, i) => i),
  )
  device.socket.destroy()
  await neighbour.endAsync()
})

test('a client over its rate is slowed down, not cut off', async () => {
  const { port, intake, metric } = await startForTest({ limits: { packetsPerSecond: 200, packetBurst: 50 } })
  const device = await openSocket(port)
  const packets = Array.from({ length: 150 }, (_, i) => publishPacket(telemetry, `${i}`, i + 1))
  const startedAt = performance.now()
  device.socket.write(connectPacket(lamp))
  for (const packet of packets) {
    device.socket.write(packet)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await until(() => device.received().length === 4 + 4 * 150)
  device.socket.write(Buffer.from([0xc0, 0]))
  await until(() => device.received().length === 4 + 4 * 150 + 2)
  // 152 packets, 50 of them at once, the rest at 200 a second; the last PINGREQ waits for the debt.
  expect(performance.now() - startedAt).toBeGreaterThan(450)
  expect(metric('socket_pauses_total', 'rate')).toBeGreaterThan(0)
  expect(intake.accepted.length).toBe(150)
  device.socket.destroy()
})

test('connections over the rate wait their turn and all get in', async () => {
  const { port } = await startForTest({ limits: { connectionsPerSecond: 100, connectionBurst: 10 } })
  const startedAt = performance.now()
  const clients = await Promise.all(
    Array.from({ length: 40 }, (_, i) => connectDevice(port, `orestiada/lamp-${i}`, { keepalive: 0 })),
  )
  expect(performance.now() - startedAt).toBeGreaterThan(250)
  expect(clients.every((client) => client.connected)).toBe(true)
  await Promise.all(clients.map((client) => client.endAsync()))
})

test('connections over the maximum are turned away, those within it stay', async () => {
  const { port, metric } = await startForTest({ limits: { maxConnections: 2 } })
  const first = await connectDevice(port, lamp)
  const second = await connectDevice(port, 'orestiada/lamp-2')
  const third = await openSocket(port)
  await until(third.closed)
  expect(metric('refused_total', 'tooManyConnections')).toBe(1)
  expect(metric('connections')).toBe(2)
  await second.endAsync()
  await until(() => metric('connections') === 1)
  const replacement = await connectDevice(port, 'orestiada/lamp-3')
  await Promise.all([first.endAsync(), replacement.endAsync()])
})

test('a subscriber that stops reading is cut off at its backlog, and holds up neither devices nor the platform', async () => {
  const { port, broker, metric } = await startForTest({ limits: { maxSubscriberBacklogBytes: 1_000_000 } })
  const frozen = connectSocket(port, '127.0.0.1')
  frozen.on('error', () => {})
  const password = Buffer.from('operator-token')
  const body = Buffer.concat([
    Buffer.from([0, 4, 77, 81, 84, 84, 4, 0xc2, 0, 0, 0, 1, 65, 0, 5]),
    Buffer.from('token'),
    Buffer.from([0, password.length]),
    password,
  ])
  const filter = Buffer.from('city/v1/#')
  const subscribe = Buffer.concat([
    Buffer.from([0x82, filter.length + 5, 0, 1, 0, filter.length]),
    filter,
    Buffer.from([1]),
  ])
  frozen.write(Buffer.concat([Buffer.from([0x10, body.length]), body, subscribe]))
  await new Promise((resolve) => frozen.once('readable', resolve))
  const device = await connectDevice(port, lamp)
  const operator = await connectOperator(port)
  const payload = 'x'.repeat(50_000)
  for (let i = 0; i < 400 && metric('refused_total', 'slowSubscriber') === 0; i++) {
    await device.publishAsync(telemetry, payload, { qos: 1 })
    await broker.publisher.publish('city/v1/orestiada/incidents/i1', payload, { retain: true })
  }
  expect(metric('refused_total', 'slowSubscriber')).toBeGreaterThan(0)
  await until(() => metric('connections') === 2)
  frozen.destroy()
  await Promise.all([device.endAsync(), operator.endAsync()])
})
