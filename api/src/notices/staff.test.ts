import { dayMs } from '@fanari/contracts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { base, epoch, startTestLine, type TestLine } from '../reports/test-line.ts'
import { type MailServer, startMailServer } from './mail-server.fixture.ts'

let server: MailServer
let t: TestLine
beforeEach(async () => {
  server = await startMailServer()
  t = await startTestLine({
    publicUrl: 'https://fanari.example',
    notices: { mail: { url: server.url, from: 'grammi@dimos.example' } },
  })
})
afterEach(async () => {
  await t.close()
  await server.stop()
})

const account = async (handle: string, role: string, more: Record<string, unknown> = {}) => {
  const body = { handle, fullName: handle, email: `${handle}@dimos.example`, role, ...more }
  const made = await t.call('POST', '/api/v1/users', { body })
  expect(made.status).toBe(201)
}
const told = () => server.mails.map(({ to, subject }) => [to.split('@')[0], subject.split(':')[0]])

test('danger is told to the supervisors of that municipality, at night too', async () => {
  await account('chief', 'supervisor', { municipalities: ['orestiada'] })
  await account('elsewhere', 'supervisor', { municipalities: ['other'] })
  await account('desk', 'operator')
  t.clock.set(Date.parse('2026-01-11T01:00:00Z'))
  await t.report({ clientId: 'c', luminaire: 'A-1', danger: ['looseWires'] })
  await t.api.lookAround()
  expect(told()).toEqual([['chief', 'ΚΙΝΔΥΝΟΣ']])
  expect(server.mails[0]?.headers.has('list-unsubscribe')).toBe(false)
})

test.each([
  ['crew', {}],
  ['electricians', { email: 'electricians@dimos.example' }],
])(
  'a term that runs out is told to the team (%s), then to supervisors and administrators, once each',
  async (team, mailbox) => {
    await account('chief', 'supervisor')
    await account('mayor', 'admin')
    await account('crew', 'technician')
    await t.call('PUT', `${base}/teams/electricians`, {
      body: { name: 'Ηλεκτρολόγοι', service: 'municipalLighting', communities: [], members: ['crew'], ...mailbox },
    })
    const { body } = await t.report({ clientId: 'c', luminaire: 'A-1' })
    const assigned = await t.post(`tickets/${body.ticket}/work`, { event: 'assign', team: 'electricians' })
    expect(assigned.status).toBe(200)
    t.clock.set(epoch + 120 * dayMs)
    await vi.waitFor(
      async () => {
        const events = (await t.events()).filter(
          ({ event, subject }) => event === 'escalated' && subject.kind === 'ticket',
        )
        expect(events.length).toBeGreaterThan(0)
      },
      { timeout: 20_000, interval: 100 },
    )
    await t.api.lookAround()
    const milestones = (await t.events()).filter(({ event }) => ['dueWarning', 'overdue', 'escalated'].includes(event))
    const byLevel: Record<string, string> = { team, supervisor: 'chief', administrator: 'mayor' }
    expect(server.mails.map(({ to }) => to.split('@')[0]).sort()).toEqual(
      milestones.map(({ details }) => byLevel[String(details.level)]).sort(),
    )
    expect(new Set(server.mails.map(({ to }) => to.split('@')[0])).size).toBeGreaterThan(1)
    const sent = server.mails.length
    await t.api.lookAround()
    expect(server.mails).toHaveLength(sent)
  },
)

test('an account that was shut meanwhile hears no more', async () => {
  await account('chief', 'supervisor')
  server.refuse = () => 451
  await t.report({ clientId: 'c', luminaire: 'A-1', danger: ['looseWires'] })
  await t.api.lookAround()
  const { items } = (await t.call('GET', '/api/v1/users')).body as { items: { id: string; handle: string }[] }
  const chief = items.find(({ handle }) => handle === 'chief')
  expect((await t.call('PATCH', `/api/v1/users/${chief?.id}`, { body: { active: false } })).status).toBe(200)
  server.refuse = () => null
  t.wall.now += dayMs
  await t.api.lookAround()
  expect(server.mails).toEqual([])
})

test('a day that was set for the work is told to who reported it', async () => {
  const { body } = await t.report({ clientId: 'c', luminaire: 'A-1', contact: { email: 'maria@example.org' } })
  await t.post(`tickets/${body.ticket}/work`, { event: 'assign', assignee: 'admin' })
  await t.api.lookAround()
  const scheduled = await t.post(`tickets/${body.ticket}/work`, {
    event: 'schedule',
    scheduledFor: '2026-01-12T08:30:00Z',
  })
  expect(scheduled.status).toBe(200)
  await t.api.lookAround()
  expect(server.mails.at(-1)?.text).toContain('Πότε: 12/1/2026 10:30')
})
