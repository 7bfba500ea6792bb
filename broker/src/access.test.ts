import { describe, expect, test } from 'vitest'
import { collect, connect, connectDevice, connectOperator, resumeDevice, startForTest, until } from './harness.ts'
import { directory } from './test-directory.ts'

const lamp = 'orestiada/lamp-1'
const branch = 'city/v1/orestiada/devices/lamp-1'
const right = `secret of ${lamp}`

describe('a login is answered', () => {
  test.each([
    ['with 5 when anonymous', {}, 5, 'anonymous'],
    ['with 4 when the password is wrong', { username: lamp, password: 'x', clientId: lamp }, 4, 'wrongCredentials'],
    ['with 4 when there is no password', { username: lamp, clientId: lamp }, 4, 'wrongCredentials'],
    [
      'with 2 under a foreign client id',
      { username: lamp, password: right, clientId: 'lamp-2' },
      2,
      'clientIdMismatch',
    ],
    [
      'with 2 under another town’s id',
      { username: lamp, password: right, clientId: 'didymoteicho/lamp-1' },
      2,
      'clientIdMismatch',
    ],
    ['with 2 under __proto__', { username: lamp, password: right, clientId: '__proto__' }, 2, 'clientIdMismatch'],
    [
      'with 1 under MQTT 5',
      { username: lamp, password: right, clientId: lamp, protocolVersion: 5 },
      1,
      'unacceptableProtocol',
    ],
  ] as const)('%s', async (_name, options, returnCode, reason) => {
    const { port, metric } = await startForTest()
    await expect(connect(port, options)).rejects.toMatchObject({ code: returnCode })
    await until(() => metric('refused_total', reason) === 1)
  })

  test('with a welcome under either form of a device’s client id, which are one session', async () => {
    const { port } = await startForTest()
    const first = await connectDevice(port, lamp, { clientId: 'lamp-1' })
    const closed = new Promise<void>((resolve) => first.once('close', () => resolve()))
    const second = await connectDevice(port, lamp)
    await closed
    await second.endAsync()
  })
})

test('nobody else’s client id ends a device’s connection', async () => {
  const { port } = await startForTest({ deviceAuth: 'open' })
  const device = await connectDevice(port, lamp)
  const others = [
    await connectOperator(port, { clientId: lamp }),
    await connect(port, { clientId: lamp }),
    await connect(port, { clientId: 'constructor' }),
    await connect(port, { clientId: '__proto__' }),
    await connectDevice(port, 'didymoteicho/lamp-1', { clientId: 'lamp-1' }),
  ]
  await device.publishAsync(`${branch}/telemetry`, 'still here', { qos: 1 })
  expect(device.connected).toBe(true)
  expect(others.map((client) => client.connected)).toEqual([true, true, true, true, true])
  await Promise.all([device, ...others].map((client) => client.endAsync()))
})

test('a refused filter gets 128 beside the granted ones, and is heard neither live nor after an absence', async () => {
  const { port, broker } = await startForTest()
  const device = await connectDevice(port, lamp, { clean: false })
  const granted = await device
    .subscribeAsync({ [`${branch}/command`]: { qos: 1 }, 'city/v1/#': { qos: 1 }, [`${branch}/result`]: { qos: 0 } })
    .catch((error: { packet: { granted: number[] } }) => error.packet.granted)
  expect(granted).toEqual([1, 128, 0])
  const live = collect(device)
  const publish = (n: number) =>
    Promise.all([
      broker.publisher.publish('city/v1/orestiada/incidents/i1', `incident ${n}`, { retain: true }),
      broker.publisher.publish('city/v1/orestiada/devices/lamp-2/command', `for another ${n}`, { retain: false }),
      broker.publisher.publish(`${branch}/command`, `${n}`, { retain: false }),
    ])
  await publish(1)
  await until(() => live.length > 0)
  await device.endAsync()
  await publish(2)
  const again = await resumeDevice(port, lamp)
  await until(() => again.messages.length > 0)
  await broker.publisher.publish(`${branch}/command`, '3', { retain: false })
  await until(() => again.messages.length > 1)
  expect(live).toEqual([`${branch}/command 1`])
  expect(again.messages).toEqual([`${branch}/command 2`, `${branch}/command 3`])
  await again.client.endAsync()
})

test('a gateway hears its lights’ commands until a light is taken from it', async () => {
  let registered = true
  const { port, broker } = await startForTest({
    directory: {
      ...directory,
      speaksFor: (town, device, target) => registered && directory.speaksFor(town, device, target),
    },
  })
  const gateway = await connectDevice(port, 'orestiada/gateway-1')
  await gateway.subscribeAsync([
    'city/v1/orestiada/devices/lamp-2/command',
    'city/v1/orestiada/devices/gateway-1/command',
  ])
  const heard = collect(gateway)
  const command = (device: string, payload: string) =>
    broker.publisher.publish(`city/v1/orestiada/devices/${device}/command`, payload, { retain: false })
  await command('lamp-2', 'before')
  registered = false
  await command('lamp-2', 'after')
  await command('gateway-1', 'own')
  await until(() => heard.length === 2)
  expect(heard).toEqual([
    'city/v1/orestiada/devices/lamp-2/command before',
    'city/v1/orestiada/devices/gateway-1/command own',
  ])
  await gateway.endAsync()
})

test('an operator’s command reaches the device; an open client may command, report and listen at will', async () => {
  const { port, intake } = await startForTest({ deviceAuth: 'open' })
  const device = await connectDevice(port, lamp)
  await device.subscribeAsync(`${branch}/command`)
  const heard = collect(device)
  const operator = await connectOperator(port)
  await operator.publishAsync(`${branch}/command`, 'from the operator', { qos: 1, retain: true })
  const open = await connect(port)
  await open.subscribeAsync('#')
  const overheard = collect(open)
  await open.publishAsync(`${branch}/command`, 'from the open client', { qos: 1 })
  await open.publishAsync('city/v1/orestiada/devices/never-seen/telemetry', '{}', { qos: 1 })
  await until(() => heard.length === 2 && overheard.length === 2)
  expect(heard).toEqual([`${branch}/command from the operator`, `${branch}/command from the open client`])
  expect(intake.accepted.map(({ topic }) => topic)).toEqual(['city/v1/orestiada/devices/never-seen/telemetry'])
  await Promise.all([device, operator, open].map((client) => client.endAsync()))
})
