import { hourMs } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { base, epoch, startTestLine, type TestLine } from '../reports/test-line.ts'
import { incidentChange } from '../test-documents.ts'
import { type MailServer, startMailServer } from './mail-server.fixture.ts'

let server: MailServer
let t: TestLine
const publicUrl = 'https://fanari.example'
beforeEach(async () => {
  server = await startMailServer()
  t = await startTestLine({ publicUrl, notices: { mail: { url: server.url, from: 'grammi@dimos.example' } } })
})
afterEach(async () => {
  await t.close()
  await server.stop()
})

const report = async (clientId: string, more: Record<string, unknown> = {}) =>
  (await t.report({ clientId, luminaire: 'A-1', contact: { email: 'maria@example.org' }, ...more })).body
const toldTo = async (address: string) => {
  await t.api.lookAround()
  const found = server.mails.filter(({ to }) => to === address)
  server.mails.length = 0
  return found
}
/** The link of the last mail that leads to a page. */
const linkTo = (page: string, text: string): string => {
  const [link = ''] = new RegExp(`${publicUrl}\\S*/notices/${page}\\?\\S*`).exec(text) ?? []
  return link.replace(publicUrl, '')
}
/** As a browser or a mail program sends a form. */
const press = async (link: string, form: Record<string, string>) => {
  const body = new URLSearchParams(form)
  const response = await fetch(t.url(link), { method: 'POST', body, headers: { origin: 'https://mail.example' } })
  return { status: response.status, text: await response.text() }
}
const open = (link: string) => t.call('GET', link, { token: null })

