import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { topics } from '@fanari/contracts'
import mqtt from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cabinetAsset, lampAssets } from './assets.ts'
import { type AutomationProcess, createAutomationProcess, startGateway, startMailServer } from './automation-process.ts'
import { eventually } from './eventually.ts'
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts'
import { setTheScene } from './scene.ts'

const password = 'editor-of-the-stories'
const municipality = 'soufli'

describe('the automation beside a platform', () => {
  let platform: PlatformProcess
  let automation: AutomationProcess
  let mail: Awaited<ReturnType<typeof startMailServer>>
  let gateway: Awaited<ReturnType<typeof startGateway>>
  let editor: string
  beforeAll(async () => {
    platform = await createPlatformProcess()
    await platform.start()
    mail = await startMailServer()
    gateway = await startGateway()
    const made = await platform.api.call('POST', '/api/v1/tokens', { body: { name: 'automation', role: 'automation' } })
    const { token } = made.json as { token: string }
    automation = createAutomationProcess({
      FANARI_AUTOMATION_EDITOR_PASSWORD: password,
      FANARI_AUTOMATION_MQTT_URL: platform.mqttUrl,
      FANARI_AUTOMATION_HTTP_URL: platform.origin,
      FANARI_AUTOMATION_TOKEN: token,
      FANARI_AUTOMATION_MUNICIPALITY: municipality,
      FANARI_AUTOMATION_SMTP_PORT: String(mail.port),
      FANARI_AUTOMATION_SMTP_USER: 'fanari',
      FANARI_AUTOMATION_SMTP_PASSWORD: 'mail-secret',
      FANARI_AUTOMATION_DUTY_MAIL: 'texnikos@dimos.example',
      FANARI_AUTOMATION_DUTY_PHONE: '+306900000001',
      FANARI_AUTOMATION_SUPERVISOR_MAIL: 'proistamenos@dimos.example',
      FANARI_AUTOMATION_HEDNO_MAIL: 'vlaves@deddie.example',
      FANARI_AUTOMATION_SMS_URL: gateway.url,
      FANARI_AUTOMATION_SMS_TOKEN: 'sms-secret',
      FANARI_AUTOMATION_ESCALATE_MINUTES: 'critical=0.05,major=0.05,minor=0.05',
      FANARI_AUTOMATION_QUIET_HOURS: '',
      FANARI_AUTOMATION_DOSSIER_WAIT_MINUTES: '0',
    })
    editor = await automation.start()
  }, 120_000)
  afterAll(async () => {
    await automation?.dispose()
    await mail?.stop()
    await gateway?.stop()
    await platform?.dispose()
  })

  const signedIn = async (): Promise<string> => {
    const answer = await fetch(`${editor}/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: 'node-red-admin',
        grant_type: 'password',
        scope: '*',
        username: 'admin',
        password,
      }),
    })
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { access_token: string }).access_token
  }

  test.for([
    ['GET', '/flows'],
    ['POST', '/flows'],
    ['GET', '/nodes'],
    ['GET', '/settings'],
    ['POST', '/inject/fanari-weather-on'],
    ['GET', '/context/global'],
  ])('%s %s without a sign-in is refused', async ([method = '', path = '']) => {
    expect((await fetch(`${editor}${path}`, { method })).status).toBe(401)
  })

  test('a wrong password is refused', async () => {
    const answer = await fetch(`${editor}/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: 'node-red-admin',
        grant_type: 'password',
        scope: '*',
        username: 'admin',
        password: 'wrong',
      }),
    })
    expect(answer.status).not.toBe(200)
  })

  test('who signs in sees all our nodes loaded, with help in Greek and English, and no secret in the flows', async () => {
    const authorization = `Bearer ${await signedIn()}`
    const nodes = await fetch(`${editor}/nodes`, { headers: { authorization, accept: 'application/json' } })
    const sets = ((await nodes.json()) as { module: string; types: string[]; err?: string }[]).filter(
      ({ module }) => module === 'node-red-contrib-fanari',
    )
    expect(sets.flatMap(({ err }) => err ?? [])).toEqual([])
    expect(sets.flatMap(({ types }) => types).toSorted()).toEqual([
      'fanari-command',
      'fanari-community-light',
      'fanari-dossier',
      'fanari-duty',
      'fanari-incident',
      'fanari-platform',
      'fanari-roll-call',
      'fanari-ticket',
      'fanari-ticket-event',
      'fanari-weather',
    ])
    for (const [language, words] of [
      ['el', 'Στέλνει κάθε νέα έκδοση'],
      ['en-US', 'Sends each new version'],
    ]) {
      const help = await fetch(`${editor}/nodes`, {
        headers: { authorization, accept: 'text/html', 'accept-language': language ?? '' },
      })
      expect(await help.text()).toContain(words)
    }
    const kept = ['flows.json', 'flows.default.json', 'flows_cred.json'].map((name) =>
      readFileSync(join(automation.folder, 'data', name), 'utf8'),
    )
    expect(kept[0]).toBe(kept[1])
    for (const text of kept) expect(text).not.toMatch(/secret|fanari_[A-Za-z0-9_-]{20}/)
  })

  test('an outage is told to the technician, to the supervisor when nobody takes it up, and heavy weather raises dimmed lights', {
    timeout: 120_000,
  }, async ({ onTestFinished }) => {
    const lights = [
      ...lampAssets('a', 8, { circuit: 'c1', cabinet: 'k1', street: 'Λεωφόρος Δήμητρας' }),
      ...lampAssets('b', 4, { circuit: 'c2', cabinet: 'k1' }),
      ...lampAssets('d', 4, { circuit: 'c9', cabinet: 'k9', owner: 'networkOperator', pole: 'Σ-17' }),
    ]
    const { town, fleet } = await setTheScene({
      platform,
      municipality,
      lights,
      others: [cabinetAsset('k9', { supplyNumber: '123456789-01' })],
      onTestFinished,
    })
    for (const lamp of fleet.some('a-')) lamp.powerW = 0
    const ticket = await eventually(async () => {
      const [opened] = await town.tickets()
      expect(opened?.status).toBe('open')
      return opened
    })
    const told = await eventually(() => {
      const found = mail.mails.find(
        ({ to, text }) => to.includes('texnikos@dimos.example') && text.includes(ticket?.id ?? '?'),
      )
      expect(found).toBeDefined()
      return found
    })
    expect(told?.subject).toMatch(/^\[Φανάρι\] (Κρίσιμο|Σοβαρό): .*c1/)
    expect(told?.text).toContain('Πού: Χωριό, Λεωφόρος Δήμητρας')
    expect(told?.text).toContain('Αφορά: 8 φωτιστικά')
    expect(told?.text).toMatch(/Αναλάβετέ το ως τις .*· μετά ειδοποιείται ο προϊστάμενος\./)
    const sms = await eventually(() => {
      const found = gateway.asked.find(({ body }) => JSON.stringify(body).includes(ticket?.id ?? '?'))
      expect(found).toMatchObject({ authorization: 'Bearer sms-secret', body: { from: 'Fanari', to: '+306900000001' } })
      return found
    })
    expect(sms?.body).toMatchObject({ text: expect.stringMatching(/^(Κρίσιμο|Σοβαρό): /) })

    await eventually(() => {
      const found = mail.mails.find(({ to }) => to.includes('proistamenos@dimos.example'))
      expect(found?.subject).toMatch(/^\[Φανάρι\] ΧΩΡΙΣ ΑΝΑΛΗΨΗ: /)
      expect(found?.text).toContain('κανείς δεν έχει αναλάβει')
      expect(found?.text).toContain(ticket?.id)
    })

    // The network operator's own lights: its dossier.
    for (const lamp of fleet.some('d-')) lamp.powerW = 0
    const dossier = await eventually(() => {
      const found = mail.mails.find(({ to, text }) => to.includes('vlaves@deddie.example') && text.includes('Σ-17'))
      expect(found).toBeDefined()
      return found
    })
    expect(dossier?.subject).toMatch(/Αναγγελία βλάβης/)
    expect(dossier?.text).toContain('k9: παροχή 123456789-01')
    expect(dossier?.text).toContain('στύλος Σ-17')
    expect(dossier?.text).toContain('Τεκμήρια:')

    // Heavy weather: b-01 is dimmed.
    const device = await mqtt.connectAsync(platform.mqttUrl)
    onTestFinished(() => device.endAsync(true))
    const commands: { device: string; command: { type: string; level?: number; until?: number } }[] = []
    device.on('message', (topic, payload) => {
      commands.push({ device: topic.split('/')[4] ?? '', command: JSON.parse(payload.toString()) })
    })
    await device.subscribeAsync(topics.device(municipality, '+', 'command'), { qos: 1 })
    const dimmed = fleet.one('b-01')
    dimmed.fallSilent()
    await dimmed.say('telemetry', JSON.stringify({ at: Date.now(), activePower: 30, lightLevel: 50 }))
    await eventually(async () => expect((await town.light('b-01')).lastReading).toMatchObject({ lightLevel: 50 }))
    const inject = async (id: string): Promise<number> =>
      (
        await fetch(`${editor}/inject/${id}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${await signedIn()}` },
        })
      ).status
    expect(await inject('fanari-weather-on')).toBe(200)
    await eventually(() =>
      expect(commands).toMatchObject([{ device: 'b-01', command: { type: 'setLevel', level: 100 } }]),
    )
    expect(commands[0]?.command.until).toBeLessThanOrEqual(Date.now() + 10 * 60_000)
    expect(await inject('fanari-weather-off')).toBe(200)
    await eventually(() => expect(commands[1]).toMatchObject({ device: 'b-01', command: { type: 'resume' } }))
  })
})

describe('an automation that would be open to the network', () => {
  test.for([
    [{}, 'FANARI_AUTOMATION_EDITOR_PASSWORD'],
    [{ FANARI_AUTOMATION_EDITOR_PASSWORD: 'short' }, 'at least 12 characters'],
    [{ FANARI_AUTOMATION_EDITOR_PASSWORD: password }, 'FANARI_AUTOMATION_CREDENTIAL_SECRET'],
  ] as [Record<string, string>, string][])(
    'does not start with %o',
    async ([environment, complaint], { onTestFinished }) => {
      const automation = createAutomationProcess({ FANARI_AUTOMATION_HOST: '0.0.0.0', ...environment })
      onTestFinished(() => automation.dispose())
      await expect(automation.start()).rejects.toThrow(complaint)
    },
  )
})
