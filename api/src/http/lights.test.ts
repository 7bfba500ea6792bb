import type { Forecast, LuminaireStatus } from '@fanari/contracts'
import { toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { collection, community, solarLuminaire } from '../test-documents.ts'
import { base, importTwoLights } from './test-two-lights.ts'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
})
afterEach(() => t.close())

const statusOf = (id: string, more: Partial<LuminaireStatus> = {}): LuminaireStatus => ({
  id,
  device: id,
  community: 'vyssa',
  state: 'lit',
  since: toIso(epoch),
  reason: 'poweredAsExpected',
  lastReading: { at: toIso(epoch), receivedAt: toIso(epoch), activePower: 60 },
  lastSeen: toIso(epoch),
  ...more,
})

describe('the forecast of a light', () => {
  const told: Forecast = {
    night: '2026-01-10',
    probabilityDark: 0.62,
    expectedDarkAt: '2026-01-11T02:10:00.000Z',
    stateOfCharge: 31.5,
    usableEnergy: 240,
    neededEnergy: 390,
    next: ['2026-01-11', '2026-01-12', '2026-01-13'].map((night) => ({ night, probabilityDark: 0.4 })),
    at: toIso(epoch),
  }

  test('is told for a solar light that reports its battery', async () => {
    await t.call('PUT', `${base}/assets`, { body: collection(community('vyssa', 'Νέα Βύσσα'), solarLuminaire('S-1')) })
    t.lights.forecasts.set('S-1', told)
    const { status, body } = await t.call('GET', `${base}/luminaires/S-1/forecast`)
    expect([status, body]).toEqual([200, told])
  })

  test('is a problem that says why for a light on the grid, one never heard and one that does not exist', async () => {
    await importTwoLights(t)
    await t.call('PUT', `${base}/assets`, { body: collection(community('vyssa', 'Νέα Βύσσα'), solarLuminaire('S-1')) })
    const answers = []
    for (const id of ['L-1', 'S-1', 'X-1']) {
      const { status, body } = await t.call('GET', `${base}/luminaires/${id}/forecast`)
      answers.push([status, (body as { detail: string }).detail])
    }
    expect(answers).toEqual([
      [404, expect.stringContaining('fed by the grid')],
      [404, expect.stringContaining('has not reported its battery')],
      [404, 'There is no luminaire X-1'],
    ])
  })
})

describe('lights', () => {
  test('imported a moment ago are known, and unknown until they report', async () => {
    await importTwoLights(t)
    expect((await t.call('GET', `${base}/luminaires/L-1`)).body).toEqual({
      id: 'L-1',
      device: 'L-1',
      community: 'vyssa',
      state: 'unknown',
      since: toIso(epoch),
      reason: 'neverReported',
      lastReading: null,
      lastSeen: null,
    })
    expect((await t.call('GET', `${base}/communities`)).body).toEqual({
      items: [
        {
          id: 'vyssa',
          name: 'Νέα Βύσσα',
          lit: 0,
          dark: 0,
          unknown: 2,
          total: 2,
          darkCommunity: false,
          at: toIso(epoch),
        },
      ],
      next: null,
    })
  })

  test('are told as the detector sees them, one by one, as a list and for the map', async () => {
    await importTwoLights(t)
    t.lights.statuses.set('L-2', statusOf('L-2'))
    expect((await t.call('GET', `${base}/luminaires/L-2`)).body).toEqual(statusOf('L-2'))
    expect((await t.call('GET', `${base}/lights`)).body).toEqual({
      at: toIso(epoch),
      lights: [{ id: 'L-2', state: 'lit', reason: 'poweredAsExpected' }],
    })
    const first = (await t.call('GET', `${base}/luminaires?limit=1`)).body as { items: LuminaireStatus[]; next: string }
    expect(first.items.map(({ id, state }) => [id, state])).toEqual([['L-1', 'unknown']])
    const second = await t.call('GET', `${base}/luminaires?limit=1&cursor=${first.next}`)
    expect(second.body).toEqual({ items: [statusOf('L-2')], next: null })
    expect((await t.call('GET', `${base}/devices`)).body).toMatchObject({
      items: [
        { id: 'L-1', lastSeen: null },
        { id: 'L-2', lastSeen: toIso(epoch), light: { state: 'lit' } },
      ],
    })
  })

  test('answer whole numbers and zones in a range of readings, and page between readings of one instant', async () => {
    await importTwoLights(t)
    const at = [0, 1, 1, 1, 1, 2, 3].map((second) => epoch + second * 1_000)
    t.lights.readings = at.map((instant, seq) => ({ at: toIso(instant), receivedAt: toIso(instant), seq }))
    const read = async (query: string) => {
      const { status, body } = await t.call('GET', `${base}/luminaires/L-1/readings?${query}`)
      expect(status).toBe(200)
      const { items, next } = body as { items: { seq: number }[]; next: string | null }
      return { seqs: items.map(({ seq }) => seq), next }
    }
    expect((await read('')).seqs).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect((await read(`from=${epoch + 1_000}&to=${epoch + 3_000}`)).seqs).toEqual([1, 2, 3, 4, 5])
    // 20:00:02 in Athens is 18:00:02 UTC; the + is not escaped.
    expect((await read('from=2026-01-10T20:00:02+02:00')).seqs).toEqual([5, 6])
    const seen: number[] = []
    let next: string | null = ''
    while (next !== null) {
      const page = await read(`limit=2${next === '' ? '' : `&cursor=${next}`}`)
      seen.push(...page.seqs)
      next = page.next
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})
