import type { Incident } from '@fanari/contracts'
import { allQueries, substitute } from '@fanari/dashboards/queries'
import { describe, expect, test } from 'vitest'
import { copying } from './influx-copying.ts'
import { createInfluxd, influxdPath } from './influxd.ts'

const at = (time: string): number => Date.parse(`2026-01-15T${time}Z`)
const opened: Omit<Incident, 'ticket'> = {
  id: 'circuitOutage-0abc',
  municipality: 'town',
  community: 'village',
  fault: 'circuitOutage',
  scope: { kind: 'circuit', id: 'k7-2' },
  members: ['a-01', 'a-02'],
  startedAt: '2026-01-15T19:55:00.000Z',
  detectedAt: '2026-01-15T20:00:00.000Z',
  state: 'open',
  severity: 'major',
  reason: 'membersDarkTogether',
  evidence: [],
  revision: 1,
}
/** The cabinet has said meanwhile that a breaker has tripped. */
const renamed: typeof opened = { ...opened, fault: 'circuitBreakerTripped', reason: 'breakerTripped', revision: 2 }

describe.skipIf(influxdPath === undefined)('an incident in a real InfluxDB', { timeout: 60_000 }, () => {
  test('that gets a nearer name is open under that alone, was opened once, and is over when it is', async (context) => {
    const server = await createInfluxd()
    context.onTestFinished(() => server.dispose())
    await server.start()
    const line = await copying(server.url, context)
    const { query } = allQueries().find(
      ({ owner, query }) => owner === 'fanari-town' && query.includes('"incident"'),
    ) ?? {
      query: '',
    }
    const range = { from: at('00:00:00'), to: at('23:59:59'), intervalMs: 60_000, variables: { municipality: 'town' } }
    const open = async () =>
      (await server.query(substitute(query, range), 'fanari')).flatMap(({ columns, values }) =>
        values.map((row) => ['fault', 'scope', 'ticket'].map((name) => row[columns.indexOf(name)])),
      )

    await line.decided({ type: 'incident.opened', at: at('20:00:00'), incident: opened })
    await line.changed({ kind: 'incident', document: { ...opened, ticket: 't1' } })
    expect(await open()).toEqual([['circuitOutage', 'k7-2', 't1']])

    await line.restart()
    await line.decided({ type: 'incident.updated', at: at('20:10:00'), incident: renamed })
    await line.changed({ kind: 'incident', document: { ...renamed, ticket: 't1' } })
    expect(await open()).toEqual([['circuitBreakerTripped', 'k7-2', 't1']])

    const incident = { ...renamed, state: 'resolved' as const, resolvedAt: '2026-01-15T21:00:00.000Z', revision: 3 }
    await line.decided({ type: 'incident.resolved', at: at('21:00:00'), incident })
    await line.changed({ kind: 'incident', document: { ...incident, ticket: 't1' } })
    expect(await open()).toEqual([])
    const [counted] = await server.query(
      'SELECT count(incident) FROM records.incident WHERE "change" = \'opened\'',
      'fanari',
    )
    expect(counted?.values.map(([, count]) => count)).toEqual([1])
  })
})
