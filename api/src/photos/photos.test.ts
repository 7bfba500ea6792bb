import { readdirSync } from 'node:fs'
import type { Attachment } from '@fanari/contracts'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRecords, type Records } from '../privacy/records.fixture.ts'
import { adminToken, startTestApi, type TestApi } from '../test-api.ts'
import { collection, luminaire } from '../test-documents.ts'

const base = '/api/v1/municipalities/orestiada'

let t: TestApi
let records: Records
beforeEach(async () => {
  t = await startTestApi()
  await t.call('PUT', `${base}/assets`, { body: collection(luminaire('L-1')) })
  records = openRecords(t)
  records.ticket('t-1')
  records.report('r-1')
  records.workOrder('w-1', 't-1')
})
afterEach(async () => {
  records.database.close()
  await t.close()
})

const red = { r: 200, g: 30, b: 30 }
const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: red } })
/** As a telephone makes it: lying on its side, with the place in it. */
const fromPhone = () =>
  picture(400, 300)
    .jpeg()
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Make: 'Telephone', Artist: 'Maria P' }, IFD3: { GPSLatitude: '41/1 30/1 0/1' } })
    .toBuffer()

const send = async (
  path: string,
  files: Buffer[],
  headers: Record<string, string> = { 'x-answer-token': 'answer-token' },
): Promise<{ status: number; items: Attachment[]; detail: string }> => {
  const form = new FormData()
  for (const [index, file] of files.entries()) form.append('files', new Blob([new Uint8Array(file)]), `${index}.jpg`)
  const response = await fetch(t.url(`${base}/${path}/photos`), { method: 'POST', body: form, headers })
  const { items = [], detail = '' } = (await response.json()) as { items?: Attachment[]; detail?: string }
  return { status: response.status, items, detail }
}
const staff = { authorization: `Bearer ${adminToken}` }
const contentOf = async (id: string, headers: Record<string, string> = {}) => {
  const response = await fetch(t.url(`${base}/photos/${id}`), { headers })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}
const storedFiles = () =>
  readdirSync(t.folder, { recursive: true }).filter((name) => `${name}`.startsWith('photos') && `${name}`.includes('.'))

