import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import {
  type CommandResult,
  createSimulatedClock,
  type DeviceStatus,
  deviceStatusSchema,
  parseTopic,
  type Reading,
  topics,
} from '@fanari/contracts'
import { Aedes } from 'aedes'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createTown } from '../town/town.ts'
import { type RunningTown, type RunOptions, runAgainstBroker } from './run.ts'

const settlement = { code: '1110303020401', name: 'Ρίζια', population: 1_267, lat: 41.6249, lon: 26.42771 }
const town = createTown({ seed: 1, settlements: [settlement], lights: 24, reportIntervalS: 60 })
const m = town.municipality.id
const gateway = town.gateways[0]?.id ?? ''
const wired = town.luminaires.filter(({ supply }) => supply === 'grid').map(({ id }) => id)
const solar = town.luminaires.filter(({ supply }) => supply === 'solar').map(({ id }) => id)
const lamp = wired[0] ?? ''
const sun = solar[0] ?? ''
const direct = [gateway, ...solar, ...town.cabinets.map(({ id }) => id), ...town.sensors.map(({ id }) => id)]
/** After dusk in November, a minute a tenth of a second. */
const epoch = Date.parse('2026-11-16T17:00:00Z')
const speed = 600
const patient = { timeout: 20_000, interval: 10 }

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A real broker on a real socket, and what it was told. */
const startBroker = async (options: { port?: number; passwords?: Map<string, string> } = {}) => {
  const broker = await Aedes.createBroker()
  const { passwords } = options
  if (passwords !== undefined)
    broker.authenticate = (_, username, password, done) =>
      done(null, password !== undefined && passwords.get(username ?? '') === password.toString())
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    broker.handle(socket)
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const heard = {
    statuses: [] as (DeviceStatus & { device: string })[],
    readings: [] as (Reading & { device: string; batch: number })[],
    results: [] as (CommandResult & { device: string })[],
    events: [] as { device: string; type: string }[],
  }
  broker.on('publish', (packet) => {
    const topic = parseTopic(packet.topic)
    if (topic?.kind !== 'device' || topic.channel === 'command') return
    const document = JSON.parse(packet.payload.toString())
    const { device } = topic
    if (topic.channel === 'status') heard.statuses.push({ device, ...deviceStatusSchema.parse(document) })
    else if (topic.channel === 'result') heard.results.push({ device, ...document })
    else if (topic.channel === 'event') heard.events.push({ device, ...document })
    else
      for (const reading of [document].flat())
        heard.readings.push({ ...reading, device, batch: [document].flat().length })
  })
  const close = async (): Promise<void> => {
    if (broker.closed) return
    const closed = once(server, 'close')
    server.close()
    await new Promise<void>((resolve) => broker.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  cleanups.push(close)
  const send = (device: string, payload: string): void => {
    const topic = topics.device(m, device, 'command')
    broker.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => {})
  }
  return { port: (server.address() as AddressInfo).port, broker, heard, close, send }
}

const live = (port: number, options: Partial<RunOptions> = {}): RunningTown => {
  const running = runAgainstBroker({
    town,
    seed: 1,
    clock: createSimulatedClock({ epoch, wallEpoch: Date.now(), speed, wallNow: Date.now }),
    broker: `mqtt://127.0.0.1:${port}`,
    radio: { firstMiss: 0, poorShare: 0, duplicates: 0 },
    log: () => {},
    ...options,
  })
  cleanups.push(running.stop)
  return running
}
const everyone = (running: RunningTown) =>
  vi.waitFor(() => expect(running.stats().connections).toBe(direct.length), patient)
const seqs = (readings: (Reading & { device: string })[], device: string): number[] =>
  readings.flatMap((reading) => (reading.device === device ? [reading.seq ?? -1] : [])).toSorted((a, b) => a - b)
const gaps = (numbers: number[]): number => numbers.slice(1).filter((n, i) => n > (numbers[i] ?? 0) + 1).length

describe('against a real broker', () => {
  test('gateways and direct devices connect and are born, each with a session; the gateway speaks for its lights', async () => {
    const { port, broker, heard } = await startBroker()
    const clients: string[] = []
    broker.on('client', ({ id }) => clients.push(id))
    await everyone(live(port))
    await vi.waitFor(
      () => expect(new Set(heard.readings.map(({ device }) => device))).toEqual(new Set([...direct, ...wired])),
      patient,
    )
    expect(clients.toSorted()).toEqual(direct.map((device) => `${m}/${device}`).toSorted())
    expect(heard.statuses.map(({ device }) => device).toSorted()).toEqual(direct.toSorted())
    expect(new Set(heard.statuses.map(({ session }) => session)).size).toBe(direct.length)
    expect(heard.statuses.every(({ state }) => state === 'online')).toBe(true)
  })

  test.each([
    ['a light behind a gateway', lamp],
    ['a light with a connection of its own', sun],
  ])('%s obeys setLevel, poll and resume, and says so', async (_, device) => {
    const { port, heard, send } = await startBroker()
    await everyone(live(port))
    const order = async (command: object, id: string) => {
      send(device, JSON.stringify({ id, ...command }))
      await vi.waitFor(() => expect(heard.results.map((result) => result.id)).toContain(id), patient)
      return heard.results.find((result) => result.id === id)
    }
    const lastLevel = () => heard.readings.findLast((reading) => reading.device === device)?.lightLevel

    expect(await order({ type: 'setLevel', level: 30 }, 'dim')).toEqual({ device, id: 'dim', status: 'applied' })
    await vi.waitFor(() => expect(lastLevel()).toBe(30), patient)
    const before = seqs(heard.readings, device).length
    expect(await order({ type: 'poll' }, 'poll')).toMatchObject({ status: 'applied' })
    await vi.waitFor(() => expect(seqs(heard.readings, device).length).toBeGreaterThan(before), patient)
    expect(await order({ type: 'resume' }, 'resume')).toMatchObject({ status: 'applied' })
    await vi.waitFor(() => expect(lastLevel()).toBe(100), patient)
  })

  test('an override ends at its time; a program is taken over; a reboot begins the counters anew', async () => {
    const { port, heard, send } = await startBroker()
    const running = live(port)
    await everyone(running)
    const last = () => heard.readings.findLast((reading) => reading.device === lamp)
    send(lamp, JSON.stringify({ id: 'a', type: 'setLevel', level: 20, until: running.now() + 600_000 }))
    await vi.waitFor(() => expect(last()?.lightLevel).toBe(20), patient)
    await vi.waitFor(() => expect(last()?.lightLevel).toBe(100), patient)
    send(
      lamp,
      JSON.stringify({
        id: 'b',
        type: 'setProgram',
        program: [
          { at: 'dusk', level: 70 },
          { at: 'dawn', level: 0 },
        ],
      }),
    )
    await vi.waitFor(() => expect(last()?.lightLevel).toBe(70), patient)
    expect(last()?.seq).toBeGreaterThan(100)
    send(lamp, JSON.stringify({ id: 'c', type: 'reboot' }))
    await vi.waitFor(() => expect(last()?.seq).toBeLessThan(10), patient)
    expect(last()?.uptime).toBeLessThan(600)
  })

  test.each([
    ['no level', { type: 'setLevel' }, 'rejected', 'level: missing'],
    ['a level of 300', { type: 'setLevel', level: 300 }, 'rejected', /^level: /],
    ['an end in the past', { type: 'setLevel', level: 50, until: 0 }, 'expired', 'until: has passed'],
    ['an unknown type', { type: 'explode' }, 'rejected', /^type: /],
    ['a program that is none', { type: 'setProgram', program: 'dark' }, 'rejected', /^program: /],
  ])('a command with %s is answered', async (_, command, status, reason) => {
    const { port, heard, send } = await startBroker()
    await everyone(live(port))
    for (const garbage of ['', '{', '[]', 'null', '{"id":7,"type":"poll"}', '{"type":"poll"}']) send(lamp, garbage)
    send(lamp, JSON.stringify({ id: 'x', ...command }))
    await vi.waitFor(() => expect(heard.results).toHaveLength(1), patient)
    expect(heard.results[0]).toMatchObject({ device: lamp, id: 'x', status })
    expect(heard.results[0]?.reason).toMatch(reason)
  })

  test('what has no lamp takes no level, and a gateway answers for a light it cannot reach', async () => {
    const { port, heard, send } = await startBroker()
    const running = live(port)
    await everyone(running)
    running.plan({ at: running.now(), action: 'break', fault: 'poleFuse', target: lamp })
    send(gateway, JSON.stringify({ id: 'gw', type: 'setLevel', level: 5 }))
    send(lamp, JSON.stringify({ id: 'lamp', type: 'poll' }))
    await vi.waitFor(() => expect(heard.results).toHaveLength(2), patient)
    expect(heard.results.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      { device: gateway, id: 'gw', status: 'rejected', reason: 'no setLevel here' },
      { device: lamp, id: 'lamp', status: 'rejected', reason: 'unreachable' },
    ])
  })

  test("when a gateway fails its will names its session, and on return its lights' readings come in arrays, none missing", async () => {
    const { port, heard } = await startBroker()
    const running = live(port)
    await everyone(running)
    running.plan({ at: running.now(), action: 'break', fault: 'gatewayFailure', target: gateway, forMs: 15 * 60_000 })
    const ofGateway = () => heard.statuses.filter(({ device }) => device === gateway)
    await vi.waitFor(() => expect(ofGateway()).toHaveLength(3), patient)
    const [birth, will, rebirth] = ofGateway()
    expect([birth?.state, will?.state, rebirth?.state]).toEqual(['online', 'offline', 'online'])
    expect(will?.session).toBe(birth?.session)
    expect(rebirth?.session).not.toBe(birth?.session)
    await vi.waitFor(() => {
      for (const id of wired) expect(heard.readings.some(({ device, batch }) => device === id && batch > 5)).toBe(true)
    }, patient)
    const [until] = heard.readings.filter(({ device }) => device === gateway).toSorted((a, b) => b.at - a.at)
    await vi.waitFor(() => expect(running.now()).toBeGreaterThan((until?.at ?? 0) + 300_000), patient)
    for (const id of wired) expect(gaps(seqs(heard.readings, id))).toBe(0)
    expect(heard.statuses.filter(({ state }) => state === 'offline')).toHaveLength(1)
  })

  test('while the broker is away devices keep their readings, and deliver every one when it is back', async () => {
    const first = await startBroker()
    const running = live(first.port)
    await everyone(running)
    await vi.waitFor(() => expect(first.heard.readings.length).toBeGreaterThan(100), patient)
    await first.close()
    const lostAt = running.now()
    await vi.waitFor(() => expect(running.stats().connections).toBe(0), patient)
    await vi.waitFor(() => expect(running.now()).toBeGreaterThan(lostAt + 20 * 60_000), patient)
    const second = await startBroker({ port: first.port })
    await everyone(running)
    const backAt = running.now()
    await vi.waitFor(() => expect(running.now()).toBeGreaterThan(backAt + 5 * 60_000), patient)
    const born = (heard: typeof first.heard) =>
      heard.statuses.filter(({ state }) => state === 'online').map(({ session }) => session)
    expect(new Set([...born(first.heard), ...born(second.heard)]).size).toBe(2 * direct.length)
    for (const id of [...wired, ...direct]) {
      const all = [...new Set([...seqs(first.heard.readings, id), ...seqs(second.heard.readings, id)])].toSorted(
        (a, b) => a - b,
      )
      expect(gaps(all)).toBe(0)
    }
  })

  test('each device shows its own credentials; who has none, or wrong ones, is refused and tries on', async () => {
    const passwords = new Map(direct.slice(1).map((device) => [`${m}/${device}`, `secret of ${device}`]))
    const { port, heard } = await startBroker({ passwords })
    const problems: string[] = []
    const credentials = new Map(
      [...passwords].map(([username, password]) => [username.slice(m.length + 1), { username, password }]),
    )
    const running = live(port, { credentials, log: (_, event) => problems.push(event) })
    await vi.waitFor(() => expect(running.stats().connections).toBe(direct.length - 1), patient)
    await vi.waitFor(() => expect(running.stats().refused).toBeGreaterThan(1), patient)
    expect(heard.statuses.map(({ device }) => device)).not.toContain(gateway)
    expect(problems).toEqual(['mqtt.failed'])
  })

  test('stopping says goodbye: no will speaks, and stopping again is no matter', async () => {
    const { port, broker, heard } = await startBroker()
    const running = live(port)
    await everyone(running)
    await running.stop()
    await running.stop()
    await vi.waitFor(() => expect(broker.connectedClients).toBe(0), patient)
    expect(heard.statuses.filter(({ state }) => state === 'offline')).toEqual([])
  })

  test('a broker that acknowledges nothing does not keep it from stopping', async () => {
    const { port, broker } = await startBroker()
    let held = 0
    broker.authorizePublish = () => {
      held++
    }
    const running = live(port)
    await vi.waitFor(() => expect(held).toBeGreaterThanOrEqual(direct.length), patient)
    await running.stop()
    expect(running.stats()).toMatchObject({ acknowledged: 0, connections: 0 })
  })

  test('where there is no broker a town lives on, keeps trying, and can be stopped', async () => {
    const { port, close } = await startBroker()
    await close()
    const running = live(port)
    await vi.waitFor(() => expect(running.stats().refused).toBeGreaterThan(direct.length), patient)
    expect(running.now()).toBeGreaterThan(epoch)
    await running.stop()
  })
})
