import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { IClientOptions } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { collect, connectDevice, connectOperator, newFolder, resumeDevice, startBroker, until } from './harness.ts'

const status = (device: string) => `city/v1/orestiada/devices/${device}/status`
const command = 'city/v1/orestiada/devices/lamp-1/command'
const incident = 'city/v1/orestiada/incidents/i1'

const willOf = (device: string, payload = 'offline', topic = status(device)): IClientOptions => ({
  will: { topic, payload: Buffer.from(payload), qos: 1, retain: true },
})
const withWill = (port: number, device: string, payload?: string) =>
  connectDevice(port, `orestiada/${device}`, willOf(device, payload))

/** Ends a connection as a lost one ends: without DISCONNECT. */
const lose = (client: { stream: { destroy(): unknown } }) => client.stream.destroy()

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const startProcess = async (folder: string) => {
  const script = fileURLToPath(new URL('./broker-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const lines: Record<string, unknown>[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  await until(() => lines.some(({ port }) => port !== undefined))
  return {
    port: Number(lines.find(({ port }) => port !== undefined)?.port),
    accepted: () => lines.flatMap(({ accepted }) => (accepted === undefined ? [] : [accepted])),
    sweep: async () => {
      await until(() => lines.some(({ event }) => event === 'mqtt.orphanedWills'))
      return lines.find(({ event }) => event === 'mqtt.orphanedWills')?.published
    },
    kill: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await exited
    },
  }
}

test('a lost connection’s will goes through the intake to subscribers; a parting one’s does not', async () => {
  const { broker, port, intake } = await startBroker()
  const operator = await connectOperator(port)
  await operator.subscribeAsync('city/v1/#')
  const heard = collect(operator)
  const parting = await withWill(port, 'lamp-2')
  await parting.endAsync()
  lose(await withWill(port, 'lamp-1'))
  await until(() => heard.length > 0)
  expect(heard).toEqual([`${status('lamp-1')} offline`])
  expect(intake.accepted.map(({ topic }) => topic)).toEqual([status('lamp-1')])
  await operator.endAsync()
  await broker.stop()
})

test('a will on a topic its device may not use is quarantined when it falls due, and not stored for later', async () => {
  const { broker, port, intake, logged } = await startBroker({ limits: { orphanedWillDelayS: 0 } })
  const forged = () => connectDevice(port, 'orestiada/lamp-1', willOf('lamp-1', 'forged', status('lamp-2')))
  lose(await forged())
  await until(() => intake.quarantined.length === 1)
  expect(intake.quarantined[0]).toMatchObject({ topic: status('lamp-2'), reason: 'topicForbidden' })
  await forged()
  await broker.stop()
  const sweeps = () => logged.filter(({ event }) => event === 'mqtt.orphanedWills')
  const before = sweeps().length
  await broker.start()
  await until(() => sweeps().length > before)
  expect(sweeps().at(-1)?.fields.published).toBe(0)
  expect(intake.accepted).toEqual([])
  await broker.stop()
})

test('a stop publishes no will; the next start does, for the devices that stay away', async () => {
  const { broker, port, intake, logged } = await startBroker({ limits: { orphanedWillDelayS: 0.5 } })
  await withWill(port, 'lamp-1', 'stayed away')
  await withWill(port, 'lamp-2', 'came back')
  await broker.stop()
  expect(intake.accepted).toEqual([])
  await broker.start()
  const back = await withWill(broker.addresses().mqtt ?? 0, 'lamp-2', 'second connection')
  await until(() => logged.some(({ event }) => event === 'mqtt.orphanedWills'))
  expect(intake.accepted.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['stayed away'])
  expect(logged.filter(({ event }) => event === 'mqtt.orphanedWills').map(({ fields }) => fields.published)).toEqual([
    1,
  ])
  await back.endAsync()
  await broker.stop()
})

test('after SIGKILL, wills are published once, unless their devices came back, with or without a will', async () => {
  const folder = newFolder()
  const first = await startProcess(folder)
  for (const device of ['lamp-1', 'lamp-2', 'lamp-3']) await withWill(first.port, device)
  // A connection taken over: its own end must not take the will of the next one along.
  await withWill(first.port, 'lamp-4', 'first connection')
  await withWill(first.port, 'lamp-4', 'second connection')
  await until(() => first.accepted().length === 1)
  expect(first.accepted()).toEqual([`${status('lamp-4')} first connection`])
  await first.kill()

  const second = await startProcess(folder)
  const operator = await connectOperator(second.port)
  await operator.subscribeAsync('city/v1/#')
  const heard = collect(operator)
  await withWill(second.port, 'lamp-2', 'new will')
  await connectDevice(second.port, 'orestiada/lamp-3')
  expect(await second.sweep()).toBe(2)
  const expected = [`${status('lamp-1')} offline`, `${status('lamp-4')} second connection`]
  await until(() => heard.length === 2)
  expect(heard.sort()).toEqual(expected)
  expect(second.accepted().sort()).toEqual(expected)
  await second.kill()

  const third = await startProcess(folder)
  expect(await third.sweep()).toBe(1)
  expect(third.accepted()).toEqual([`${status('lamp-2')} new will`])
})

test('after SIGKILL, retained documents, subscriptions and queued commands are there', async () => {
  const folder = newFolder()
  const first = await startBroker({ folder })
  await first.broker.publisher.publish(incident, 'open', { retain: true })
  await first.broker.stop()
  const second = await startProcess(folder)
  const device = await connectDevice(second.port, 'orestiada/lamp-1', { clean: false })
  await device.subscribeAsync(command, { qos: 1 })
  await device.endAsync()
  const operator = await connectOperator(second.port)
  await operator.publishAsync(command, 'switch on', { qos: 1 })
  await operator.publishAsync(command, 'switch off', { qos: 1 })
  // Aedes acknowledges before it queues; the answer to a third message tells that the first two are past that.
  await operator.publishAsync(command, 'resume', { qos: 2 })
  await second.kill()
  const third = await startProcess(folder)
  const again = await resumeDevice(third.port, 'orestiada/lamp-1')
  await until(() => again.messages.length === 3)
  expect(again.messages).toEqual(['switch on', 'switch off', 'resume'].map((text) => `${command} ${text}`))
  const reader = await connectOperator(third.port)
  const heard = collect(reader)
  await reader.subscribeAsync('city/v1/+/incidents/+')
  await until(() => heard.length === 1)
  expect(heard).toEqual([`(retained) ${incident} open`])
})
