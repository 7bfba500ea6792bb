import { hourMs, minuteMs } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { base, circuitLamps, epoch, startTestLine, type TestLine } from '../reports/test-line.ts'
import { incidentChange } from '../test-documents.ts'
import { type MailServer, startMailServer } from './mail-server.fixture.ts'

let server: MailServer
let t: TestLine
beforeEach(async () => {
  server = await startMailServer()
  t = await startTestLine({
    publicUrl: 'https://fanari.example',
    notices: { mail: { url: server.url, from: 'Δήμος Ορεστιάδας <grammi@dimos.example>' } },
  })
  await t.call('PUT', base, { body: { name: 'Δήμος Ορεστιάδας', timeZone: 'Europe/Athens' } })
})
afterEach(async () => {
  await t.close()
  await server.stop()
})

const circuit = {
  fault: 'circuitOutage' as const,
  scope: { kind: 'circuit' as const, id: 'K7-2' },
  severity: 'critical' as const,
  reason: 'membersDarkTogether' as const,
  members: circuitLamps,
}
const darkCircuit = () => {
  for (const id of circuitLamps) t.light(id, 'dark', { incident: 'i-1' })
  t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, { id: 'i-1', ...circuit })])
}
const subjectsTo = (address: string) => server.mails.filter(({ to }) => to === address).map(({ subject }) => subject)
const report = async (clientId: string, more: Record<string, unknown> = {}) => {
  const { body } = await t.report({
    clientId,
    luminaire: 'A-1',
    contact: { email: `${clientId}@example.org` },
    ...more,
  })
  return body
}
const notices = async (query = '') =>
  ((await t.call('GET', `${base}/notices${query}`)).body as { items: Record<string, unknown>[] }).items

describe('25 people report one dark circuit', () => {
  test('and get 25 acknowledgements and 25 closing messages, each with their own code, none called a duplicate', async () => {
    darkCircuit()
    const codes = new Map<string, string>()
    for (let index = 1; index <= 25; index++) {
      const { trackingCode } = await report(`citizen-${index}`, { luminaire: `A-${index}` })
      codes.set(`citizen-${index}@example.org`, trackingCode.replace(/(...)(...)(....)/, '$1 $2 $3'))
    }
    await t.api.lookAround()
    expect(server.mails).toHaveLength(25)
    for (const mail of server.mails) {
      expect(mail.subject).toBe(`Λάβαμε το αίτημά σας ${codes.get(mail.to)}`)
      expect(mail.text).toContain('Τι ήταν ήδη γνωστό: Σκοτεινό από τις 20:00, κύκλωμα K7-2')
    }
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.resolved', epoch + hourMs, {
        id: 'i-1',
        revision: 2,
        ...circuit,
        resolution: 'supplyRestored',
      }),
    ])
    await t.api.lookAround()
    const closings = server.mails.slice(25)
    expect(closings.map(({ to }) => to).sort()).toEqual([...codes.keys()].sort())
    for (const mail of closings) expect(mail.subject).toBe(`Το αίτημά σας ${codes.get(mail.to)} αποκαταστάθηκε`)
    for (const { to, text, html, subject } of server.mails) {
      const others = [...codes].filter(([address]) => address !== to)
      const whole = `${subject}${text}${html}`
      expect(whole).not.toMatch(/duplicate|διπλ/i)
      expect(others.filter(([address, code]) => whole.includes(address) || whole.includes(code))).toEqual([])
    }
  })

  test('one person with two reports hears each later step once', async () => {
    const contact = { email: 'maria@example.org' }
    const { ticket } = await report('one', { contact })
    await report('two', { contact })
    await t.post(`tickets/${ticket}/events`, { event: 'assigned' })
    await t.api.lookAround()
    const subjects = subjectsTo('maria@example.org')
    expect(subjects.filter((subject) => subject.startsWith('Λάβαμε'))).toHaveLength(2)
    expect(subjects.filter((subject) => subject.endsWith('ανατέθηκε'))).toHaveLength(1)
  })
})

