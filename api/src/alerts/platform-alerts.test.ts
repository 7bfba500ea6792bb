import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'

const alertToken = 'the-token-of-grafana'
const hook = '/api/v1/hooks/grafana'

let t: TestApi
beforeAll(async () => {
  t = await startTestApi({ alertToken })
})
afterAll(() => t.close())

/** As Grafana 12 sends it, with what nobody asks for. */
const notification = (status: 'firing' | 'resolved', more: object = {}) => ({
  receiver: 'fanari',
  status,
  orgId: 1,
  groupKey: '{}:{alertname="Δεν έρχονται μετρήσεις"}',
  alerts: [
    {
      status,
      labels: { alertname: 'Δεν έρχονται μετρήσεις', severity: 'critical', service: 'platform' },
      annotations: { summary: 'Η πλατφόρμα δεν πήρε καμία μέτρηση σε ένα τέταρτο' },
      startsAt: '2026-01-10T20:00:00+02:00',
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-01-10T20:30:00+02:00',
      generatorURL: 'http://grafana/alerting/1',
      fingerprint: 'c6eadffa33fcdf37',
      values: { B: 0 },
      ...more,
    },
  ],
})

const metric = async (name: string): Promise<number> => {
  const { text } = await t.call('GET', '/metrics', { token: null })
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

describe('an alert on the platform', () => {
  test('is taken from Grafana once, however often it is told, and shown while it fires', async () => {
    const first = await t.call('POST', hook, { token: alertToken, body: notification('firing') })
    expect([first.status, first.body]).toEqual([200, { changed: 1 }])
    const again = await t.call('POST', hook, { token: alertToken, body: notification('firing') })
    expect(again.body).toEqual({ changed: 0 })
    expect(await metric('fanari_platform_alerts_firing')).toBe(1)

    await t.restart()
    expect(await metric('fanari_platform_alerts_firing')).toBe(1)
    expect((await t.call('GET', '/api/v1/platform-alerts')).body).toEqual({
      items: [
        {
          name: 'Δεν έρχονται μετρήσεις',
          severity: 'critical',
          status: 'firing',
          summary: 'Η πλατφόρμα δεν πήρε καμία μέτρηση σε ένα τέταρτο',
          startedAt: '2026-01-10T18:00:00.000Z',
        },
      ],
    })
  })

  test('ends when Grafana says so, with its end kept', async () => {
    const { body } = await t.call('POST', hook, { token: alertToken, body: notification('resolved') })
    expect(body).toEqual({ changed: 1 })
    expect(await metric('fanari_platform_alerts_firing')).toBe(0)
    expect(await metric('fanari_platform_alert_changes_total')).toBe(1)
    expect((await t.call('GET', '/api/v1/platform-alerts')).body).toMatchObject({
      items: [{ status: 'resolved', endedAt: '2026-01-10T18:30:00.000Z' }],
    })
  })

  test.each([
    ['without a token', null, notification('firing'), 401],
    ['with a token that is none', 'somebody', notification('firing'), 401],
    ['that is no notification', alertToken, { status: 'firing' }, 400],
    ['that began at no time', alertToken, notification('firing', { startsAt: 'yesterday' }), 400],
    ['with labels that are no words', alertToken, notification('firing', { labels: { alertname: 7 } }), 400],
    ['that is no JSON', alertToken, '{"alerts":', 400],
  ])('%s is refused, and changes nothing', async (_what, token, body, status) => {
    const before = (await t.call('GET', '/api/v1/platform-alerts')).text
    const answer = await t.call('POST', hook, {
      token,
      body,
      ...(typeof body === 'string' ? { headers: { 'content-type': 'application/json' } } : {}),
    })
    expect(answer.status).toBe(status)
    expect((await t.call('GET', '/api/v1/platform-alerts')).text).toBe(before)
  })
})

describe('the token of Grafana', () => {
  test('opens nothing that changes the town, and is not listed', async () => {
    const { status } = await t.call('PUT', '/api/v1/municipalities/orestiada', {
      token: alertToken,
      body: { name: 'x' },
    })
    expect(status).toBe(403)
    expect((await t.call('GET', '/api/v1/tokens')).text).not.toContain('grafana')
    expect((await t.call('GET', '/api/v1/platform-alerts', { token: alertToken })).status).toBe(403)
  })

  test('is none where none is configured', async () => {
    const other = await startTestApi()
    const { status } = await other.call('POST', hook, { token: '', body: notification('firing') })
    await other.close()
    expect(status).toBe(401)
  })
})
