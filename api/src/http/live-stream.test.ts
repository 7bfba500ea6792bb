import { toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { incidentChange } from '../test-documents.ts'
import { base, importTwoLights } from './test-two-lights.ts'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
})
afterEach(() => t.close())

describe('the live stream', () => {
  /** Reads a stream until it has shown `count` events. */
  const readEvents = async (count: number, meanwhile: () => void) => {
    const leaving = new AbortController()
    const response = await fetch(t.url(`${base}/stream`), { signal: leaving.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const events: [string, unknown][] = []
    let text = ''
    for await (const chunk of response.body ?? []) {
      if (text === '') meanwhile()
      text += Buffer.from(chunk).toString()
      const frames = text.split('\n\n').slice(0, -1)
      events.length = 0
      for (const frame of frames) {
        const name = /^event: (.*)$/m.exec(frame)?.[1]
        if (name !== undefined) events.push([name, JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '')])
      }
      if (events.length >= count) break
    }
    leaving.abort()
    return events
  }

  test('shows the clock at once, then lights, communities, incidents and tickets of its municipality alone', async () => {
    await importTwoLights(t)
    const light = { lit: 1, dark: 1, unknown: 0, total: 2, darkCommunity: false, at: toIso(epoch) }
    const counts = { lit: 1, dark: 1, unknown: 0, darkLights: ['L-1'], unknownLights: [] }
    const call = {
      night: '2026-01-10',
      moment: 'midnight',
      plannedAt: toIso(epoch),
      community: 'vyssa',
      ...counts,
    } as const
    const events = await readEvents(6, () => {
      t.lights.emit('elsewhere', [{ type: 'community.changed', at: epoch, community: 'x', light }])
      t.lights.emit('orestiada', [
        { type: 'light.changed', at: epoch, luminaire: 'L-1', state: 'dark', reason: 'noPowerWhenExpectedOn' },
        { type: 'light.changed', at: epoch, luminaire: 'L-2', state: 'lit', reason: 'poweredAsExpected' },
        { type: 'community.changed', at: epoch, community: 'vyssa', light },
        { type: 'rollCall', at: epoch, ...call },
      ])
      t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, { id: 'i-1' })])
    })
    expect(events).toEqual([
      ['clock', { time: toIso(epoch), speed: 1 }],
      ['community', { id: 'vyssa', ...light }],
      ['rollCall', { ...call, at: toIso(epoch) }],
      [
        'lights',
        [
          { id: 'L-1', state: 'dark', reason: 'noPowerWhenExpectedOn' },
          { id: 'L-2', state: 'lit', reason: 'poweredAsExpected' },
        ],
      ],
      ['incident', expect.objectContaining({ id: 'i-1', ticket: expect.stringMatching(/^t-/) })],
      ['ticket', expect.objectContaining({ incident: 'i-1', status: 'open' })],
    ])
  })

  test('ends with the platform, and is let go of when the page leaves', async () => {
    await importTwoLights(t)
    await readEvents(1, () => {})
    const clients = async () => /fanari_stream_clients (\d+)/.exec((await t.call('GET', '/metrics')).text)?.[1]
    while ((await clients()) !== '0') await new Promise((resolve) => setImmediate(resolve))
    const open = await fetch(t.url(`${base}/stream`))
    expect(await clients()).toBe('1')
    await t.api.stop()
    await expect(open.text()).resolves.toMatch(/event: clock/)
  })

  test('drops a page that does not read, and the others go on', async () => {
    await importTwoLights(t)
    const stuck = await fetch(t.url(`${base}/stream`))
    const detail = 'x'.repeat(500)
    const outputs = Array.from({ length: 2_000 }, (_, index) => ({
      type: 'light.changed' as const,
      at: epoch,
      luminaire: `${index}-${detail}`,
      state: 'lit' as const,
      reason: 'poweredAsExpected' as const,
    }))
    const clients = async () => /fanari_stream_clients (\d+)/.exec((await t.call('GET', '/metrics')).text)?.[1]
    while ((await clients()) !== '0') t.lights.emit('orestiada', outputs)
    await expect(stuck.text()).rejects.toThrow()
    expect((await readEvents(1, () => {})).length).toBe(1)
  })
})