describe('the steps of a matter', () => {
  test('are told as they are: assigned, waiting, called mended with the question, closed without proof', async () => {
    const { ticket, trackingCode, answerToken } = await report('maria')
    for (const body of [
      { event: 'assigned' },
      { event: 'waiting', reason: 'weather' },
      { event: 'started' },
      { event: 'resolved' },
    ]) {
      expect((await t.post(`tickets/${ticket}/events`, body)).status).toBe(200)
      await t.api.lookAround()
    }
    t.clock.set(epoch + 15 * 24 * hourMs)
    await t.api.lookAround()
    await t.api.lookAround()
    const code = trackingCode.replace(/(...)(...)(....)/, '$1 $2 $3')
    expect(subjectsTo('maria@example.org')).toEqual([
      `Λάβαμε το αίτημά σας ${code}`,
      `Το αίτημά σας ${code} ανατέθηκε`,
      `Το αίτημά σας ${code} περιμένει`,
      `Δηλώθηκε αποκατάσταση: αίτημα ${code}`,
      `Το αίτημά σας ${code} έκλεισε χωρίς επιβεβαίωση`,
    ])
    const [, , waiting, resolved] = server.mails
    expect(waiting?.text).toContain('Λόγος: Καιρικές συνθήκες')
    expect(resolved?.text).toContain('Ανάβει;')
    expect(resolved?.text).toContain(
      `https://fanari.example/api/v1/municipalities/orestiada/notices/status?code=${trackingCode}&token=${answerToken}`,
    )
  })

  test('reach those whose matter became part of another', async () => {
    const parent = await report('parent')
    const child = await report('child', { luminaire: 'B-1' })
    expect(child.ticket).not.toBe(parent.ticket)
    await t.api.lookAround()
    expect((await t.post(`tickets/${child.ticket}/merge`, { into: parent.ticket })).status).toBe(200)
    await t.post(`tickets/${parent.ticket}/events`, { event: 'assigned' })
    await t.api.lookAround()
    const forwarded = await t.post(`tickets/${parent.ticket}/forward`, { service: 'networkOperator', reason: 'ΔΕΔΔΗΕ' })
    expect(forwarded.status).toBe(200)
    await t.api.lookAround()
    for (const name of ['parent', 'child']) {
      expect(subjectsTo(`${name}@example.org`).map((subject) => subject.replaceAll(/\d|\s\s/g, ''))).toEqual([
        expect.stringMatching(/^Λάβαμε/),
        expect.stringMatching(/ανατέθηκε$/),
        expect.stringMatching(/διαβιβάστηκε$/),
      ])
    }
  })

  test('that come in English for who wants them so, and a question is one message', async () => {
    await report('john', { language: 'en' })
    await report('asker', { category: 'information', luminaire: undefined })
    await t.api.lookAround()
    expect(subjectsTo('john@example.org')).toEqual([expect.stringMatching(/^We have your request \d{3} \d{3} \d{4}$/)])
    expect(subjectsTo('asker@example.org')).toEqual([expect.stringMatching(/^Η ερώτησή σας .* απαντήθηκε$/)])
  })

  test('are told again after it came back', async () => {
    const { ticket } = await report('maria')
    for (const event of ['assigned', 'resolved', 'reopened', 'assigned']) {
      await t.post(`tickets/${ticket}/events`, { event })
      await t.api.lookAround()
    }
    expect(subjectsTo('maria@example.org').map((subject) => subject.replaceAll(/[\d ]+/g, ' '))).toEqual([
      'Λάβαμε το αίτημά σας ',
      'Το αίτημά σας ανατέθηκε',
      'Δηλώθηκε αποκατάσταση: αίτημα ',
      'Το αίτημά σας άνοιξε ξανά',
      'Το αίτημά σας ανατέθηκε',
    ])
  })
})

describe('nobody is sent anything', () => {
  test('without an address, without consent, or when the report waits for judgement', async () => {
    await report('nobody', { contact: undefined })
    await report('refuses', { contact: { email: 'refuses@example.org', consent: false } })
    await report('none', { contact: { email: 'none@example.org', notify: 'none' } })
    await report('machine', { website: 'https://spam.example' })
    await t.api.lookAround()
    expect(server.mails).toEqual([])
    expect(await notices()).toEqual([])
  })

  test('whose address was erased before the message went out', async () => {
    server.refuse = () => 451
    await report('maria')
    await t.api.lookAround()
    await t.post('privacy/erasure', { email: 'maria@example.org', phone: null, proof: 'inPerson' })
    server.refuse = () => null
    t.wall.now += hourMs
    await t.api.lookAround()
    expect(server.mails).toEqual([])
    expect(await notices()).toMatchObject([{ state: 'dropped', attempts: 1 }])
  })

  test('more than twenty reports a day that strangers send in their name', async () => {
    for (let index = 0; index < 25; index++) {
      await report(`flood-${index}`, { luminaire: `A-${index + 1}`, contact: { email: 'victim@example.org' } })
    }
    await t.api.lookAround()
    expect(server.mails).toHaveLength(20)
  })
})

