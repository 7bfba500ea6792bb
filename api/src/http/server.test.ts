import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readiness } from '@fanari/contracts'
import { catalogueSchema, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { importTwoLights } from './test-two-lights.ts'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
})
afterEach(() => t.close())

describe('the quarantine', () => {
  test('is paged, also of a municipality nobody knows', async () => {
    t.lights.quarantine = Array.from({ length: 3 }, (_, index) => ({
      topic: 'city/v1/nowhere/devices/d/telemetry',
      reason: 'malformedJson',
      receivedAt: toIso(epoch),
      payload: `{${index}`,
    }))
    const first = (await t.call('GET', '/api/v1/municipalities/nowhere/quarantine?limit=2')).body as { next: string }
    expect(first).toMatchObject({ items: [{ payload: '{0' }, { payload: '{1' }] })
    const second = await t.call('GET', `/api/v1/municipalities/nowhere/quarantine?limit=2&cursor=${first.next}`)
    expect(second.body).toMatchObject({ items: [{ payload: '{2' }], next: null })
  })
})

describe('the platform', () => {
  test('describes itself', async () => {
    await importTwoLights(t)
    expect((await t.call('GET', '/api/v1/platform', { token: null })).body).toEqual({
      name: 'Fanari',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      time: toIso(epoch),
      speed: 1,
      town: null,
      municipalities: [{ id: 'orestiada', name: 'orestiada', timeZone: 'Europe/Athens' }],
    })
    const catalogue = catalogueSchema.parse((await t.call('GET', '/api/v1/catalogue')).body)
    expect(catalogue.faults.find(({ fault }) => fault === 'circuitOutage')?.title.el).toBe('Σκοτεινό κύκλωμα')
    expect((await t.call('GET', '/healthz')).body).toEqual({ status: 'ok' })
  })

  test('is ready when all its services are', async () => {
    const services: Readiness[] = [
      { ready: true, detail: 'journal' },
      { ready: false, detail: 'the broker does not listen yet' },
    ]
    const other = await startTestApi({ readiness: () => services })
    try {
      const waiting = await other.call('GET', '/readyz')
      expect([waiting.status, waiting.body]).toEqual([
        503,
        expect.objectContaining({ type: '/problems/not-ready', detail: 'the broker does not listen yet' }),
      ])
      services[1] = { ready: true, detail: 'broker' }
      expect((await other.call('GET', '/readyz')).body).toEqual({ status: 'ready', services: ['journal', 'broker'] })
    } finally {
      await other.close()
    }
  })

  test('gives metrics in the Prometheus text format, with hostile labels escaped', async () => {
    const values = [{ labels: { reason: 'a "b" \\ c\nd' }, value: 3 }]
    const other = await startTestApi({
      metrics: [() => [{ name: 'fanari_quarantined_total', help: 'Set aside\nso far', type: 'counter', values }]],
    })
    try {
      const { text, headers } = await other.call('GET', '/metrics')
      expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
      expect(text).toContain(
        '# HELP fanari_quarantined_total Set aside\\nso far\n# TYPE fanari_quarantined_total counter\n' +
          'fanari_quarantined_total{reason="a \\"b\\" \\\\ c\\nd"} 3\n',
      )
      expect(text).toContain('fanari_incidents_open 0\n')
    } finally {
      await other.close()
    }
  })

  test('stops twice, and a port in use is an error that names it', async () => {
    const taken = Number(new URL(t.url('/')).port)
    await expect(startTestApi({ port: taken })).rejects.toThrow(/EADDRINUSE/)
    await t.api.stop()
    await t.api.stop()
    expect(t.api.address()).toBeNull()
  })
})

describe('the console', () => {
  let folder: string
  let withPages: TestApi
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fanari-console-'))
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<title>Fanari</title>')
    writeFileSync(join(folder, 'assets', 'main.js'), 'export {}')
    writeFileSync(join(folder, '..', 'fanari-secret.txt'), 'secret')
    withPages = await startTestApi({ consoleFolder: folder })
  })
  afterEach(async () => {
    await withPages.close()
    rmSync(folder, { recursive: true, force: true })
    rmSync(join(folder, '..', 'fanari-secret.txt'))
  })

  test.each<[string, string, number, RegExp]>([
    ['/', 'text/html', 200, /<title>Fanari/],
    ['/assets/main.js', '*/*', 200, /export/],
    ['/tickets/t-1', 'text/html,*/*', 200, /<title>Fanari/],
    ['/tickets/t-1', 'application/json', 404, /problems\/not-found/],
    ['/api/v1/nowhere', 'text/html', 404, /problems\/not-found/],
    ['/..%2ffanari-secret.txt', '*/*', 404, /problems/],
    ['/open311/v2/requests', 'text/html', 404, /^\[{"code":404,/],
    ['/open311/v2/nothing.xml', 'text/html', 404, /<errors><error><code>404/],
    ['/healthz', 'text/html', 200, /ok/],
  ])('%s for %s answers %i', async (path, accept, status, text) => {
    const answer = await withPages.call('GET', path, { token: null, headers: { accept } })
    expect(answer.status).toBe(status)
    expect(answer.text).toMatch(text)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'self'; worker-src 'self' blob:/)
  })

  test('is not there without its folder', async () => {
    expect((await t.call('GET', '/', { headers: { accept: 'text/html' } })).status).toBe(404)
  })
})
