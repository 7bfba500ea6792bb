import { dayMs, type HeatMap, hourMs, type LineStatistics, minuteMs, type Problem } from '@fanari/contracts'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { base, epoch, startTestLine, type TestLine } from '../reports/test-line.ts'
import { incidentChange } from '../test-documents.ts'

let t: TestLine
beforeEach(async () => {
  t = await startTestLine()
})
afterEach(() => t.close())

const statistics = async (query = ''): Promise<LineStatistics> => {
  const { status, body, text } = await t.call('GET', `${base}/statistics${query}`)
  expect(status, text).toBe(200)
  return body as LineStatistics
}
const lampDark = (id: string, lamp: string, at: number) =>
  t.api.incidents.apply('orestiada', [
    incidentChange('incident.opened', at, { id, scope: { kind: 'luminaire', id: lamp }, members: [lamp] }),
  ])
const lampLit = (id: string, lamp: string, at: number) =>
  t.api.incidents.apply('orestiada', [
    incidentChange('incident.resolved', at, {
      id,
      revision: 2,
      scope: { kind: 'luminaire', id: lamp },
      members: [lamp],
      resolution: 'litAgain',
    }),
  ])

// It is Saturday 10 January 2026, 20:00 in Orestiada.
describe('an evening of the citizen line', () => {
  beforeEach(async () => {
    // The platform knows of B-1 for 40 minutes when its neighbour calls; of B-9 nobody calls.
    lampDark('i-1', 'B-1', epoch)
    lampDark('i-9', 'B-9', epoch)
    t.clock.set(epoch + 40 * minuteMs)
    await t.report({ clientId: 'a', luminaire: 'B-1', channel: 'phone' }, { token: 'test-admin-token' })
    await t.report({ clientId: 'b', luminaire: 'A-1' })
    await t.report({ clientId: 'c', luminaire: 'A-1', channel: 'app' })
    await t.report({ clientId: 'q', category: 'information' })
    t.clock.set(epoch + 2 * hourMs)
    lampLit('i-1', 'B-1', epoch + 2 * hourMs)
  })

  test('is in the statistics at once, today included', async () => {
    const { total, from, to, timeZone } = await statistics()
    // 30 days, today among them, from midnight in Athens.
    expect({ from, to, timeZone }).toEqual({
      from: '2025-12-11T22:00:00.000Z',
      to: '2026-01-10T22:00:00.000Z',
      timeZone: 'Europe/Athens',
    })
    expect(total.reports).toMatchObject({
      received: 3,
      questions: 1,
      alreadyKnown: { count: 2, of: 3 },
      joined: 2,
      falselyJoined: { count: 0, of: 2 },
    })
    // By telephone a person answers at once; the lamp of `a` is mended besides; nobody has seen to `b` and `c`.
    expect(total.firstResponse).toMatchObject({ elapsed: { count: 1, medianMin: 0 }, unanswered: 2 })
    expect(total.matters).toMatchObject({ opened: 3, closed: 2, fixed: 1, outcomes: { answered: 1 } })
    expect(total.detection).toEqual({
      beforeFirstCall: { count: 2, of: 3, percent: 66.67 },
      withoutCall: 1,
      leadMedianMin: 40,
    })
    expect(total.repair).toMatchObject({ elapsed: { count: 1, medianMin: 120 }, inTime: { count: 1, of: 1 } })
    expect(total.backlog).toMatchObject({ open: 2 })

    await t.report({ clientId: 'd', luminaire: 'A-20' })
    expect((await statistics()).total.reports.received).toBe(4)
  })

  test('is the same after a restart, which counts from the beginning', async () => {
    const before = await statistics('?group=channel')
    await t.restart()
    expect(await statistics('?group=channel')).toEqual(before)
  })

  test.each([
    { group: 'channel', expected: { app: 1, phone: 1, telemetry: 0, web: 1 } },
    { group: 'category', expected: { 'street-light-out': 3, information: 0 } },
    { group: 'community', expected: { vyssa: 3 } },
    { group: 'service', expected: { municipalLighting: 3, citizenService: 0 } },
    { group: 'month', expected: { '2025-12': 0, '2026-01': 3 } },
  ])('is split by $group', async ({ group, expected }) => {
    const { items } = await statistics(`?group=${group}`)
    expect(Object.fromEntries(items.map(({ key, figures }) => [key, figures.reports.received]))).toEqual(expected)
  })

  test('falls on its hour, its weekday and its day, and none is missing from a chart', async () => {
    const received = async (group: string) => {
      const { items } = await statistics(`?group=${group}&from=2026-01-08&to=2026-01-10`)
      return items.map(({ key, figures }) => [key, figures.reports.received])
    }
    const byHour = await received('hour')
    expect(byHour).toHaveLength(24)
    expect(byHour.filter(([, count]) => count !== 0)).toEqual([['20', 3]])
    expect(await received('weekday')).toEqual([
      ['monday', 0],
      ['tuesday', 0],
      ['wednesday', 0],
      ['thursday', 0],
      ['friday', 0],
      ['saturday', 3],
      ['sunday', 0],
    ])
    const byDay = await received('day')
    expect(byDay).toEqual([
      ['2026-01-08', 0],
      ['2026-01-09', 0],
      ['2026-01-10', 3],
    ])
    expect((await statistics('?group=day')).items[0]?.figures.backlog).toBeNull()
  })

  test('what staff puts right is a false join, and what is done by a crew is theirs, for staff alone to see', async () => {
    const reports = await t.call('GET', `${base}/reports`)
    const app = (reports.body as { items: { id: string; channel: string; ticket: string }[] }).items.find(
      ({ channel }) => channel === 'app',
    )
    expect((await t.post(`reports/${app?.id}/detach`)).status).toBe(200)
    expect((await statistics()).total.reports.falselyJoined).toEqual({ count: 1, of: 2, percent: 50 })

    await t.call('PUT', `${base}/teams/night`, {
      body: { name: 'Νύχτα', service: 'municipalLighting', communities: [], members: [] },
    })
    expect((await t.post(`tickets/${app?.ticket}/work`, { event: 'assign', team: 'night' })).status).toBe(200)
    t.clock.set(epoch + 3 * hourMs)
    expect((await t.post(`tickets/${app?.ticket}/work`, { event: 'done' })).status).toBe(200)
    const { items } = await statistics('?group=team')
    // Opened at 20:40, done at 23:00.
    expect(items.map(({ key, figures }) => [key, figures.repair.elapsed.medianMin])).toEqual([['night', 140]])
    expect((await t.call('GET', `${base}/statistics?group=team`, { token: null })).status).toBe(401)
    expect((await t.call('GET', `${base}/statistics?group=service`, { token: null })).status).toBe(200)
  })

  test('an answer and its mark count once, and a mark may come after', async () => {
    const { body: report } = await t.report({ clientId: 'e', luminaire: 'A-30' })
    await t.post(`tickets/${report.ticket}/work`, { event: 'done' })
    const answer = (more: object) =>
      t.call('POST', `${base}/tracking/${report.trackingCode}/answer`, {
        body: { lit: 'yes', token: report.answerToken, ...more },
        token: null,
      })
    expect((await answer({})).status).toBe(200)
    expect((await statistics()).total.satisfaction).toMatchObject({ mended: { count: 1, of: 1 }, ratings: 0 })
    expect((await answer({ rating: 4 })).status).toBe(200)
    expect((await answer({ rating: 4 })).status).toBe(200)
    expect((await statistics()).total.satisfaction).toEqual({
      mended: { count: 1, of: 1, percent: 100 },
      ratings: 1,
      ratingMean: 4,
    })
    expect((await answer({ rating: 6 })).status).toBe(400)
    expect((await answer({ rating: 0 })).status).toBe(400)
  })

  test('periods end where they are told to, with days of Orestiada and instants of anywhere', async () => {
    const received = async (query: string) => (await statistics(query)).total.reports.received
    expect(await received('?from=2026-01-10&to=2026-01-10')).toBe(3)
    expect(await received('?from=2026-01-11&to=2026-01-11')).toBe(0)
    expect(await received('?from=2026-01-09&to=2026-01-09')).toBe(0)
    const came = epoch + 40 * minuteMs
    expect(await received(`?from=${came}&to=${came + 1}`)).toBe(3)
    expect(await received(`?from=${came - 1}&to=${came}`)).toBe(0)
    expect(await received('?from=2026-01-10T20:40:00%2B02:00&to=2026-01-10T20:41:00%2B02:00')).toBe(3)
  })

  test('a day of a clock change has the hours it has', async () => {
    const bounds = async (date: string) => {
      const { from, to } = await statistics(`?from=${date}&to=${date}`)
      return (Date.parse(to) - Date.parse(from)) / hourMs
    }
    expect(await bounds('2026-03-29')).toBe(23)
    expect(await bounds('2026-10-25')).toBe(25)
    expect(await bounds('2026-10-26')).toBe(24)
  })
})

