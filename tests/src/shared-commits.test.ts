import { setTimeout as delay } from 'node:timers/promises'
import { type CitizenEvent, type ReportAnswer, reportAnswerSchema } from '@fanari/contracts'
import { expect, type TestContext, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { communityAsset, lampAssets } from './assets.ts'
import { createPlatformProcess } from './platform-process.ts'
import { createRandom } from './random.ts'

const kills = 6
const lanes = 24
const seed = Number(process.env.FANARI_TEST_SEED ?? 11)
const base = '/api/v1/municipalities/town'

interface Sent {
  body: { clientId: string; luminaire: string }
  answer: ReportAnswer | null
}

const start = async (onTestFinished: TestContext['onTestFinished']) => {
  const platform = await createPlatformProcess({
    FANARI_INTAKE_PER_MINUTE: 'off',
    FANARI_INTAKE_TOTAL_PER_MINUTE: 'off',
  })
  onTestFinished(() => platform.dispose())
  await platform.start()
  const features = [communityAsset(), ...lampAssets('a', 200)]
  const body = { type: 'FeatureCollection', features }
  expect((await platform.api.call('PUT', `${base}/assets`, { body })).status).toBe(200)
  return platform
}

test(`kill -9, ${kills} times among reports that share their commits (seed ${seed}): each that was answered is there, whole, and none is there twice`, {
  timeout: 240_000,
}, async ({ onTestFinished }) => {
  const random = createRandom(seed)
  const platform = await start(onTestFinished)
  const sent: Sent[] = []
  const send = async (one: Sent): Promise<void> => {
    const { status, json } = await platform.api.call('POST', `${base}/reports`, {
      body: { category: 'street-light-out', channel: 'web', description: 'Σκοτάδι', ...one.body },
      token: null,
    })
    if (status === 200 || status === 201) one.answer = reportAnswerSchema.parse(json)
  }

  for (let kill = 1; kill <= kills; kill++) {
    const isOver = new AbortController()
    const lane = async (number: number): Promise<void> => {
      for (let count = 0; !isOver.signal.aborted; count++) {
        const lamp = String(1 + Math.floor(random() * 200)).padStart(2, '0')
        const one: Sent = { body: { clientId: `${kill}-${number}-${count}`, luminaire: `a-${lamp}` }, answer: null }
        sent.push(one)
        // What is under way when it dies is not answered; whether it is there then is open.
        await send(one).catch(() => {})
      }
    }
    const begun = sent.length
    const running = Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
    // In the midst of answers, wherever that is.
    const enough = 30 + Math.floor(40 * random())
    while (sent.slice(begun).filter(({ answer }) => answer !== null).length < enough) await delay(5)
    await platform.kill()
    isOver.abort()
    await running
    await platform.start()
  }

  const answered = sent.filter(({ answer }) => answer !== null)
  expect(answered.length).toBeGreaterThanOrEqual(kills * 30)
  for (const { body, answer } of answered) {
    if (answer === null) continue
    const report = await platform.api.call('GET', `${base}/reports/${answer.id}`)
    expect(report.json).toMatchObject({
      ...{ id: answer.id, ticket: answer.ticket, trackingCode: answer.trackingCode },
      ...body,
    })
  }
  // Who was not answered asks again, as a telephone does; who was answered gets the same answer.
  for (const one of sent) {
    const before = one.answer
    await send(one)
    expect(one.answer).not.toBeNull()
    if (before !== null) expect(one.answer).toMatchObject({ id: before.id, trackingCode: before.trackingCode })
  }
  const ids = new Set(sent.map(({ answer }) => answer?.id))
  expect(ids.size).toBe(sent.length)
  // Whole: its ticket counts it, and the log tells of it once.
  const reportsOf = Map.groupBy(sent, ({ answer }) => answer?.ticket)
  for (const [id, reports] of reportsOf) {
    const ticket = await platform.api.call('GET', `${base}/tickets/${id}`)
    expect(ticket.json).toMatchObject({ id, reports: reports.length })
  }
  const told = await eventsOf(platform.api)
  for (const event of ['reportReceived', 'reportAcknowledged']) {
    const subjects = told.filter((one) => one.event === event).map(({ subject }) => subject.id)
    expect(subjects.toSorted()).toEqual([...ids].toSorted())
  }
})

const eventsOf = async (api: ApiClient): Promise<CitizenEvent[]> => {
  const events: CitizenEvent[] = []
  for (;;) {
    const after = events.at(-1)?.id ?? 0
    const { json } = await api.call('GET', `${base}/citizen-events?after=${after}&limit=1000`)
    const { items } = json as { items: CitizenEvent[] }
    if (items.length === 0) return events
    events.push(...items)
  }
}
