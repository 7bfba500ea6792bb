import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import type { IClientOptions } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBroker } from './broker.ts'
import { connect, createIntake, newFolder, openSocket, startBroker, type TestBroker, until } from './harness.ts'
import { directory } from './test-directory.ts'

const lamp: IClientOptions = {
  username: 'orestiada/lamp-1',
  password: 'secret of orestiada/lamp-1',
  clientId: 'lamp-1',
}
const telemetry = 'city/v1/orestiada/devices/lamp-1/telemetry'

/** An authority, a server certificate and a device certificate, made by openssl. */
const makeCertificates = () => {
  const folder = newFolder()
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority')
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1')
  for (const name of ['localhost', 'lamp-1']) {
    openssl('req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-extfile',
      'names',
      '-out',
      `${name}.pem`,
      '-days',
      '2',
    )
  }
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  return {
    ca: read('ca.pem'),
    server: { key: read('localhost.key'), cert: read('localhost.pem') },
    device: { key: read('lamp-1.key'), cert: read('lamp-1.pem') },
  }
}

const certificates = makeCertificates()
const trusting: IClientOptions = { ca: certificates.ca }

describe('with all doors open', () => {
  let started: TestBroker
  let port: (door: 'mqtt' | 'mqtts' | 'ws' | 'wss') => number

  beforeAll(async () => {
    started = await startBroker({
      ports: { mqtt: 0, mqtts: 0, ws: 0, wss: 0 },
      tls: certificates.server,
      limits: { connectTimeoutS: 0.5 },
    })
    port = (door) => started.broker.addresses()[door] ?? 0
  })
  afterAll(() => started.broker.stop())

  test.each(['mqtt', 'mqtts', 'ws', 'wss'] as const)('%s takes a reading, large and small', async (door) => {
    const client = await connect(0, { ...lamp, ...trusting }, `${door}://127.0.0.1:${port(door)}/any/path`)
    const large = 'x'.repeat(200_000)
    await client.publishAsync(telemetry, `${door} ${large}`, { qos: 1 })
    await client.publishAsync(telemetry, `${door} small`, { qos: 1 })
    const payloads = started.intake.accepted.map(({ payload }) => Buffer.from(payload).toString())
    expect(payloads.slice(-2)).toEqual([`${door} ${large}`, `${door} small`])
    await client.endAsync()
  })

  test.each(['mqtts', 'wss'] as const)('%s refuses wrong credentials like any other', async (door) => {
    const url = `${door}://127.0.0.1:${port(door)}`
    await expect(connect(0, { ...lamp, ...trusting, password: 'x' }, url)).rejects.toMatchObject({ code: 4 })
  })

  test('a packet above the limit ends a WebSocket, too', async () => {
    const client = await connect(0, lamp, `ws://127.0.0.1:${port('ws')}`)
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    client.publish(telemetry, 'x'.repeat(300_000), { qos: 1 })
    await closed
    client.end(true)
  })

  test('plain HTTP on a WebSocket door is told to upgrade', async () => {
    const response = await fetch(`http://127.0.0.1:${port('ws')}/`)
    expect(response.status).toBe(426)
  })

  test('a WebSocket of another subprotocol is closed', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port('ws')}/`, 'chat')
    await new Promise((resolve) => {
      socket.addEventListener('close', resolve)
      socket.addEventListener('error', resolve)
    })
    expect(socket.readyState).toBe(WebSocket.CLOSED)
  })

  test.each(['mqtts', 'ws', 'wss'] as const)('a silent socket at %s is closed', async (door) => {
    const silent = await openSocket(port(door))
    await until(silent.closed)
  })

  test('a request dribbled to the WebSocket door is cut off at the deadline', async () => {
    const slow = await openSocket(port('ws'))
    const dribble = setInterval(() => slow.socket.write('X'), 20)
    slow.socket.write('GET / HTTP/1.1\r\nX-Slow: ')
    await until(slow.closed)
    clearInterval(dribble)
  })

  test('a WebSocket without CONNECT is closed', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port('ws')}/`, 'mqtt')
    await new Promise((resolve) => socket.addEventListener('close', resolve))
    await until(() => started.metric('refused_total', 'connectTimeout') >= 1)
  })

  test('noise at the TLS door is counted', async () => {
    const noisy = await openSocket(port('mqtts'))
    noisy.socket.write('not a handshake at all')
    await until(noisy.closed)
    expect(started.metric('refused_total', 'tlsFailed')).toBeGreaterThan(0)
  })
})

test('with an authority given, only clients with its certificate come in', async () => {
  const { broker } = await startBroker({
    ports: { mqtt: null, mqtts: 0 },
    tls: { ...certificates.server, ca: certificates.ca },
  })
  const port = broker.addresses().mqtts ?? 0
  const stranger = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  stranger.on('error', () => {})
  await new Promise((resolve) => stranger.once('close', resolve))
  const client = await connect(0, { ...lamp, ...trusting, ...certificates.device }, `mqtts://127.0.0.1:${port}`)
  await client.publishAsync(telemetry, '{}', { qos: 1 })
  await client.endAsync()
  await broker.stop()
})

test('a TLS door without a certificate is refused at the start', async () => {
  const broker = createBroker({
    folder: newFolder(),
    ports: { mqtt: 0, mqtts: 0 },
    deviceAuth: 'closed',
    directory,
    intake: createIntake(),
    log: () => {},
  })
  await expect(broker.start()).rejects.toThrow('need a TLS key')
  await broker.stop()
})
