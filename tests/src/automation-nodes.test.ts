import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { topics } from '@fanari/contracts'
import mqtt from 'mqtt'
import type { Node, NodeMessage } from 'node-red'
import helper from 'node-red-node-test-helper'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { register as registerAct } from '../../automation/src/nodes/act-nodes.ts'
import { register as registerListen } from '../../automation/src/nodes/listen-nodes.ts'
import { register as registerPlatform } from '../../automation/src/nodes/platform-nodes.ts'
import { lampAssets } from './assets.ts'
import { eventually } from './eventually.ts'
import { createMosquitto, type Mosquitto, mosquittoPath } from './mosquitto.ts'
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts'
import { setTheScene } from './scene.ts'

/* Our nodes one by one, in a Node-RED without an editor, on the broker of a running platform. */

helper.init(createRequire(import.meta.url).resolve('node-red'))

interface Heard extends NodeMessage {
  payload?: Record<string, unknown>
  retained?: boolean
}

/** Runs these nodes beside a configuration node `platform` and ends `out`, and answers what each `out` hears. */
const run = async (
  nodes: Record<string, unknown>[],
  platform: Record<string, unknown>,
  token = '',
): Promise<Record<string, Heard[]>> => {
  const ends = nodes.map(({ id }) => ({ id: `${id}-out`, type: 'helper' }))
  const flow = [
    { id: 'platform', type: 'fanari-platform', ...platform },
    ...nodes.map((node) => ({ z: 'tab', wires: [[`${node.id}-out`]], platform: 'platform', ...node })),
    ...ends.map((end) => ({ z: 'tab', ...end })),
    { id: 'tab', type: 'tab' },
  ]
  await helper.load([registerPlatform, registerListen, registerAct], flow, { platform: { token } })
  const heard: Record<string, Heard[]> = {}
  for (const { id } of ends) {
    const messages: Heard[] = []
    heard[id.replace('-out', '')] = messages
    const end: EventEmitter = helper.getNode(id)
    end.on('input', (message: Heard) => messages.push(message))
  }
  return heard
}

/** What a node complained of. */
const complaints = (id: string): string[] => {
  const lines: string[] = []
  for (const call of ['warn', 'error'] as const) {
    const node = helper.getNode(id) as Node & Record<typeof call, { getCalls?(): { args: unknown[] }[] }>
    for (const { args } of node[call].getCalls?.() ?? []) lines.push(String(args[0]))
  }
  return lines
}

afterEach(() => helper.unload())