describe('a link that stops messages', () => {
  const unsubscribeLink = async () => {
    await report('one')
    const [mail] = await toldTo('maria@example.org')
    return linkTo('unsubscribe', mail?.headers.get('list-unsubscribe')?.replace('>', ' ') ?? '')
  }

  test('does nothing when it is fetched, however often, and stops when its button is pressed', async () => {
    const link = await unsubscribeLink()
    for (let times = 0; times < 5; times++) {
      const page = await open(link)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(page.text).toContain('<form method="post">')
    }
    const { ticket } = await report('two')
    expect(await toldTo('maria@example.org')).toHaveLength(1)
    expect(await press(link, { scope: 'one' })).toMatchObject({
      status: 200,
      text: expect.stringContaining('σταμάτησαν'),
    })
    await t.post(`tickets/${ticket}/events`, { event: 'assigned' })
    // The other report of the same person goes on.
    expect(await toldTo('maria@example.org')).toHaveLength(1)
    expect((await open(link)).status).toBe(200)
  })

  test("works by a mail program's one click, as form and as multipart", async () => {
    const link = await unsubscribeLink()
    expect((await press(link, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200)
    const multipart = new FormData()
    multipart.set('List-Unsubscribe', 'One-Click')
    expect((await fetch(t.url(link), { method: 'POST', body: multipart })).status).toBe(200)
    const [ticket] = await t.tickets()
    await t.post(`tickets/${ticket?.id}/events`, { event: 'assigned' })
    expect(await toldTo('maria@example.org')).toEqual([])
  })

  test('stops everything of the address when asked to', async () => {
    const link = await unsubscribeLink()
    const { ticket } = await report('two', { luminaire: 'B-1' })
    await toldTo('maria@example.org')
    await press(link, { scope: 'all' })
    await t.post(`tickets/${ticket}/events`, { event: 'assigned' })
    expect(await toldTo('maria@example.org')).toEqual([])
  })

  test('is of no use when a letter of it is wrong, or for another report', async () => {
    const link = await unsubscribeLink()
    const { id } = await report('two')
    for (const wrong of [link.replace(/token=./, 'token=*'), link.replace(/report=[^&]+/, `report=${id}`)]) {
      expect((await open(wrong)).status).toBe(404)
      expect((await press(wrong, {})).status).toBe(404)
    }
    expect((await open(link.replace(/&token=.*/, ''))).status).toBe(400)
    expect(await toldTo('maria@example.org')).toHaveLength(1)
  })
})

describe("the page that asks 'is it lit?'", () => {
  test('acts on its buttons alone: no opens the matter again', async () => {
    const { ticket } = await report('one')
    for (const event of ['assigned', 'resolved']) await t.post(`tickets/${ticket}/events`, { event })
    const mails = await toldTo('maria@example.org')
    const link = linkTo('status', mails.at(-1)?.text.split('Απαντήστε εδώ: ')[1] ?? '')
    for (let times = 0; times < 3; times++) expect((await open(link)).text).toContain('Ανάβει;')
    expect((await t.ticket(ticket)).status).toBe('resolved')
    const token = new URLSearchParams(link.split('?')[1]).get('token') ?? ''
    expect((await press(link, { lit: 'no', token: 'wrong' })).status).toBe(403)
    expect((await press(link, { lit: 'maybe', token })).status).toBe(400)
    expect((await press(link, { lit: 'no', token })).status).toBe(200)
    expect((await t.ticket(ticket)).status).toBe('open')
    expect((await open(link.replace(/code=\d+/, 'code=1234567890'))).status).toBe(404)
  })
})

describe('messages about an area', () => {
  const subscribe = (body: Record<string, unknown>) =>
    t.call('POST', `${base}/subscriptions`, { token: null, body: { email: 'Nikos@example.org', ...body } })
  const follow = async (body: Record<string, unknown>) => {
    expect((await subscribe(body)).status).toBe(202)
    const [mail] = await toldTo('nikos@example.org')
    const link = linkTo('confirm', mail?.text ?? '')
    await open(link)
    await report('before it is confirmed', { luminaire: 'B-9', contact: undefined })
    expect(await toldTo('nikos@example.org')).toEqual([])
    expect((await press(link, { confirm: 'yes' })).status).toBe(200)
  }

  test('begin when the address has confirmed them, tell of new and mended matters, and end with a click', async () => {
    await follow({ area: { community: 'vyssa' }, categories: ['street-light-out'] })
    const lamp = { id: 'i-1', scope: { kind: 'luminaire' as const, id: 'A-7' }, members: ['A-7'] }
    t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, lamp)])
    const [opened] = await toldTo('nikos@example.org')
    expect(opened?.subject).toMatch(/^Νέο θέμα: /)
    expect(opened?.text).toContain('Νέα Βύσσα, Καραθεοδωρή')
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.resolved', epoch + hourMs, { ...lamp, revision: 2, resolution: 'litAgain' }),
    ])
    const [closed] = await toldTo('nikos@example.org')
    expect(closed?.subject).toMatch(/^Έκλεισε: /)
    const stop = linkTo('unsubscribe', closed?.text ?? '')
    expect((await press(stop, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200)
    await report('later', { luminaire: 'A-20', contact: undefined })
    expect(await toldTo('nikos@example.org')).toEqual([])
  })

  test('tell nothing that a citizen wrote, nothing from outside the circle, and no more than a day may hold', async () => {
    await t.call('PUT', `${base}/notice-settings`, { body: { areaMessagesPerDay: 3 } })
    // Around A-1; B-… are five kilometres away.
    await follow({ area: { lat: 41.58, lon: 26.53, radiusM: 2_000 }, language: 'en' })
    await report('far', { luminaire: 'B-1', contact: undefined })
    await report('near', { luminaire: 'A-1', address: 'έξω από του Παπαδόπουλου', contact: undefined })
    const told = await toldTo('nikos@example.org')
    expect(told.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^New: /)])
    expect(told[0]?.text).not.toContain('Παπαδόπουλου')
    for (const id of ['A-10', 'A-20', 'A-30', 'A-40']) await report(id, { luminaire: id, contact: undefined })
    // One was the confirmation.
    expect(await toldTo('nikos@example.org')).toHaveLength(1)
  })

  test('cannot fill a letter box, are the same answer for all, and are erased with the person', async () => {
    for (let times = 0; times < 10; times++) {
      const { status, body } = await subscribe({ area: { all: true } })
      expect([status, body]).toEqual([202, { status: 'confirmationSent' }])
    }
    expect(await toldTo('nikos@example.org')).toHaveLength(3)
    const { body } = await t.post('privacy/erasure', { email: 'nikos@example.org', phone: null, proof: 'inPerson' })
    expect(body).toMatchObject({ erased: { subscriptions: 3 } })
  })

  test.each([
    [{ area: { all: false } }],
    [{ area: { lat: 91, lon: 0, radiusM: 100 } }],
    [{ area: { community: 'vyssa', all: true } }],
    [{ email: 'not an address', area: { all: true } }],
    [{ email: 'a@b.gr\r\nBcc: c@d.gr', area: { all: true } }],
  ])('that make no sense are refused: %j', async (body) => {
    expect((await subscribe(body)).status).toBe(400)
    expect(await toldTo('nikos@example.org')).toEqual([])
  })
})
