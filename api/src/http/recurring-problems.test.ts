import { hourMs } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch } from '../test-api.ts'
import { incidentChange } from '../test-documents.ts'
import { startTestWork, type TestWork } from '../work/test-work.ts'

let t: TestWork
beforeEach(async () => {
  t = await startTestWork()
})
afterEach(() => t.close())

describe('what keeps coming back', () => {
  const darkAgain = async (id: string, days: number) => {
    t.clock.set(epoch + days * 24 * hourMs)
    const ticket = await t.openLamp(id)
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.resolved', t.clock.now() + hourMs, { id, revision: 2, resolution: 'litAgain' }),
    ])
    return ticket
  }

  test('three times in 90 days is a problem, flagged on its ticket, that people write the cause of and close', async () => {
    expect(await darkAgain('i-1', 0)).not.toHaveProperty('problem')
    expect(await darkAgain('i-2', 40)).not.toHaveProperty('problem')
    const third = await darkAgain('i-3', 80)
    expect(third.problem).toMatch(/^p-/)
    const { body } = await t.asAdmin<{ items: { id: string; tickets: string[]; status: string }[] }>('GET', '/problems')
    expect(body.items).toMatchObject([{ id: third.problem, status: 'open', dedupKey: 'luminaire:L-1:dark' }])
    expect(body.items[0]?.tickets).toHaveLength(3)

    const cause = 'Υγρασία στο κιβώτιο του ιστού'
    const path = `/problems/${third.problem}`
    expect((await t.as('maria', 'PATCH', path, { cause })).status).toBe(403)
    expect((await t.asAdmin('PATCH', path, { cause })).body).toMatchObject({ cause, status: 'open' })
    expect((await t.asAdmin('PATCH', path, { status: 'closed' })).body).toMatchObject({ cause, status: 'closed' })
    expect((await t.asAdmin('PATCH', path, { note: 'x' })).status).toBe(409)
    expect((await t.asAdmin<{ items: unknown[] }>('GET', '/problems')).body.items).toEqual([])
  })

  test('too seldom is chance', async () => {
    await darkAgain('i-1', 0)
    await darkAgain('i-2', 60)
    expect(await darkAgain('i-3', 120)).not.toHaveProperty('problem')
  })
})
