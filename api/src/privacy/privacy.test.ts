import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dayMs, hourMs, toIso } from '@fanari/contracts'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Role } from '../access/permissions.ts'
import { adminToken, epoch, startTestApi, type TestApi, until } from '../test-api.ts'
import { collection, luminaire } from '../test-documents.ts'
import { openRecords, type Records } from './records.fixture.ts'

const base = '/api/v1/municipalities/orestiada'
const maria = { name: 'Μαρία Παπαδοπούλου', phone: '+30 691 234 5678', email: 'Maria@inbox.example' }
const nikos = { name: 'Νίκος', phone: '25520 12345', email: 'nikos@inbox.example' }

let t: TestApi
let records: Records
beforeEach(async () => {
  t = await startTestApi()
  await t.call('PUT', `${base}/assets`, { body: collection(luminaire('L-1')) })
  records = openRecords(t)
})
afterEach(async () => {
  records.database.close()
  await t.close()
})

const tokenOf = async (role: Role): Promise<string> => {
  const { body } = await t.call('POST', '/api/v1/tokens', { body: { name: role, role } })
  return (body as { token: string }).token
}
const closed = (id: string, closedAt: string, more: object = {}) =>
  records.ticket(id, { status: 'closed', closedAt, createdAt: closedAt, ...more })
const run = async (dryRun: boolean) => {
  const { status, body } = await t.call('POST', `${base}/privacy/retention/run`, { body: { dryRun } })
  expect(status).toBe(200)
  return body as Record<string, unknown>
}
const contacts = () =>
  records.database
    .all<{ report: string }>('SELECT report FROM report_contacts ORDER BY report')
    .map(({ report }) => report)
const documentOf = (id: string): Record<string, unknown> =>
  JSON.parse(
    records.database.get<{ document: string }>('SELECT document FROM reports WHERE id = ?', id)?.document ?? '',
  )
const ledger = async () =>
  (
    (await t.call('GET', `${base}/privacy/ledger`)).body as {
      items: { action: string; why: string; subject: { id: string } }[]
    }
  ).items
    .map(({ action, why, subject }) => `${action} ${subject.id} (${why})`)
    .sort()

/** Reports whose matters were closed a while ago, by the clock of the test: 10 January 2026. */
const seed = () => {
  closed('t-fresh', '2025-06-01T00:00:00.000Z')
  closed('t-year', '2025-01-09T00:00:00.000Z')
  closed('t-withdrawn', '2025-01-09T00:00:00.000Z', { outcome: 'withdrawn' })
  closed('t-old', '2021-01-09T00:00:00.000Z', {
    history: [{ at: '2021-01-09T00:00:00.000Z', event: 'resolved', by: 'crew-1', note: 'η κ. Μαρία ευχαριστεί' }],
  })
  records.ticket('t-open', { createdAt: '2020-01-01T00:00:00.000Z' })
  records.workOrder('w-old', 't-old', { status: 'done', note: 'η κ. Μαρία ευχαριστεί' })
  for (const name of ['fresh', 'year', 'withdrawn', 'old', 'open']) {
    records.report(`r-${name}`, {
      ticket: `t-${name}`,
      createdAt: name === 'old' ? '2021-01-02T03:04:05.000Z' : '2025-01-02T03:04:05.000Z',
      description: 'έξω από το σπίτι μου',
      address: 'Ευριπίδου 3',
      lat: 41.50312,
      lon: 26.53197,
      community: 'vyssa',
    })
    records.contact(`r-${name}`, maria)
  }
}

/** The figures of the citizen line that its records give. */
const figures = () => ({
  reports: records.database.all(
    `SELECT channel, category, community, status, created_at, document ->> '$.ticket' AS ticket, count(*) AS n FROM reports
     GROUP BY channel, category, community, status, created_at, ticket ORDER BY created_at, ticket`,
  ),
  tickets: records.database.all(
    `SELECT id, status, service, category, created_at, closed_at, document ->> '$.outcome' AS outcome,
       json_array_length(document, '$.history') AS steps FROM tickets ORDER BY id`,
  ),
  orders: records.database.all('SELECT id, status, service, created_at FROM work_orders ORDER BY id'),
})