describe('the e-mail itself', () => {
  test('is plain and HTML, says who it is from, and can be stopped with one click', async () => {
    await report('maria', { address: 'Μ. <b>Αλεξάνδρου</b> 3\r\nBcc: all@example.org' })
    await t.api.lookAround()
    const [mail] = server.mails
    expect(mail?.raw).toMatch(/^Subject: =\?UTF-8\?[BQ]\?/m)
    expect(mail?.raw).not.toMatch(/^Bcc:/m)
    expect(mail?.html).toContain('Μ. &lt;b&gt;Αλεξάνδρου&lt;/b&gt; 3 Bcc: all@example.org')
    expect(mail?.headers.get('from')).toMatch(/^=\?UTF-8\?.*\?= <grammi@dimos.example>$/)
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail?.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    expect(mail?.headers.get('list-unsubscribe')).toMatch(
      /^<https:\/\/fanari\.example\/api\/v1\/municipalities\/orestiada\/notices\/unsubscribe\?report=[\w-]+&token=[\w-]+>$/,
    )
    expect(mail?.text).toContain('Διακοπή ενημερώσεων: https://fanari.example/')
  })

  test('has the words a municipality chose, and no other values than there are', async () => {
    const words = { subject: 'Αρ. {{trackingCode}}', text: 'Γεια. {{category}}', sms: 'Γεια' }
    const path = `${base}/notice-templates/received/el`
    expect((await t.call('PUT', path, { body: words })).status).toBe(200)
    const wrong = await t.call('PUT', path, { body: { ...words, text: '{{phone}}' } })
    expect(wrong.status).toBe(400)
    expect(wrong.body).toMatchObject({ errors: [{ path: 'body.text', message: expect.stringContaining('{{phone}}') }] })
    expect((await t.call('PUT', path, { body: { ...words, subject: 'a\nb' } })).status).toBe(400)
    await report('maria')
    await t.api.lookAround()
    expect(server.mails[0]?.subject).toMatch(/^Αρ\. \d/)
    expect((await t.call('DELETE', path)).status).toBe(204)
    expect((await t.call('DELETE', path)).status).toBe(404)
    const { body } = await t.call('GET', `${base}/notice-templates`)
    expect((body as { items: unknown[] }).items).toHaveLength(36)
  })
})

describe('a mail server that does not take everything', () => {
  test('for now: it is tried again, later each time, and arrives once', async () => {
    server.refuse = () => 451
    await report('maria')
    await t.api.lookAround()
    expect(await notices('?state=pending')).toMatchObject([{ attempts: 1, reason: expect.stringMatching(/^451 /) }])
    await t.api.lookAround()
    expect(await notices()).toMatchObject([{ attempts: 1 }])
    t.wall.now += 31_000
    await t.api.lookAround()
    expect(await notices()).toMatchObject([{ attempts: 2 }])
    server.refuse = () => null
    t.wall.now += 61_000
    await t.api.lookAround()
    expect(server.mails).toHaveLength(1)
    expect(await notices()).toMatchObject([{ state: 'sent', attempts: 3, reason: null }])
  })

  test('for good: it is given up, listed without the address, and can be tried again', async () => {
    server.refuse = (address) => (address.startsWith('maria') ? 550 : null)
    await report('maria')
    await report('nikos')
    await t.api.lookAround()
    expect(server.mails.map(({ to }) => to)).toEqual(['nikos@example.org'])
    const [failed] = await notices('?state=failed')
    expect(failed).toMatchObject({ step: 'received', attempts: 1, reason: '550 <…@…> is not taken' })
    expect((await t.call('GET', '/metrics')).text).toContain('fanari_notices_failed{channel="email"} 1')
    server.refuse = () => null
    expect((await t.post(`notices/${failed?.id}/retry`)).status).toBe(204)
    expect((await t.post(`notices/${failed?.id}/retry`)).status).toBe(404)
    await t.api.lookAround()
    expect(server.mails.map(({ to }) => to)).toEqual(['nikos@example.org', 'maria@example.org'])
  })

  test('at all: nothing is lost, no message counts a try, and what is three days old is given up', async () => {
    await server.stop()
    await report('maria')
    await report('nikos')
    await t.api.lookAround()
    expect(await notices('?state=pending')).toMatchObject([{ attempts: 0 }, { attempts: 0 }])
    server = await startMailServer(Number(new URL(server.url).port))
    await t.api.lookAround()
    expect(server.mails).toEqual([])
    t.wall.now += minuteMs
    await t.api.lookAround()
    expect(server.mails.map(({ to }) => to).sort()).toEqual(['maria@example.org', 'nikos@example.org'])
    server.refuse = () => 451
    await report('eleni')
    await t.api.lookAround()
    t.wall.now += 73 * hourMs
    await t.api.lookAround()
    expect(await notices('?state=failed')).toMatchObject([{ reason: 'it could not be sent in three days' }])
  })
})

describe('a restart', () => {
  test('goes on where it was, and tells nothing twice', async () => {
    await report('maria')
    await t.api.lookAround()
    await report('nikos')
    await t.restart()
    await t.api.lookAround()
    await t.restart()
    await t.api.lookAround()
    expect(server.mails.map(({ to }) => to)).toEqual(['maria@example.org', 'nikos@example.org'])
  })
})
