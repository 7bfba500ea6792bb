import { fastify } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { HttpApp } from '../http/app.ts'
import { guardAgainstSpam } from '../http/spam-guard.ts'
import { openRecords, type Records } from '../privacy/records.fixture.ts'
import { startTestApi, type TestApi } from '../test-api.ts'
import { collection, luminaire } from '../test-documents.ts'
import { createModeration, type Moderation } from './moderation.ts'

const base = '/api/v1/municipalities/orestiada'
const form = { trap: '', filledInMs: 60_000 }

let t: TestApi
let records: Records
let moderation: Moderation
beforeEach(async () => {
  t = await startTestApi()
  await t.call('PUT', `${base}/assets`, { body: collection(luminaire('L-1')) })
  records = openRecords(t)
  records.ticket('t-1')
  moderation = createModeration({ database: records.database, clock: t.clock })
})
afterEach(async () => {
  records.database.close()
  await t.close()
})

interface Queue {
  items: { report: { id: string; moderation: string }; suspicions: string[] }[]
}
const queue = async () =>
  ((await t.call('GET', `${base}/moderation`)).body as Queue).items.map(({ report, suspicions }) => [
    report.id,
    suspicions,
  ])

describe('moderation', () => {
  test('leaves a citizen alone, and puts into the queue what is suspicious, with why', async () => {
    records.report('r-1', { description: 'Δεν ανάβει το φως έξω από το σχολείο' })
    records.report('r-2', { description: 'https://a.example https://b.example' })
    expect(moderation.examine('orestiada', 'r-1', form)).toEqual([])
    expect(moderation.examine('orestiada', 'r-2', { ...form, trap: 'x' })).toEqual(['trapFilled', 'links'])
    expect(moderation.examine('orestiada', 'nothing', form)).toEqual([])
    expect(await queue()).toEqual([['r-2', ['trapFilled', 'links']]])
  })

  test('sees words that come over and over, and forgets those of the day before', () => {
    const description = 'Buy the best lamps of the world now'
    for (let number = 1; number <= 3; number++)
      records.report(`r-old-${number}`, { description, createdAt: '2026-01-08T00:00:00.000Z' })
    const found = []
    for (let number = 1; number <= 4; number++) {
      records.report(`r-${number}`, { description })
      found.push(moderation.examine('orestiada', `r-${number}`, form))
    }
    expect(found).toEqual([[], [], [], ['repeatedText']])
  })

  test('ends by a verdict, which is in the trail and in the log of events', async () => {
    for (const id of ['r-1', 'r-2']) {
      records.report(id)
      moderation.examine('orestiada', id, { ...form, trap: 'x' })
    }
    const judge = (id: string, verdict: string) =>
      t.call('PUT', `${base}/reports/${id}/moderation`, { body: { moderation: verdict } })
    expect((await judge('r-1', 'clear')).body).toMatchObject({ moderation: 'clear' })
    expect((await judge('r-2', 'rejected')).body).toMatchObject({ moderation: 'rejected' })
    expect([(await judge('nothing', 'clear')).status, (await judge('r-1', 'burnt')).status]).toEqual([404, 400])
    expect(await queue()).toEqual([])
    const { items } = (await t.call('GET', `${base}/citizen-events`)).body as {
      items: { event: string; details: unknown }[]
    }
    const verdicts = items.filter(({ event }) => event === 'reportModerated')
    expect(verdicts.map(({ details }) => details)).toEqual([
      { moderation: 'pending', suspicions: ['trapFilled'] },
      { moderation: 'pending', suspicions: ['trapFilled'] },
      { moderation: 'clear' },
      { moderation: 'rejected' },
    ])
    expect((await t.call('GET', `${base}/audit`)).text).toContain('"event":"moderated","note":"rejected"')
    // Nobody else speaks of it, so its matter is over.
    expect(items).toContainEqual(
      expect.objectContaining({ event: 'ticketClosed', details: expect.objectContaining({ outcome: 'withdrawn' }) }),
    )
  })
})

describe('a report of nobody known', () => {
  const send = (clientId: string, more: object) =>
    t.call('POST', `${base}/reports`, {
      token: null,
      body: { category: 'street-light-out', luminaire: 'L-1', channel: 'web', clientId, ...more },
    })

  test('is answered alike whether it is a machine’s or not, and a machine’s waits', async () => {
    const citizen = await send('a', { description: 'Δεν ανάβει', filledInMs: 30_000 })
    const machine = await send('b', { description: 'Buy lamps', website: 'http://spam.example', filledInMs: 10 })
    expect([citizen.status, machine.status]).toEqual([201, 201])
    expect(Object.keys(machine.body).sort()).toEqual(Object.keys(citizen.body).sort())
    expect(await queue()).toEqual([[(machine.body as { id: string }).id, ['trapFilled', 'tooFast']]])
  })
})

describe('the spam guard', () => {
  test.each<[string, object | null, string | null, unknown[]]>([
    ['a form of a citizen', { filledInMs: 5_000 }, null, [{ trap: '', filledInMs: 5_000 }]],
    ['a form that says nothing', {}, null, [{ trap: '', filledInMs: null }]],
    ['a filled trap', { website: 'x' }, null, [{ trap: 'x', filledInMs: null }]],
    ['nonsense in the trap', { website: { a: 1 }, filledInMs: 'soon' }, null, [{ trap: '', filledInMs: null }]],
    ['somebody who is signed in', { website: 'x' }, 'operator', []],
    ['a report that was here before', { website: 'x', again: true }, null, []],
  ])('of %s gives to moderation what belongs to it', async (_name, body, who, expected) => {
    const examined: unknown[] = []
    const app = fastify() as unknown as HttpApp
    app.decorateRequest('principal', null)
    app.addHook('onRequest', async (request) => {
      if (who !== null)
        request.principal = { name: who, role: 'operator', municipalities: null, team: null, user: null }
    })
    guardAgainstSpam(app, {
      ...moderation,
      examine: (_municipality, _id, given) => {
        examined.push(given)
        return []
      },
    })
    app.post<{ Body: { again?: boolean } }>('/api/v1/municipalities/:municipality/reports', async (request, reply) =>
      reply.code(request.body.again === true ? 200 : 201).send({ id: 'r-1' }),
    )
    await app.inject({ method: 'POST', url: `${base}/reports`, payload: body ?? {} })
    await app.close()
    expect(examined).toEqual(expected)
  })
})
