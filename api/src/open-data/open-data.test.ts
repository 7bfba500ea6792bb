import { hourMs } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { base, epoch, startTestLine, type TestLine } from '../reports/test-line.ts'
import { collection, community, luminaire, point } from '../test-documents.ts'
import type { OpenRequest } from './requests.ts'

let t: TestLine
beforeEach(async () => {
  t = await startTestLine()
})
afterEach(() => t.close())

const headers =
  'service_request_id,requested_datetime,updated_datetime,closed_date,status_description,status_notes,source,service_name,service_subtype,description,agency_responsible,address,lat,long'

/** Reads RFC 4180, strictly: every record ends with CR LF. */
const readCsv = (text: string): string[][] => {
  const records: string[][] = []
  let cells: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  while (field.lastIndex < text.length) {
    const found = field.exec(text)
    if (found === null) throw new Error(`no CSV: ${text.slice(0, 200)}`)
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] === '\r\n') {
      records.push(cells)
      cells = []
    }
  }
  return records
}
const get = async (path: string) => {
  const response = await fetch(t.url(`${base}/open-data/${path}`))
  const bytes = new Uint8Array(await response.arrayBuffer())
  return { response, bytes, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }
}
interface Document {
  licence: string
  publisher: string
  generatedAt: string
  requests: OpenRequest[]
}
const json = async (query = ''): Promise<Document> => {
  const { response, text } = await get(`requests.json${query}`)
  expect(response.status, text).toBe(200)
  return JSON.parse(text) as Document
}

describe('a lamp that was reported', () => {
  beforeEach(async () => {
    const { body } = await t.report({
      clientId: 'a',
      luminaire: 'A-2',
      address: 'Καραθεοδωρή 12, κουδούνι Παπαδόπουλου',
      description: 'Είμαι η Μαρία, 6912345678',
      contact: { name: 'Μαρία Παπαδοπούλου', phone: '6912345678', email: 'maria@example.gr' },
    })
    t.clock.set(epoch + hourMs)
    await t.post(`tickets/${body.ticket}/work`, { event: 'done', note: 'Στης Μαρίας' })
    await t.call('POST', `${base}/tracking/${body.trackingCode}/answer`, {
      body: { lit: 'yes', token: body.answerToken },
      token: null,
    })
  })

  test('is a record that says what, when, where and how it ended', async () => {
    const { response, text } = await get('requests.csv')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/)
    expect(response.headers.get('link')).toBe('<https://creativecommons.org/licenses/by/4.0/>; rel="license"')
    expect(text.startsWith(`${headers}\r\n`)).toBe(true)
    const [, record] = readCsv(text)
    expect(record?.slice(1)).toEqual([
      '2026-01-10T18:00:00.000Z',
      '2026-01-10T19:00:00.000Z',
      '2026-01-10T19:00:00.000Z',
      'Έκλεισε',
      'Επιβεβαιωμένη αποκατάσταση',
      'web',
      'Σβηστό φωτιστικό',
      'street-light-out',
      '',
      'Συνεργείο ηλεκτροφωτισμού Δήμου',
      'Καραθεοδωρή, ιστός A-2-p, Νέα Βύσσα',
      '41.58',
      expect.stringMatching(/^26\.5303/),
    ])
  })

  test('says the same in both formats, and in English when asked', async () => {
    const { licence, publisher, requests } = await json('?language=en')
    expect({ licence, publisher }).toEqual({
      licence: 'https://creativecommons.org/licenses/by/4.0/',
      publisher: 'orestiada',
    })
    expect(requests).toMatchObject([
      { status_description: 'Closed', service_name: 'Street light out', description: null },
    ])
    const [names = [], ...records] = readCsv((await get('requests.csv?language=en')).text)
    const asTexts = requests.map((request) => names.map((name) => String(request[name as keyof OpenRequest] ?? '')))
    expect(records).toEqual(asTexts)
  })

  test('and nothing of it that is personal is in any of them', async () => {
    for (const path of ['requests.csv', 'requests.json']) {
      expect((await get(path)).text).not.toMatch(/Μαρία|Παπαδοπ|6912345678|example\.gr|κουδούνι|Καραθεοδωρή 12/)
    }
  })
})