describe("on the platform's broker", () => {
  let platform: PlatformProcess
  let token: string
  beforeAll(async () => {
    platform = await createPlatformProcess({ FANARI_DEVICE_AUTH: 'open' })
    await platform.start()
    const made = await platform.api.call('POST', '/api/v1/tokens', { body: { name: 'nodes', role: 'automation' } })
    token = (made.json as { token: string }).token
  })
  afterAll(() => platform?.dispose())
  const at = (municipality: string) => ({ mqttUrl: platform.mqttUrl, httpUrl: platform.origin, municipality })

  test('documents come filtered, once each, also through a restart of the broker; commands and events go out', {
    timeout: 120_000,
  }, async ({ onTestFinished }) => {
    const { town, fleet } = await setTheScene({
      platform,
      municipality: 'nodes',
      lights: lampAssets('a', 8, { circuit: 'c1', cabinet: 'k1' }),
      onTestFinished,
    })
    const heard = await run(
      [
        { id: 'outages', type: 'fanari-incident', faults: 'circuitOutage', severity: 'info', state: '' },
        { id: 'others', type: 'fanari-incident', faults: 'lampFailure, cabinetOutage', severity: 'info', state: '' },
        { id: 'tickets', type: 'fanari-ticket', services: 'networkOperator', statuses: 'open' },
        { id: 'crews', type: 'fanari-ticket', services: 'municipalLighting, solarMaintenance', statuses: '' },
        { id: 'darkness', type: 'fanari-community-light', communities: '', onlyDarkness: true },
        { id: 'command', type: 'fanari-command', device: 'a-01', command: 'setLevel', level: '70' },
        { id: 'event', type: 'fanari-ticket-event' },
      ],
      at('nodes'),
      token,
    )
    for (const lamp of fleet.lamps) lamp.powerW = 0
    await eventually(() => {
      expect(heard.outages?.at(-1)?.payload).toMatchObject({
        fault: 'circuitOutage',
        scope: { id: 'c1' },
        state: 'open',
      })
      expect(heard.tickets?.at(-1)?.payload).toMatchObject({ status: 'open', service: 'networkOperator' })
      expect(heard.darkness?.map(({ payload }) => payload?.darkCommunity)).toEqual([true])
    })
    const ticket = heard.tickets?.at(-1)?.topic
    await eventually(async () => expect((await town.tickets())[0]?.id).toBe(ticket))

    // A restart says everything retained again: nothing of it is news.
    const before = { outages: [...(heard.outages ?? [])], tickets: [...(heard.tickets ?? [])] }
    await platform.stop()
    await platform.start()
    await eventually(async () => {
      helper.getNode('command').receive({ payload: { type: 'poll' } } as NodeMessage)
      expect(heard.command?.at(-1)?.payload).toMatchObject({ type: 'poll' })
    })
    const revisions = (some: Heard[] | undefined) =>
      (some ?? []).map(({ topic, payload }) => `${topic} ${payload?.revision}`)
    for (const kind of ['outages', 'tickets'] as const) {
      expect(new Set(revisions(heard[kind])).size).toBe(heard[kind]?.length)
      expect(revisions(heard[kind]).slice(0, before[kind].length)).toEqual(revisions(before[kind]))
    }

    const device = await mqtt.connectAsync(platform.mqttUrl)
    onTestFinished(() => device.endAsync(true))
    const commands: unknown[] = []
    device.on('message', (_topic, payload) => commands.push(JSON.parse(payload.toString())))
    await device.subscribeAsync(topics.device('nodes', 'a-01', 'command'), { qos: 1 })
    helper.getNode('command').receive({ payload: 'anything' } as NodeMessage)
    await eventually(() => expect(commands).toContainEqual(expect.objectContaining({ type: 'setLevel', level: 70 })))
    helper.getNode('command').receive({ payload: { type: 'setLevel', level: 700 } } as NodeMessage)
    helper.getNode('command').receive({ payload: { type: 'poll' }, device: '../b' } as unknown as NodeMessage)
    await eventually(() => expect(complaints('command').join()).toMatch(/level.*no device is named/s))

    helper.getNode('event').receive({ ticket, payload: { event: 'assigned', note: 'Νίκος' } } as unknown as NodeMessage)
    await eventually(() => expect(heard.event?.[0]?.payload).toMatchObject({ id: ticket, status: 'assigned' }))
    helper.getNode('event').receive({ ticket, payload: { event: 'blessed' } } as unknown as NodeMessage)
    await eventually(() => expect(complaints('event').join()).toContain('msg.payload'))
    expect((await town.tickets())[0]?.status).toBe('assigned')
    expect(heard.others).toEqual([])
    expect(heard.crews).toEqual([])
  })

  test('a wrong token gets nothing, and the nodes say so', async () => {
    await run([{ id: 'tickets', type: 'fanari-ticket' }], at('nodes'), 'wrong')
    await eventually(() => expect(complaints('platform').join()).toMatch(/brokerUnreachable/))
  })
})

describe.skipIf(mosquittoPath === undefined)('on a broker where anybody may write', () => {
  let broker: Mosquitto
  beforeAll(async () => {
    broker = await createMosquitto()
    await broker.start()
  })
  afterAll(() => broker?.dispose())

  test('what is not valid is warned of, and what follows still comes', async ({ onTestFinished }) => {
    const heard = await run([{ id: 'light', type: 'fanari-community-light', onlyDarkness: false }], {
      mqttUrl: broker.url,
      httpUrl: 'http://127.0.0.1:9',
      municipality: 'm',
    })
    const anybody = await mqtt.connectAsync(broker.url)
    onTestFinished(() => anybody.endAsync(true))
    const say = (payload: string) =>
      anybody.publishAsync(topics.communityLight('m', 'village'), payload, { qos: 1, retain: true })
    const counts = { lit: 3, dark: 0, unknown: 1, total: 4, darkCommunity: false }
    await eventually(async () => {
      await say('{')
      expect(complaints('light')).not.toEqual([])
    })
    const known = complaints('light').length
    const bad = ['[]', '"x"', JSON.stringify({ ...counts, lit: -1, at: '2026-11-25T18:00:00.000Z' })]
    for (const text of ['', ...bad]) await say(text)
    await say(JSON.stringify({ ...counts, at: '2026-11-25T18:00:01.000Z' }))
    await eventually(() => expect(heard.light).toMatchObject([{ topic: 'village', payload: counts }]))
    expect(complaints('light').slice(known)).toHaveLength(bad.length)
  })
})
