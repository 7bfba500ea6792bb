import { hourMs, type LightExplanation, type RollCall, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { collection, community, incidentChange, luminaire } from '../test-documents.ts'

const base = '/api/v1/municipalities/orestiada'
const none = { litMs: 0, darkMs: 0, unknownMs: 0, maintenanceMs: 0, episodes: 0 }

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
  const body = collection(
    { ...community('vyssa', 'Νέα Βύσσα'), properties: { kind: 'community', id: 'vyssa', name: 'x', population: 200 } },
    luminaire('L-1', { circuit: 'c1' }),
    luminaire('L-2'),
  )
  await t.call('PUT', `${base}/assets`, { body })
})
afterEach(() => t.close())

const call = (night: string, more: Partial<RollCall> = {}): RollCall => ({
  night,
  community: 'vyssa',
  moment: 'midnight',
  plannedAt: toIso(epoch),
  at: toIso(epoch),
  lit: 1,
  dark: 1,
  unknown: 0,
  darkLights: ['L-2'],
  unknownLights: [],
  ...more,
})

describe('roll-calls', () => {
  test('of a night, or of the newest', async () => {
    t.nights.rollCalls = [call('2026-01-09'), call('2026-01-10')]
    expect((await t.call('GET', `${base}/roll-calls?night=2026-01-09`)).body).toEqual({ items: [call('2026-01-09')] })
    expect((await t.call('GET', `${base}/roll-calls`)).body).toEqual({ items: [call('2026-01-10')] })
    expect((await t.call('GET', `${base}/roll-calls?night=2026-01-01`)).body).toEqual({ items: [] })
  })

  test.each(['yesterday', '2026-02-30', '2026-1-5'])('night=%s is refused', async (night) => {
    expect((await t.call('GET', `${base}/roll-calls?night=${night}`)).status).toBe(400)
  })

  test('of a municipality that is not known are not found', async () => {
    expect((await t.call('GET', '/api/v1/municipalities/nowhere/roll-calls')).status).toBe(404)
  })
})

describe('indices', () => {
  test('of the present night by default, with what incidents and tickets say', async () => {
    t.nights.night = '2026-01-10'
    t.nights.sums = [
      { group: 'municipality', lights: 2, ...none, litMs: 9 * hourMs, darkMs: hourMs, episodes: 1 },
      { group: 'community-vyssa', lights: 2, ...none, litMs: 9 * hourMs, darkMs: hourMs, episodes: 1 },
    ]
    const opened = { id: 'i-1', startedAt: toIso(epoch - 240_000) }
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.opened', epoch, opened),
      incidentChange('incident.opened', epoch, {
        id: 'i-2',
        fault: 'communityDark',
        scope: { kind: 'community', id: 'vyssa' },
        community: 'vyssa',
      }),
    ])
    t.clock.set(epoch + hourMs)
    expect((await t.call('GET', `${base}/indices`)).body).toMatchObject({
      from: '2026-01-10',
      to: '2026-01-10',
      by: 'municipality',
      live: true,
      items: [
        {
          id: 'municipality',
          lightsInLightPercent: 90,
          lSaidiHours: 0.5,
          darkCommunityHours: 1,
          darkCommunityResidentHours: 200,
          incidents: 1,
          meanTimeToDetectMinutes: 4,
          foundBeforeCallPercent: 100,
        },
      ],
      equity: { worstCommunity: 'community-vyssa', lightsInLightGapPercent: 0 },
    })
  })

  test('by circuit count the incidents of its lights, and no community', async () => {
    t.nights.night = '2026-01-10'
    t.nights.sums = [{ group: 'circuit', lights: 1, ...none, litMs: hourMs }]
    t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, { id: 'i-1', members: ['L-2'] })])
    expect((await t.call('GET', `${base}/indices?by=circuit`)).body).toMatchObject({
      items: [{ id: 'circuit', incidents: 0, darkCommunityHours: 0 }],
    })
  })

  test('of nights that are over are not live, and leave out what was found later', async () => {
    t.nights.night = '2026-01-12'
    t.nights.sums = [{ group: 'municipality', lights: 1, ...none, litMs: hourMs }]
    t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch + 72 * hourMs, { id: 'i-1' })])
    expect((await t.call('GET', `${base}/indices?from=2026-01-09&to=2026-01-10`)).body).toMatchObject({
      live: false,
      items: [{ incidents: 0, meanTimeToDetectMinutes: null }],
    })
  })

  test.each([
    ['from=2026-01-11&to=2026-01-10', 400],
    ['from=soon', 400],
    ['by=street', 400],
  ])('%s is refused', async (query, status) => {
    t.nights.night = '2026-01-10'
    expect((await t.call('GET', `${base}/indices?${query}`)).status).toBe(status)
  })

  test('before anything is known of a night are not found', async () => {
    expect((await t.call('GET', `${base}/indices`)).status).toBe(404)
  })
})