describe('a place that is no light', () => {
  test('is told to a hundred metres, by a street of the register and without what was typed', async () => {
    await t.report({
      clientId: 'a',
      category: 'pothole',
      lat: 41.580437,
      lon: 26.530482,
      street: 'ΚΑΡΑΘΕΟΔΩΡΗ',
      address: 'Καραθεοδωρή 7, έξω από του Γιώργου',
    })
    t.clock.set(epoch + 1)
    await t.report({ clientId: 'b', category: 'graffiti', lat: -41.5, lon: -26.5, street: 'του Γιώργου το σπίτι' })
    const { requests } = await json()
    expect(requests.map(({ address, lat, long }) => [address, lat, long])).toEqual([
      ['Καραθεοδωρή, Νέα Βύσσα', 41.58, 26.53],
      [null, -41.5, -26.5],
    ])
    // South and west of zero, in CSV they are numbers still.
    const [, , record] = readCsv((await get('requests.csv')).text)
    expect(record?.slice(-2)).toEqual(['-41.5', '-26.5'])
  })
})

test('a name in the register that is a formula to a spreadsheet is none in the file', async () => {
  await t.call('PUT', `${base}/assets`, {
    body: collection(
      community('bad', '=HYPERLINK("http://evil.example")'),
      luminaire('E-1', { community: 'bad', street: '@SUM(1,2)' }, point(26.6, 41.6)),
    ),
  })
  await t.report({ clientId: 'a', luminaire: 'E-1' })
  const [, record] = readCsv((await get('requests.csv')).text)
  expect(record?.at(-3)).toBe(`'@SUM(1,2), =HYPERLINK("http://evil.example")`)
})

test('questions, and what the spam guard has set aside, are not published', async () => {
  await t.report({ clientId: 'q', category: 'information' })
  await t.report({ clientId: 'i', luminaire: 'A-1', informationOnly: true })
  await t.report({
    clientId: 's',
    luminaire: 'A-1',
    description: '<a href="http://buy.example">http://buy.example</a>',
  })
  await t.report({ clientId: 'r', luminaire: 'A-1' })
  expect((await json()).requests.map(({ source }) => source)).toEqual(['web'])
})

test('hundreds of reports come in their order, each once, and of the period and category that were asked', async () => {
  const total = 240
  for (let index = 0; index < total; index++) {
    if (index % 3 === 0) t.clock.set(epoch + index * 60_000)
    await t.report({ clientId: `c-${index}`, luminaire: `A-${(index % 40) + 1}` })
  }
  const { requests } = await json()
  expect(requests).toHaveLength(total)
  expect(new Set(requests.map(({ service_request_id }) => service_request_id)).size).toBe(total)
  const times = requests.map(({ requested_datetime }) => requested_datetime)
  expect(times).toEqual(times.toSorted())
  expect((await json(`?to=${epoch + 60 * 60_000}`)).requests).toHaveLength(60)
  expect((await json('?category=pothole')).requests).toEqual([])
  expect((await json('?from=2026-01-01&to=2026-01-09')).requests).toEqual([])
  expect(readCsv((await get('requests.csv?from=2026-01-01&to=2026-01-09')).text)).toEqual([headers.split(',')])
}, 30_000)

describe('how it is asked for', () => {
  test('with a byte order mark, for spreadsheets', async () => {
    expect([...(await get('requests.csv?bom=true')).bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect((await get('requests.csv')).text.startsWith('service_request_id')).toBe(true)
  })

  test('with the licence that the municipality has set', async () => {
    const licence = 'https://creativecommons.org/publicdomain/zero/1.0/'
    const put = await t.call('PUT', `${base}/citizen-line/settings`, { body: { openDataLicence: licence } })
    expect(put.status, put.text).toBe(200)
    expect((await json()).licence).toBe(licence)
    const bad = await t.call('PUT', `${base}/citizen-line/settings`, {
      body: { openDataLicence: 'javascript:alert(1)' },
    })
    expect(bad.status).toBe(400)
  })

  test.each([
    'requests.csv?from=soon',
    'requests.csv?category=dragons',
    'requests.csv?bom=maybe',
    'requests.json?language=de',
  ])('%s is refused', async (path) => {
    expect((await get(path)).response.status).toBe(400)
  })

  test('of a municipality that is not known there is nothing', async () => {
    for (const path of ['requests.csv', 'requests.json']) {
      expect((await fetch(t.url(`/api/v1/municipalities/nowhere/open-data/${path}`))).status).toBe(404)
    }
  })
})
