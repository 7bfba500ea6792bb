import type { ReportFacts, Ticket } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { copying } from './influx-copying.ts'
import { createInfluxd, influxdPath } from './influxd.ts'

const createdAt = '2026-01-15T20:00:00.000Z'
const opened: Ticket = {
  id: 't1',
  municipality: 'town',
  category: 'street-light-out',
  source: 'telemetry',
  status: 'open',
  service: 'municipalLighting',
  reports: 1,
  members: ['a-01'],
  createdAt,
  title: 'Σβηστό',
  location: { community: 'village', text: 'here' },
  history: [{ at: createdAt, event: 'opened', by: 'telemetry' }],
  revision: 1,
}
/** The network operator's, of another category, in another community, and begins with another light. */
const forwarded: Ticket = {
  ...opened,
  category: 'street-dark',
  service: 'networkOperator',
  members: ['a-02', 'a-01'],
  location: { community: 'hamlet', text: 'there' },
  history: [...opened.history, { at: '2026-01-15T21:00:00.000Z', event: 'forwarded', by: 'Maria' }],
  revision: 2,
}
const report: ReportFacts = {
  id: 'r1',
  municipality: 'town',
  ticket: 't1',
  category: 'street-light-out',
  channel: 'phone',
  community: 'village',
  luminaire: 'a-01',
  alreadyKnown: true,
  createdAt,
}
const movedReport: ReportFacts = { ...report, category: 'street-dark', community: 'hamlet', luminaire: 'a-02' }

describe.skipIf(influxdPath === undefined)('a ticket in a real InfluxDB', { timeout: 60_000 }, () => {
  test('that changes service, category and place was opened once, and its report came once', async (context) => {
    const server = await createInfluxd()
    context.onTestFinished(() => server.dispose())
    await server.start()
    const line = await copying(server.url, context)
    const answers = async (statement: string) =>
      (await server.query(statement, 'fanari')).flatMap(({ tags, values }) =>
        values.map(([, ...row]) => [...Object.values(tags ?? {}), ...row]),
      )

    await line.changed({ kind: 'ticket', document: opened }, { kind: 'report', document: report })
    await line.restart()
    await line.changed({ kind: 'ticket', document: forwarded }, { kind: 'report', document: movedReport })
    expect(await answers('SELECT count(ticket) FROM records.ticket WHERE "event" = \'opened\'')).toEqual([[1]])
    expect(await answers('SELECT count(ticket) FROM records.ticket GROUP BY service, "event"')).toEqual([
      ['forwarded', 'networkOperator', 1],
      ['opened', 'municipalLighting', 1],
    ])
    expect(await answers('SELECT sum(reports) FROM records.report')).toEqual([[1]])

    // What comes next is the new service's; the document is written again as a whole.
    const closed: Ticket = {
      ...forwarded,
      status: 'closed',
      outcome: 'fixed',
      history: [...forwarded.history, { at: '2026-01-16T08:00:00.000Z', event: 'closed', by: 'telemetry' }],
      revision: 3,
    }
    await line.changed({ kind: 'ticket', document: closed })
    expect(await answers('SELECT count(to_close_s) FROM records.ticket GROUP BY service, category')).toEqual([
      ['street-dark', 'networkOperator', 1],
    ])
    expect(await answers('SELECT count(ticket) FROM records.ticket')).toEqual([[3]])

    // The server itself knows where they are, when that was forgotten.
    await line.restartWithoutNotes()
    await line.changed()
    const moved: Ticket = {
      ...closed,
      service: 'municipalLighting',
      category: 'street-light-out',
      status: 'open',
      history: [...closed.history, { at: '2026-01-17T08:00:00.000Z', event: 'reopened', by: 'Maria' }],
      revision: 4,
    }
    await line.changed({ kind: 'ticket', document: moved })
    expect(await answers('SELECT count(ticket) FROM records.ticket GROUP BY service, "event"')).toEqual([
      ['closed', 'networkOperator', 1],
      ['forwarded', 'networkOperator', 1],
      ['opened', 'municipalLighting', 1],
      ['reopened', 'municipalLighting', 1],
    ])
    expect(await answers('SELECT sum(reports) FROM records.report')).toEqual([[1]])
  })
})
