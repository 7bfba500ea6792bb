import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createBroker } from './broker.ts'
import {
  collect,
  connect,
  connectDevice,
  connectOperator,
  createIntake,
  newFolder,
  resumeDevice,
  startBroker,
  until,
} from './harness.ts'
import { directory } from './test-directory.ts'

const lamp = 'orestiada/lamp-1'
const command = 'city/v1/orestiada/devices/lamp-1/command'
const incident = 'city/v1/orestiada/incidents/i1'

test('start and stop may be called in any number and order', async () => {
  const { broker, port } = await startBroker()
  await broker.start()
  expect(broker.addresses()).toEqual({ mqtt: port })
  expect(broker.readiness().ready).toBe(true)
  await Promise.all([broker.stop(), broker.stop(), broker.start(), broker.start(), broker.stop()])
  expect(broker.addresses()).toEqual({})
  expect(broker.readiness().ready).toBe(false)
  await expect(broker.publisher.publish(incident, 'x', { retain: true })).rejects.toThrow('not running')
  await broker.start()
  const client = await connectDevice(broker.addresses().mqtt ?? 0, lamp)
  await client.endAsync()
  await broker.stop()
  await broker.stop()
})

test('a taken port rejects the start and leaves nothing open', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()))
  const address = other.address()
  const taken = typeof address === 'object' && address !== null ? address.port : 0
  const broker = createBroker({
    folder: newFolder(),
    ports: { mqtt: 0, ws: taken },
    deviceAuth: 'closed',
    directory,
    intake: createIntake(),
    log: () => {},
  })
  await expect(broker.start()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await new Promise((resolve) => other.close(resolve))
  await broker.start()
  expect(broker.addresses().ws).toBe(taken)
  await broker.stop()
})

test('retained documents and a session’s subscriptions and queue survive a stop', async () => {
  const { broker, port } = await startBroker()
  await broker.publisher.publish(incident, 'open', { retain: true })
  await broker.publisher.publish('city/v1/orestiada/tickets/t1', 'gone', { retain: true })
  await broker.publisher.publish('city/v1/orestiada/tickets/t1', '', { retain: true })
  const device = await connectDevice(port, lamp, { clean: false })
  await device.subscribeAsync(command, { qos: 1 })
  await device.endAsync()
  await broker.publisher.publish(command, 'before the stop', { retain: false })
  await broker.stop()
  await broker.start()
  await broker.publisher.publish(command, 'after the start', { retain: false })

  const again = await resumeDevice(broker.addresses().mqtt ?? 0, lamp)
  await until(() => again.messages.length === 2)
  expect(again.messages).toEqual([`${command} before the stop`, `${command} after the start`])
  const operator = await connectOperator(broker.addresses().mqtt ?? 0)
  const heard = collect(operator)
  await operator.subscribeAsync('city/v1/#', { qos: 1 })
  await broker.publisher.publish(command, 'live', { retain: false })
  await until(() => heard.length === 2)
  expect(heard.sort()).toEqual([`(retained) ${incident} open`, `${command} live`].sort())
  await Promise.all([again.client.endAsync(), operator.endAsync()])
  await broker.stop()
})

test('a session absent for long keeps what its queue holds, and the count of what it may hold survives a restart', async () => {
  const { broker, port, metric } = await startBroker({ limits: { maxQueuedPerSession: 3 } })
  const device = await connectDevice(port, lamp, { clean: false })
  await device.subscribeAsync(command, { qos: 1 })
  await device.endAsync()
  for (const n of [1, 2]) await broker.publisher.publish(command, `${n}`, { retain: false })
  await broker.stop()
  await broker.start()
  for (const n of [3, 4, 5]) await broker.publisher.publish(command, `${n}`, { retain: false })
  expect(metric('refused_total', 'sessionQueueFull')).toBe(2)
  const again = await resumeDevice(broker.addresses().mqtt ?? 0, lamp)
  await until(() => again.messages.length === 3)
  await broker.publisher.publish(command, '6', { retain: false })
  await until(() => again.messages.length === 4)
  expect(again.messages).toEqual([1, 2, 3, 6].map((n) => `${command} ${n}`))
  await again.client.endAsync()
  await broker.stop()
})

test('an operator’s session hears telemetry it missed, through a restart', async () => {
  const { broker, port } = await startBroker({ deviceAuth: 'open' })
  const topic = 'city/v1/orestiada/devices/lamp-1/telemetry'
  const options = { clientId: 'archive', clean: false, username: 'token', password: 'operator-token' }
  const archive = await connect(port, options)
  await archive.subscribeAsync('city/v1/+/devices/+/telemetry', { qos: 1 })
  await archive.endAsync()
  await broker.stop()
  await broker.start()
  const device = await connectDevice(broker.addresses().mqtt ?? 0, lamp)
  await device.publishAsync(topic, 'missed', { qos: 1 })
  const { default: mqtt } = await import('mqtt')
  const again = mqtt.connect(`mqtt://127.0.0.1:${broker.addresses().mqtt}`, options)
  const heard = collect(again)
  await until(() => heard.length === 1)
  expect(heard).toEqual([`${topic} missed`])
  await Promise.all([again.endAsync(), device.endAsync()])
  await broker.stop()
})