describe('retention', () => {
  test('counts without erasing, erases the same, and then finds nothing', async () => {
    seed()
    const before = records.database.all('SELECT document FROM reports ORDER BY id')
    const counts = {
      erased: { contacts: 3, photos: 0, subscriptions: 0, calls: 0 },
      reportsReduced: 2,
      ticketsReduced: 1,
      workOrdersReduced: 1,
      held: 0,
    }
    expect(await run(true)).toMatchObject({ dryRun: true, ...counts })
    expect(records.database.all('SELECT document FROM reports ORDER BY id')).toEqual(before)
    expect(await ledger()).toEqual([])
    expect(await run(false)).toMatchObject({ dryRun: false, ...counts })
    expect(contacts()).toEqual(['r-fresh', 'r-open'])
    const none = {
      erased: { contacts: 0, photos: 0, subscriptions: 0, calls: 0 },
      reportsReduced: 0,
      ticketsReduced: 0,
      workOrdersReduced: 0,
    }
    expect(await run(false)).toMatchObject(none)
    expect(await ledger()).toEqual([
      'contactErased r-old (retention)',
      'contactErased r-withdrawn (retention)',
      'contactErased r-year (retention)',
      'reportReduced r-old (retention)',
      'reportReduced r-withdrawn (retention)',
      'ticketReduced t-old (retention)',
      'workOrderReduced w-old (retention)',
    ])
  })

  test('takes from a report what could say who it was, and leaves what is counted', async () => {
    seed()
    const before = figures()
    await run(false)
    const { description, address, ...rest } = documentOf('r-old')
    expect([description, address]).toEqual([undefined, undefined])
    expect(rest).toMatchObject({ lat: 41.503, lon: 26.532, community: 'vyssa', clientId: 'reduced:r-old' })
    expect(documentOf('r-year')).toMatchObject({ description: 'έξω από το σπίτι μου' })
    expect(figures()).toEqual(before)
    const text = JSON.stringify(
      records.database.all('SELECT document FROM tickets UNION ALL SELECT document FROM work_orders'),
    )
    expect(text).not.toContain('Μαρία')
  })

  test('leaves a report known to a telephone that sends it again years later', async () => {
    const send = () => {
      const body = { category: 'street-light-out', luminaire: 'L-1', channel: 'web', clientId: 'form-1' }
      return t.call('POST', `${base}/reports`, { token: null, body })
    }
    const first = await send()
    const { id, ticket } = first.body as { id: string; ticket: string }
    const closedAt = Date.parse('2019-01-01T00:00:00.000Z')
    records.database.run("UPDATE tickets SET status = 'closed', closed_at = ? WHERE id = ?", closedAt, ticket)
    expect(await run(false)).toMatchObject({ reportsReduced: 1 })
    const again = await send()
    expect([first.status, again.status, (again.body as { id: string }).id]).toEqual([201, 200, id])
  })

  test('follows the terms of the municipality', async () => {
    seed()
    const terms = { contactMonths: 3, cancelledMonths: 240, resolvedMonths: 240 }
    expect((await t.call('PUT', `${base}/privacy/retention`, { body: terms })).body).toEqual(terms)
    expect((await t.call('GET', `${base}/privacy/retention`)).body).toEqual(terms)
    expect(await run(true)).toMatchObject({ erased: { contacts: 4 }, reportsReduced: 0 })
    const wrong = { contactMonths: 0, cancelledMonths: 1, resolvedMonths: 1 }
    expect((await t.call('PUT', `${base}/privacy/retention`, { body: wrong })).status).toBe(400)
  })

  test('keeps what a legal hold keeps, by report or by ticket, until it is lifted', async () => {
    seed()
    const hold = (subject: string) =>
      t.call('PUT', `${base}/privacy/holds/${subject}`, { body: { reason: 'δικογραφία 12/2026' } })
    expect((await hold('report/r-year')).status).toBe(200)
    expect((await hold('ticket/t-old')).status).toBe(200)
    expect((await hold('report/nothing')).status).toBe(404)
    expect(await run(false)).toMatchObject({ erased: { contacts: 1 }, reportsReduced: 1, ticketsReduced: 0, held: 2 })
    expect(contacts()).toEqual(['r-fresh', 'r-old', 'r-open', 'r-year'])
    const { body } = await t.call('GET', `${base}/privacy/holds`)
    expect((body as { items: { id: string }[] }).items.map(({ id }) => id)).toEqual(['r-year', 't-old'])
    await t.call('DELETE', `${base}/privacy/holds/ticket/t-old`)
    expect((await t.call('DELETE', `${base}/privacy/holds/ticket/t-old`)).status).toBe(404)
    expect(await run(false)).toMatchObject({ erased: { contacts: 1 }, reportsReduced: 1, ticketsReduced: 1, held: 1 })
  })

  test('runs by itself once a day of the platform, and after a stop at the start', async () => {
    seed()
    t.clock.set(epoch + 2 * hourMs)
    await t.restart()
    await until(() => contacts().length === 2)
    t.clock.set(epoch + 200 * dayMs)
    await t.restart()
    await until(() => contacts().length === 1)
    expect(contacts()).toEqual(['r-open'])
  })

  test('erases from the file what it erases from the tables', async () => {
    seed()
    const file = () => readFileSync(join(t.folder, 'fanari.db')).toString('utf8')
    records.database.run("DELETE FROM report_contacts WHERE report IN ('r-fresh', 'r-open')")
    records.database.get('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(file()).toContain('Παπαδοπούλου')
    await run(false)
    records.database.get('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(file()).not.toMatch(/Παπαδοπούλου|Maria@inbox|691 234 5678/)
  })
})

describe('one person', () => {
  const ask = (what: 'export' | 'erasure', person: object, token = adminToken) =>
    t.call('POST', `${base}/privacy/${what}`, { token, body: { proof: 'inPerson', ...person } })
  const addPhoto = async (report: string) => {
    const form = new FormData()
    const jpeg = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
      .jpeg()
      .toBuffer()
    form.append('files', new Blob([new Uint8Array(jpeg)]), 'x.jpg')
    const headers = { authorization: `Bearer ${adminToken}` }
    expect(
      (await fetch(t.url(`${base}/reports/${report}/photos`), { method: 'POST', body: form, headers })).status,
    ).toBe(201)
  }
  beforeEach(() => {
    records.ticket('t-1')
    for (const id of ['r-1', 'r-2', 'r-3']) records.report(id, { description: 'έξω από το σπίτι μου' })
    records.contact('r-1', maria)
    records.contact('r-2', { phone: '6912345678' })
    records.contact('r-3', nikos)
  })

  test.each<[string, object, string[]]>([
    ['the e-mail address in any case', { email: 'MARIA@inbox.example' }, ['r-1']],
    ['the number with or without its country', { phone: '0030 6912345678' }, ['r-1', 'r-2']],
    ['both', { email: 'nikos@inbox.example', phone: '691-234-5678' }, ['r-1', 'r-2', 'r-3']],
    ['an address nobody used', { email: 'nobody@inbox.example' }, []],
  ])('is found by %s, and gets everything', async (_name, person, expected) => {
    const { status, body } = await ask('export', person)
    expect(status).toBe(200)
    const { reports, held } = body as { reports: { id: string }[]; held: { contacts: { report: string }[] } }
    expect(reports.map(({ id }) => id)).toEqual(expected)
    expect(held.contacts.map(({ report }) => report)).toEqual(expected)
  })

  test('is erased, with photos and words, once and for all, and nobody else is', async () => {
    await addPhoto('r-1')
    await addPhoto('r-3')
    const { body } = await ask('erasure', { phone: maria.phone })
    expect(body).toEqual({ reports: 2, erased: { contacts: 2, photos: 1, subscriptions: 0, calls: 0 }, kept: 0 })
    expect(contacts()).toEqual(['r-3'])
    expect([documentOf('r-1').description, documentOf('r-3').description]).toEqual([undefined, 'έξω από το σπίτι μου'])
    expect((await t.call('GET', `${base}/reports/r-3/photos`)).body).toMatchObject({
      items: [{ subject: { id: 'r-3' } }],
    })
    expect((await ask('erasure', { phone: maria.phone })).body).toMatchObject({ reports: 0 })
    expect((await ask('export', { phone: maria.phone })).body).toMatchObject({ reports: [] })
  })

  test('is found by no word any more, nor in what search keeps in its files', async () => {
    const indexed = () =>
      JSON.stringify(records.database.all("SELECT detail FROM search_entries WHERE kind = 'report'"))
    await until(() => indexed().includes('έξω από το σπίτι μου'))
    await ask('erasure', { email: 'nikos@inbox.example', phone: maria.phone })
    await until(() => !indexed().includes('έξω από το σπίτι μου'))
    records.database.get('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(readFileSync(join(t.folder, 'fanari.db')).toString('utf8')).not.toContain('έξω από το σπίτι μου')
  })

  test('is not erased where a legal hold keeps a report, and that is said', async () => {
    await t.call('PUT', `${base}/privacy/holds/report/r-1`, { body: { reason: 'δικογραφία 12/2026' } })
    expect((await ask('erasure', { phone: maria.phone })).body).toEqual({
      reports: 1,
      erased: { contacts: 1, photos: 0, subscriptions: 0, calls: 0 },
      kept: 1,
    })
    expect(contacts()).toEqual(['r-1', 'r-3'])
  })

  test('leaves in trail and ledger that it was done, and nothing of whom', async () => {
    await ask('export', maria)
    await ask('erasure', maria)
    expect(await ledger()).toEqual([
      'contactErased r-1 (request)',
      'contactErased r-2 (request)',
      'exported r-1 (request)',
      'exported r-2 (request)',
      'reportReduced r-1 (request)',
      'reportReduced r-2 (request)',
    ])
    const { text } = await t.call('GET', `${base}/audit`)
    expect(text).toContain('2 reports; inPerson')
    expect(text + (await t.call('GET', `${base}/privacy/ledger`)).text).not.toMatch(/Μαρία|inbox|691/)
  })

  test.each<[string, object]>([
    ['nothing to find one by', {}],
    ['a number that is a part of one', { phone: '6912' }],
    ['an e-mail that is none', { email: 'maria' }],
    ['no proof', { email: maria.email, proof: undefined }],
    ['a proof in words', { email: maria.email, proof: 'ταυτότητα ΑΒ 123456' }],
  ])('is refused with %s', async (_name, person) => {
    expect((await ask('erasure', person)).status).toBe(400)
    expect(contacts()).toHaveLength(3)
  })
})

describe('who sent a report', () => {
  beforeEach(() => {
    records.ticket('t-1', { team: 'north' })
    records.report('r-1')
    records.contact('r-1', maria)
    records.workOrder('w-1', 't-1', { assignee: 'technician', status: 'assigned' })
  })
  const look = async (path: string, token: string) => (await t.call('GET', `${base}/${path}`, { token })).status

  test('is seen by the desk, each look being written down, and not by crews', async () => {
    const { body } = await t.call('GET', `${base}/reports/r-1/contact`)
    expect(body).toEqual({ report: 'r-1', ...maria, notify: 'email' })
    const seen: [string, number][] = []
    for (const role of ['supervisor', 'dispatcher', 'operator', 'technician', 'privacyOfficer', 'viewer'] as const) {
      seen.push([role, await look('reports/r-1/contact', await tokenOf(role))])
    }
    expect(seen).toEqual([
      ['supervisor', 200],
      ['dispatcher', 200],
      ['operator', 200],
      ['technician', 403],
      ['privacyOfficer', 403],
      ['viewer', 403],
    ])
    expect((await t.call('GET', `${base}/reports/nothing/contact`)).status).toBe(404)
    const { items } = (await t.call('GET', `${base}/audit`)).body as {
      items: { by: string; subject: string; event: string }[]
    }
    expect(items.filter(({ event }) => event === 'contactViewed').map(({ by, subject }) => `${by} ${subject}`)).toEqual(
      ['operator report/r-1', 'dispatcher report/r-1', 'supervisor report/r-1', 'admin report/r-1'],
    )
  })

  test('is seen by a dispatcher of a team for the matters of that team alone', async () => {
    const password = 'πέντε λάμπες στη σειρά'
    const statuses = []
    for (const team of ['north', 'south']) {
      const email = `${team}@dimos.example`
      const grant = { handle: team, fullName: team, email, role: 'dispatcher', team }
      const { code } = (await t.call('POST', '/api/v1/users', { body: grant })).body as { code: string }
      await t.call('POST', '/api/v1/sign-in/code', { body: { email, code, password } })
      const signedIn = await t.call('POST', '/api/v1/sign-in', { token: null, body: { email, password } })
      const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
      statuses.push((await t.call('GET', `${base}/reports/r-1/contact`, { token: null, headers: { cookie } })).status)
    }
    expect(statuses).toEqual([200, 403])
  })

  test('is told to a crew by number and name, when the desk wants a call-back and while the work lasts', async () => {
    const technician = await tokenOf('technician')
    expect(await look('work-orders/w-1/call-back', technician)).toBe(404)
    const allow = (report: string) => t.call('PUT', `${base}/work-orders/w-1/call-back`, { body: { report } })
    expect((await allow('nothing')).status).toBe(404)
    expect((await allow('r-1')).status).toBe(204)
    const { body } = await t.call('GET', `${base}/work-orders/w-1/call-back`, { token: technician })
    expect(body).toEqual({ name: maria.name, phone: maria.phone })
    records.database.run(
      `UPDATE work_orders SET document = json_set(document, '$.assignee', 'another') WHERE id = 'w-1'`,
    )
    expect(await look('work-orders/w-1/call-back', technician)).toBe(403)
    records.database.run(
      `UPDATE work_orders SET document = json_set(document, '$.assignee', 'technician', '$.status', 'done') WHERE id = 'w-1'`,
    )
    expect(await look('work-orders/w-1/call-back', technician)).toBe(403)
    expect((await t.call('DELETE', `${base}/work-orders/w-1/call-back`)).status).toBe(204)
    expect((await t.call('DELETE', `${base}/work-orders/w-1/call-back`)).status).toBe(404)
  })

  test('of another matter, or without a number, is nobody to call back', async () => {
    records.ticket('t-2')
    records.report('r-2', { ticket: 't-2' })
    records.contact('r-2', maria)
    records.report('r-3')
    records.contact('r-3', { email: 'x@inbox.example' })
    for (const report of ['r-2', 'r-3']) {
      expect((await t.call('PUT', `${base}/work-orders/w-1/call-back`, { body: { report } })).status).toBe(409)
    }
  })
})

test('the clock of the tests is where the terms are counted from', () => {
  expect(toIso(epoch)).toBe('2026-01-10T18:00:00.000Z')
})
