import { clockPolicySchema, hourMs, routingTableSchema, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch } from '../test-api.ts'
import { startTestWork, type TestWork } from '../work/test-work.ts'

let t: TestWork
beforeEach(async () => {
  t = await startTestWork()
})
afterEach(() => t.close())

describe('clocks', () => {
  const events = async () =>
    (
      await t.asAdmin<{ items: { event: string; at: string; by: string; details: Record<string, unknown> }[] }>(
        'GET',
        '/citizen-events',
      )
    ).body.items.filter(({ event }) => ['dueWarning', 'overdue', 'escalated'].includes(event))

  test('that run out are told once, each at its own moment, however late and however often it is looked', async () => {
    const ticket = await t.openLamp()
    t.clock.set(epoch + 30 * 24 * hourMs)
    await t.restart()
    await t.restart()
    expect((await events()).map(({ event, at, by, details }) => [event, at, by, details.level, details.clock])).toEqual(
      [
        ['dueWarning', toIso(epoch + 54 * hourMs), 'platform', 'team', 'repair'],
        ['overdue', toIso(epoch + 72 * hourMs), 'platform', 'supervisor', 'repair'],
        ['escalated', toIso(epoch + 108 * hourMs), 'platform', 'administrator', 'repair'],
      ],
    )
    const history = (await t.ticketOf('i-1')).history.map(({ event, note }) => [event, note])
    expect(history.slice(-3)).toEqual([
      ['dueWarning', 'Αποκατάσταση: πλησιάζει η προθεσμία'],
      ['overdue', 'Αποκατάσταση: πέρασε η προθεσμία'],
      ['escalated', 'Αποκατάσταση: κλιμακώθηκε'],
    ])
    expect((await t.workOf(ticket)).clocks[0]?.milestones.every(({ reached }) => reached)).toBe(true)
  })

  test('say nothing of what waits, nor of what was mended in time', async () => {
    const waiting = await t.openLamp('i-1', 'L-1')
    const mended = await t.openLamp('i-2', 'L-2')
    await t.as('ops', 'POST', `/tickets/${waiting.id}/work`, { event: 'wait', reason: 'waitingForNetworkOperator' })
    await t.as('ops', 'POST', `/tickets/${mended.id}/work`, { event: 'done' })
    t.clock.set(epoch + 30 * 24 * hourMs)
    await t.restart()
    expect(await events()).toEqual([])
  })

  test('follow a calendar that the municipality edits', async () => {
    const { body } = await t.asAdmin<{ revision: number; document: unknown }>('GET', '/clock-policy')
    const policy = clockPolicySchema.parse(body.document)
    const calendar = {
      ...policy.calendar,
      yearly: [{ day: '05-21', name: 'Πολιούχος' }],
      weekly: { ...policy.calendar.weekly, monday: [] },
    }
    const edited = { revision: 0, document: { ...policy, calendar } }
    expect((await t.asAdmin('PUT', '/clock-policy', edited)).status).toBe(200)
    expect((await t.asAdmin('PUT', '/clock-policy', edited)).status).toBe(409)
    const tried = await t.asAdmin('POST', '/routing/dry-run', {
      matter: { category: 'graffiti' },
      at: '2026-01-16T12:00:00+02:00',
      table: {
        ...routingTableSchema.parse((await t.asAdmin<{ document: unknown }>('GET', '/routing')).body.document),
        terms: {
          urgent: { kind: 'workingDays', days: 1 },
          high: { kind: 'workingDays', days: 1 },
          normal: { kind: 'workingDays', days: 1 },
          low: { kind: 'workingDays', days: 1 },
        },
      },
    })
    expect(tried.body).toMatchObject({ dueAt: '2026-01-20T13:00:00.000Z' })
    const wrong = { revision: 1, document: { ...policy, milestones: [] } }
    expect((await t.asAdmin('PUT', '/clock-policy', wrong)).status).toBe(400)
  })
})
