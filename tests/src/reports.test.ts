import type { Known, ListedReport, ReportAnswer, Tracking } from '@fanari/contracts'
import { reportAnswerSchema, trackingSchema } from '@fanari/contracts'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lampAsset, lampAssets } from './assets.ts'
import { eventually } from './eventually.ts'
import { litPowerW } from './lamp.ts'
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts'
import { causes, inWords, setTheScene } from './scene.ts'

/* Citizens and lights of a running platform: real MQTT, a real database, HTTP alone to look in. */
let platform: PlatformProcess
beforeAll(async () => {
  platform = await createPlatformProcess()
  await platform.start()
})
afterAll(() => platform?.dispose())

const report = async (municipality: string, body: Record<string, unknown>) => {
  const answer = await platform.api.call('POST', `/api/v1/municipalities/${municipality}/reports`, {
    body: { category: 'street-light-out', channel: 'web', ...body },
    token: null,
  })
  return { status: answer.status, body: reportAnswerSchema.parse(answer.json) as ReportAnswer }
}
const tracking = async (municipality: string, code: string): Promise<Tracking> =>
  trackingSchema.parse(
    (await platform.api.call('GET', `/api/v1/municipalities/${municipality}/tracking/${code}`, { token: null })).json,
  )

describe.concurrent('a street', () => {
  test('goes dark and 25 citizens report it: one incident, one ticket, 25 reports, and all of them hear of the repair', {
    timeout: 120_000,
  }, async ({ onTestFinished }) => {
    const municipality = 'many-calls'
    const lights = [
      ...lampAssets('a', 40, { circuit: 'c1', cabinet: 'k1' }),
      ...lampAssets('b', 10, { circuit: 'c2', cabinet: 'k1' }),
    ]
    const { town, fleet, listener } = await setTheScene({ platform, municipality, lights, others: [], onTestFinished })
    const circuit = fleet.some('a-')
    for (const lamp of circuit) lamp.powerW = 0
    await eventually(async () => {
      expect((await causes(town, 'open')).map(inWords)).toEqual(['circuitOutage circuit:c1'])
      const [ticket, ...others] = await town.tickets()
      expect(others).toEqual([])
      expect(ticket?.members).toHaveLength(40)
    })
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        report(municipality, {
          clientId: `citizen-${index}`,
          luminaire: `a-${String(index + 1).padStart(2, '0')}`,
          wholeStreet: index % 2 === 0,
          contact: { email: `citizen-${index}@example.org` },
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 25 }, () => 201))
    const [ticket, ...others] = await town.tickets()
    expect(others).toEqual([])
    expect(ticket).toMatchObject({ reports: 25, source: 'telemetry' })
    expect(new Set(answers.map(({ body }) => body.ticket))).toEqual(new Set([ticket?.id]))
    expect(answers[0]?.body.known).toMatchObject({ circuit: 'c1', dark: 40, incident: ticket?.incident })

    for (const lamp of circuit) lamp.powerW = litPowerW
    await eventually(async () => expect(await town.tickets()).toMatchObject([{ status: 'closed', outcome: 'fixed' }]))
    for (const { body } of answers) {
      expect(await tracking(municipality, body.trackingCode)).toMatchObject({ status: 'closed', outcome: 'fixed' })
    }
    expect(JSON.stringify(listener.tickets())).not.toContain('example.org')
  })

  test('of which one lamp is lit and a citizen says it is dark: taken, marked, and the lamp is asked; a repeat changes nothing', {
    timeout: 60_000,
  }, async ({ onTestFinished }) => {
    const municipality = 'says-otherwise'
    const { town } = await setTheScene({
      platform,
      municipality,
      lights: [lampAsset('a-01')],
      others: [],
      onTestFinished,
    })
    const listener = await commandsOf(municipality, 'a-01')
    onTestFinished(() => listener.client.endAsync())
    await eventually(async () => expect(await town.light('a-01')).toMatchObject({ state: 'lit' }))
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => report(municipality, { clientId: 'same', luminaire: 'a-01' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201])
    const [answer] = answers
    const found = await platform.api.call('GET', `${town.path}/reports`)
    const { items } = found.json as { items: ListedReport[] }
    expect(items).toMatchObject([
      {
        verified: 'contradicted',
        evidence: [{ luminaire: 'a-01', state: 'lit', activePowerW: litPowerW, planned: 'on' }],
      },
    ])
    await eventually(async () => expect(listener.commands).toEqual([{ id: `poll-${answer?.body.id}`, type: 'poll' }]))
    const { json } = await platform.api.call('GET', `${town.path}/known?luminaire=a-01`, { token: null })
    expect((json as { known: Known }).known).toMatchObject({ ticket: answer?.body.ticket, reports: 1, dark: 0 })
  })
})

/** What is asked of a device, as it hears it itself. */
const commandsOf = async (
  municipality: string,
  device: string,
): Promise<{ client: MqttClient; commands: unknown[] }> => {
  const client = await mqtt.connectAsync(platform.mqttUrl, { clientId: `listens-to-${device}` })
  const commands: unknown[] = []
  client.on('message', (_topic, payload) => commands.push(JSON.parse(payload.toString())))
  await client.subscribeAsync(`city/v1/${municipality}/devices/${device}/command`, { qos: 1 })
  return { client, commands }
}