describe('bad questions', () => {
  test.each([
    { query: '?from=2026-02-30' },
    { query: '?from=yesterday' },
    { query: '?from=2026-01-10&to=2026-01-09' },
    { query: `?from=${epoch}&to=${epoch}` },
    { query: '?from=1990-01-01&to=2026-01-01' },
    { query: '?from=2020-01-01&to=2026-01-01&group=day' },
    { query: '?group=shoeSize' },
    { query: '?group=day&group=hour' },
    { query: '/heatmap?precision=12' },
    { query: '/heatmap?category=dragons' },
  ])('$query', async ({ query }) => {
    const { status, body } = await t.call('GET', `${base}/statistics${query}`)
    expect(status).toBe(400)
    expect((body as Problem).type).toBe('/problems/invalid-request')
  })

  test('a municipality that is not known', async () => {
    expect((await t.call('GET', '/api/v1/municipalities/nowhere/statistics')).status).toBe(404)
    expect((await t.call('GET', '/api/v1/municipalities/nowhere/statistics/heatmap')).status).toBe(404)
  })
})

describe('the heat map', () => {
  const heat = async (query: string, token?: null): Promise<HeatMap> => {
    const { status, body, text } = await t.call('GET', `${base}/statistics/heatmap${query}`, {
      ...(token === null ? { token } : {}),
    })
    expect(status, text).toBe(200)
    return body as HeatMap
  }

  test('shows nobody where fewer than five have reported, except to staff', async () => {
    for (let index = 0; index < 5; index++) await t.report({ clientId: `a-${index}`, luminaire: 'A-1' })
    // Five kilometres away, and a wish that names no place.
    await t.report({ clientId: 'b', luminaire: 'B-1' })
    await t.report({ clientId: 'n', category: 'complaint-or-praise' })
    const open = await heat('?precision=8', null)
    expect(open).toMatchObject({ precision: 7, threshold: 5, suppressed: 1, withoutPlace: 1 })
    expect(open.cells.map(({ reports }) => reports)).toEqual([5])
    const staff = await heat('?precision=8')
    expect(staff).toMatchObject({ precision: 8, threshold: 1, suppressed: 0 })
    expect(staff.cells.map(({ reports }) => reports)).toEqual([5, 1])
    expect((await heat('?category=complaint-or-praise')).cells).toEqual([])
    expect((await heat('?from=2026-01-09&to=2026-01-09')).cells).toEqual([])
  })
})