describe('explanations', () => {
  const explanation: LightExplanation = {
    luminaire: 'L-1',
    at: toIso(epoch),
    state: 'dark',
    since: toIso(epoch),
    reason: 'noPowerWhenExpectedOn',
    expectation: { mode: 'on', level: 100 },
    lastReading: null,
    darkReadings: 2,
    silence: { lastSeen: null, counts: true, missed: 0, decides: 6 },
    causes: [],
    incident: null,
    text: { el: ['Θεωρείται σκοτεινό.'], en: ['Believed to be dark.'] },
  }

  test('of a light come from the detector; of one that it does not know there is none', async () => {
    t.lights.explanations.set('L-1', explanation)
    expect((await t.call('GET', `${base}/luminaires/L-1/explanation`)).body).toEqual(explanation)
    expect((await t.call('GET', `${base}/luminaires/L-9/explanation`)).status).toBe(404)
  })

  test('of an incident, of which the document is stored', async () => {
    t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, { id: 'i-1' })])
    const of = {
      incident: 'i-1',
      at: toIso(epoch),
      fault: 'lampFailure' as const,
      scope: { kind: 'luminaire' as const, id: 'L-1' },
      state: 'open' as const,
      startedAt: toIso(epoch),
      detectedAt: toIso(epoch),
      reason: 'noPowerWhenExpectedOn' as const,
      evidence: [],
      members: { total: 1, lit: 0, dark: 1, unknown: 0 },
      causes: [],
      text: { el: ['Βλάβη λαμπτήρα.'], en: ['Lamp failure.'] },
    }
    t.lights.incidentExplanations.set('i-1', of)
    t.lights.incidentExplanations.set('i-2', { ...of, incident: 'i-2' })
    expect((await t.call('GET', `${base}/incidents/i-1/explanation`)).body).toEqual(of)
    expect((await t.call('GET', `${base}/incidents/i-2/explanation`)).status).toBe(404)
  })
})

describe('the history of a light', () => {
  test('comes in pages that go on where the one before ended', async () => {
    t.lights.history = [{ from: toIso(epoch), readings: 2, fields: {} }]
    const path = `${base}/luminaires/L-1/history?resolution=day`
    expect((await t.call('GET', path)).body).toEqual({ items: t.lights.history, next: null })
    t.lights.history = [0, 1, 2].map((day) => ({ from: toIso(epoch + day * 24 * hourMs), readings: 1, fields: {} }))
    const first = (await t.call('GET', `${path}&limit=2`)).body as { items: unknown[]; next: string }
    expect(first.items).toEqual(t.lights.history.slice(0, 2))
    t.lights.history = t.lights.history.slice(1)
    const second = (await t.call('GET', `${path}&limit=2&cursor=${first.next}`)).body
    expect(second).toEqual({ items: t.lights.history.slice(1), next: null })
  })
})