describe('a photo', () => {
  test('is kept upright and small, without place, time and owner', async () => {
    const original = await fromPhone()
    expect((await sharp(original).metadata()).exif?.toString('latin1')).toContain('Maria P')
    const { status, items } = await send('reports/r-1', [original])
    expect(status).toBe(201)
    expect(items).toMatchObject([
      { mediaType: 'image/jpeg', widthPx: 300, heightPx: 400, public: false, by: 'citizen' },
    ])
    const { bytes, headers } = await contentOf(items[0]?.id ?? '', staff)
    const { exif, orientation, width, height, xmp, iptc } = await sharp(bytes).metadata()
    expect({ exif, orientation, width, height, xmp, iptc }).toEqual({ width: 300, height: 400 })
    expect(bytes.toString('latin1')).not.toMatch(/Maria|Telephone/)
    expect(headers.get('content-type')).toBe('image/jpeg')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each<[string, () => Promise<Buffer>]>([
    ['PNG', () => picture(3_000, 1_000).png().toBuffer()],
    ['WebP', () => picture(3_000, 1_000).webp().toBuffer()],
    ['AVIF', () => picture(3_000, 1_000).avif({ effort: 0 }).toBuffer()],
  ])('as %s becomes a JPEG of at most 2 048 pixels an edge', async (_name, make) => {
    const { items } = await send('reports/r-1', [await make()])
    expect(items).toMatchObject([{ mediaType: 'image/jpeg', widthPx: 2_048, heightPx: 683 }])
  })

  test('is for staff until somebody has let it be seen, and again when he takes that back', async () => {
    const { items } = await send('reports/r-1', [await fromPhone()])
    const id = items[0]?.id ?? ''
    const listed = async () =>
      (await t.call('GET', `${base}/tickets/t-1/photos`, { token: null })).body as { items: unknown[] }
    expect([(await contentOf(id)).status, (await contentOf(id, staff)).status]).toEqual([404, 200])
    expect((await listed()).items).toEqual([])
    await t.call('PUT', `${base}/photos/${id}/public`, { body: { public: true } })
    expect((await contentOf(id)).headers.get('cache-control')).toBe('public, max-age=300')
    expect((await listed()).items).toHaveLength(1)
    await t.call('PUT', `${base}/photos/${id}/public`, { body: { public: false } })
    expect((await contentOf(id)).status).toBe(404)
    const { items: events } = (await t.call('GET', `${base}/citizen-events`)).body as { items: { event: string }[] }
    expect(events.map(({ event }) => event)).toEqual(['photoAdded', 'photoModerated', 'photoModerated'])
  })

  test('that comes twice lies there once, and goes with the last that names it', async () => {
    const photo = await fromPhone()
    const first = await send('reports/r-1', [photo])
    const second = await send('work-orders/w-1', [photo], staff)
    expect(storedFiles()).toHaveLength(1)
    await t.call('DELETE', `${base}/photos/${first.items[0]?.id}`)
    expect((await contentOf(second.items[0]?.id ?? '', staff)).status).toBe(200)
    await t.call('DELETE', `${base}/photos/${second.items[0]?.id}`)
    expect(storedFiles()).toEqual([])
    expect((await t.call('DELETE', `${base}/photos/${second.items[0]?.id}`)).status).toBe(404)
  })

  test('is taken from the reporter and from staff, and from nobody else', async () => {
    const photo = await fromPhone()
    expect((await send('reports/r-1', [photo], {})).status).toBe(403)
    expect((await send('reports/r-1', [photo], { 'x-answer-token': 'guessed' })).status).toBe(403)
    expect((await send('reports/r-1', [photo], staff)).status).toBe(201)
    expect((await send('reports/nothing', [photo], staff)).status).toBe(404)
    expect((await send('work-orders/nothing', [photo], staff)).status).toBe(404)
    expect((await send('work-orders/w-1', [photo])).status).toBe(401)
  })

  test('beyond the fifth of a report is refused, also of two requests at once', async () => {
    const photo = await fromPhone()
    expect((await send('reports/r-1', [photo, photo, photo])).status).toBe(201)
    const both = await Promise.all([send('reports/r-1', [photo, photo]), send('reports/r-1', [photo, photo])])
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    expect((await send('reports/r-1', [photo])).status).toBe(409)
  })
})

describe('a hostile file', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  const half = async () => {
    const noise = await sharp({
      create: {
        width: 600,
        height: 600,
        channels: 3,
        background: red,
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer()
    return noise.subarray(0, noise.length / 2)
  }
  /** The head of a picture that claims to be 60 000 by 60 000. */
  const flood = async () => {
    const png = await picture(10, 10).png().toBuffer()
    png.writeUInt32BE(60_000, 16)
    png.writeUInt32BE(60_000, 20)
    return png
  }

  test.each<[string, () => Buffer | Promise<Buffer>, number]>([
    ['a program in SVG', () => svg, 415],
    ['a page in HTML', () => Buffer.from('<!doctype html><script>alert(1)</script>'), 415],
    ['an animation', async () => picture(10, 10).gif().toBuffer(), 415],
    ['an archive', () => Buffer.from('504b0304140000000800000021000000000000000000', 'hex'), 415],
    ['nothing', () => Buffer.alloc(0), 415],
    ['a few bytes', () => Buffer.from([0xff, 0xd8, 0xff]), 415],
    [
      'a JPEG head and rubbish',
      () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5_000, 7)]),
      400,
    ],
    ['half a photo', half, 400],
    ['a picture of 3 600 million pixels', flood, 413],
    [
      'a real picture of 100 million pixels in few bytes',
      async () => picture(10_000, 10_000).png({ compressionLevel: 9 }).toBuffer(),
      413,
    ],
    ['eleven megabytes', () => Buffer.alloc(11 * 1024 * 1024, 0xff), 413],
  ])('that is %s is refused, and what came with it too', async (_name, make, expected) => {
    const { status, detail } = await send('reports/r-1', [await fromPhone(), await make()])
    expect([status, detail.length > 0]).toEqual([expected, true])
    expect((await t.call('GET', `${base}/reports/r-1/photos`)).body).toEqual({ items: [] })
    expect((await send('reports/r-1', [await fromPhone()])).status).toBe(201)
  })

  test('that is a photo and an archive at once is kept as the photo alone', async () => {
    const archive = Buffer.from('PK\x03\x04 evil.js alert(document.cookie)', 'latin1')
    const { items } = await send('reports/r-1', [Buffer.concat([await fromPhone(), archive])])
    const { bytes } = await contentOf(items[0]?.id ?? '', staff)
    expect(bytes.toString('latin1')).not.toContain('evil')
  })

  test.each<[string, RequestInit, number]>([
    [
      'four files',
      {
        body: (() => {
          const form = new FormData()
          for (let index = 0; index < 4; index++) form.append('files', new Blob(['x']), 'x.jpg')
          return form
        })(),
      },
      413,
    ],
    [
      'no file',
      {
        body: (() => {
          const form = new FormData()
          form.append('text', 'hello')
          return form
        })(),
      },
      400,
    ],
    ['JSON', { body: '{}', headers: { 'content-type': 'application/json' } }, 415],
    ['a form without its boundary', { body: 'x', headers: { 'content-type': 'multipart/form-data' } }, 400],
    [
      'a form that breaks off',
      {
        body: '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nabc',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      },
      400,
    ],
  ])('sent as %s is refused', async (_name, request, expected) => {
    const headers = { ...(request.headers as Record<string, string>), 'x-answer-token': 'answer-token' }
    const response = await fetch(t.url(`${base}/reports/r-1/photos`), { method: 'POST', ...request, headers })
    expect(response.status).toBe(expected)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
  })

  test('opens no other door: multipart is refused where JSON is asked', async () => {
    const form = new FormData()
    form.append('a', 'b')
    expect((await fetch(t.url('/api/v1/tokens'), { method: 'POST', body: form, headers: staff })).status).toBe(415)
  })

  test('leaves no file behind', async () => {
    await send('reports/r-1', [await fromPhone(), svg])
    expect(storedFiles().filter((name) => !`${name}`.endsWith('.jpg'))).toEqual([])
  })
})