describe('what is counted as it comes', () => {
  /** What can happen; each step is taken on one of the reports and tickets there are. */
  const step = fc.record({
    what: fc.constantFrom(
      'report',
      'joins',
      'dark',
      'lit',
      'assign',
      'wait',
      'start',
      'done',
      'yes',
      'no',
      'detach',
      'merge',
      'unmerge',
      'forward',
    ),
    which: fc.nat({ max: 30 }),
    laterMs: fc.integer({ min: 0, max: 3 * dayMs }),
  })

  test('is what a count from the beginning finds, whatever happens', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (steps) => {
        run++
        const taken: { id: string; ticket: string; trackingCode: string; answerToken?: string | undefined }[] = []
        const incidents: string[] = []
        for (const [index, { what, which, laterMs }] of steps.entries()) {
          t.clock.set(t.clock.now() + laterMs)
          const now = t.clock.now()
          const one = taken[which % Math.max(taken.length, 1)]
          const lamp = `A-${(which % 4) * 10 + 1}`
          if (what === 'report' || what === 'joins') {
            const luminaire = what === 'joins' ? 'A-1' : lamp
            taken.push(
              (await t.report({ clientId: `${run}-${index}`, luminaire, channel: which % 2 === 0 ? 'web' : 'app' }))
                .body,
            )
          } else if (what === 'dark') {
            incidents.push(`i-${run}-${index}`)
            lampDark(`i-${run}-${index}`, lamp, now)
          } else if (what === 'lit') {
            const incident = incidents.pop()
            if (incident !== undefined) lampLit(incident, lamp, now)
          } else if (one !== undefined) {
            // Refusals are as good as any: what was not done is not counted.
            const other = taken[(which + 1) % taken.length] ?? one
            if (what === 'yes' || what === 'no') {
              const body = { lit: what, token: one.answerToken, rating: (which % 5) + 1 }
              await t.call('POST', `${base}/tracking/${one.trackingCode}/answer`, { body, token: null })
            } else if (what === 'detach') await t.post(`reports/${one.id}/detach`)
            else if (what === 'merge') await t.post(`tickets/${one.ticket}/merge`, { into: other.ticket })
            else if (what === 'unmerge') await t.post(`tickets/${one.ticket}/unmerge`)
            else if (what === 'forward')
              await t.post(`tickets/${one.ticket}/forward`, { service: 'networkOperator', reason: 'δίκτυο' })
            else
              await t.post(
                `tickets/${one.ticket}/work`,
                what === 'wait' ? { event: 'wait', reason: 'waitingForNetworkOperator' } : { event: what },
              )
          }
          if (index % 5 === 0) await statistics('?group=hour')
        }
        const query = `?from=${epoch}&to=${t.clock.now() + 1}`
        const groups = ['channel', 'service', 'day']
        const asItCame = await Promise.all(groups.map((group) => statistics(`${query}&group=${group}`)))
        await t.restart()
        expect(await Promise.all(groups.map((group) => statistics(`${query}&group=${group}`)))).toEqual(asItCame)
        const reports = await t.call('GET', `${base}/reports?limit=1000`)
        expect(asItCame[0]?.total.reports.received).toBe((reports.body as { items: unknown[] }).items.length)
      }),
      { numRuns: 5 },
    )
  }, 60_000)
})
