import { type JournalRecord, toIso } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { append, openJournal, readAll, reading, t0 } from '../testing/journal.ts'

const oneOfEachKind: JournalRecord[] = [
  { kind: 'reading', municipality: 'm', device: 'd', reading: { at: t0, seq: 0, activePower: 61.5, doorOpen: false } },
  { kind: 'reading', municipality: 'm', device: 'd', reading: { at: t0 + 1, measurements: { Ήχος: 3.5 } } },
  { kind: 'status', municipality: 'm', device: 'd', status: { state: 'online', session: 's1', at: t0 } },
  { kind: 'status', municipality: 'm', device: 'd', status: { state: 'offline' } },
  { kind: 'event', municipality: 'm', device: 'd', event: { type: 'supplyLoss', at: t0, details: { φάση: ['L1'] } } },
  { kind: 'result', municipality: 'm', device: 'd', result: { id: 'c1', status: 'applied' } },
  { kind: 'quarantine', municipality: '', topic: 'city/\ud800', reason: 'unknownTopic', payload: '\u0000"\n' },
  { kind: 'tick', hearing: true },
  { kind: 'platform', state: 'start' },
  { kind: 'municipality', municipality: { id: 'm', name: 'Ορεστιάδα', timeZone: 'Europe/Athens' } },
  { kind: 'assets', municipality: 'm', features: [] },
  { kind: 'maintenance', municipality: 'm', scope: { kind: 'circuit', id: 'c' }, until: null, note: 'σκάψιμο' },
]

describe('what was appended', () => {
  test('is read back as it was, with positions without gaps, before and after a restart', async () => {
    const journal = await openJournal()
    for (const record of oneOfEachKind) await append(journal, record)
    const expected = oneOfEachKind.map((record, index) => ({ ...record, position: index + 1, receivedAt: t0 }))
    expect(await readAll(journal)).toEqual(expected)

    await journal.stop()
    await journal.start()
    expect(await readAll(journal)).toEqual(expected)
    expect(journal.head).toBe(oneOfEachKind.length)
  })

  test('is the same in pieces of any size, read by several at once, also while segments are sealed', async () => {
    const journal = await openJournal({ segmentBytes: 200_000 })
    const pieces = [7, 250, 1_000, 1_024, 1_500]
    const readers = pieces.map((size) => ({ size, seqs: [] as unknown[], next: 1 }))
    for (let round = 0; round < 6; round += 1) {
      for (let i = 0; i < 1_000; i += 1) {
        const seq = round * 1_000 + i + 1
        journal.append(reading('d', t0 + seq, seq))
      }
      await new Promise<void>((resolve) => journal.barrier(() => resolve()))
      for (let turn = 0; turn < 200; turn += 1) {
        for (const reader of readers) {
          const entries = reader.next > journal.head ? [] : await journal.read(reader.next, reader.size)
          reader.seqs.push(...entries.map((entry) => (entry.kind === 'reading' ? entry.reading.seq : entry.kind)))
          reader.next += entries.length
        }
      }
    }
    const all = Array.from({ length: 6_000 }, (_, i) => i + 1)
    for (const { seqs } of readers) expect(seqs).toEqual(all)
  })

  test('keeps a reading as it was received, and its time in milliseconds', async () => {
    const journal = await openJournal()
    const received = Buffer.from(`{ "activePower":6.0e1, "at":"2026-01-01T02:00:00+02:00" }`)
    journal.append(reading('d', t0, undefined, 60), undefined, received)
    await append(journal, { kind: 'tick', hearing: true })
    const [entry] = await journal.read(1, 1)
    expect(entry).toEqual({ ...reading('d', t0, undefined, 60), position: 1, receivedAt: t0 })
  })

  test('has a receivedAt that never goes back, not even when the clock does and the platform restarts', async () => {
    let now = t0
    const journal = await openJournal({ now: () => now })
    await append(journal, { kind: 'tick', hearing: true })
    now = t0 - 3_600_000
    await append(journal, { kind: 'tick', hearing: true })
    await journal.stop()
    await journal.start()
    await append(journal, { kind: 'tick', hearing: true })
    now = t0 + 1
    await append(journal, { kind: 'tick', hearing: true })
    expect((await readAll(journal)).map(({ receivedAt }) => receivedAt)).toEqual([t0, t0, t0, t0 + 1])
  })

  test('is refused before the start and after the stop', async () => {
    const journal = await openJournal()
    await journal.stop()
    await expect(append(journal, { kind: 'tick', hearing: true })).rejects.toThrow('not open')
    expect(journal.readiness().ready).toBe(false)
  })

  test('that is too large for one record is refused alone', async () => {
    const journal = await openJournal()
    const huge: JournalRecord = {
      ...reading('d', t0),
      kind: 'status',
      municipality: 'm',
      device: 'd',
      status: { state: 'online', firmware: 'x'.repeat(65 * 1024 * 1024) },
    }
    const refused = append(journal, huge)
    const kept = append(journal, { kind: 'tick', hearing: true })
    await expect(refused).rejects.toThrow('too large')
    expect((await kept).position).toBe(1)
  })
})

describe('one folder', () => {
  test('is used by one journal at a time', async () => {
    const folder = temporaryFolder()
    const first = await openJournal({ folder })
    await expect(openJournal({ folder })).rejects.toThrow('in use')
    await first.stop()
    await openJournal({ folder })
  })

  test('may be started and stopped again and again, also all at once', async () => {
    const journal = await openJournal()
    await Promise.all([journal.start(), journal.start()])
    await Promise.all([journal.stop(), journal.stop()])
    await journal.start()
    await Promise.all([journal.stop(), journal.stop(), journal.start(), journal.start()])
    expect((await append(journal, { kind: 'tick', hearing: true })).position).toBe(1)
  })
})

describe('group commit', () => {
  test('calls back in the order of the appends, after the listeners, once all before it is durable', async () => {
    const journal = await openJournal({ maxBatchBytes: 200 })
    const seen: string[] = []
    journal.onCommitted((entries) => seen.push(...entries.map(({ position }) => `heard ${position}`)))
    const ended = new Promise<void>((resolve) => {
      for (let number = 1; number <= 9; number += 1) {
        journal.append(reading('d', t0 + number, number), (error, entry) => {
          seen.push(`done ${entry?.position}`)
          expect(error).toBeNull()
          expect(journal.head).toBeGreaterThanOrEqual(entry?.position as number)
          if (number === 9) resolve()
        })
      }
    })
    await ended
    expect(seen.filter((line) => line.startsWith('done'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `done ${n}`))
    for (let number = 1; number <= 9; number += 1) {
      expect(seen.indexOf(`heard ${number}`)).toBeLessThan(seen.indexOf(`done ${number}`))
    }
  })

  test('makes few commits of many appends', async () => {
    const journal = await openJournal()
    await Promise.all(Array.from({ length: 5_000 }, (_, number) => append(journal, reading('d', t0 + number, number))))
    const commits = journal.metrics().find(({ name }) => name === 'fanari_journal_commits_total')
    expect(commits?.values[0]?.value).toBeLessThanOrEqual(3)
  })

  test('is not disturbed by a callback or listener that throws', async () => {
    const logged: string[] = []
    const journal = await openJournal({ log: (_level, event) => void logged.push(event) })
    journal.onCommitted(() => {
      throw new Error('listener')
    })
    journal.append({ kind: 'tick', hearing: true }, () => {
      throw new Error('callback')
    })
    expect((await append(journal, { kind: 'tick', hearing: true })).position).toBe(2)
    expect(logged).toEqual(expect.arrayContaining(['journal.listenerThrew', 'journal.callbackThrew']))
  })

  test('a barrier waits for all before it, and for nothing when nothing is pending', async () => {
    const journal = await openJournal()
    let atOnce = false
    journal.barrier(() => {
      atOnce = true
    })
    expect(atOnce).toBe(true)
    journal.append(reading('d', t0, 1))
    const headAtBarrier = await new Promise((resolve) => journal.barrier(() => resolve(journal.head)))
    expect(headAtBarrier).toBe(1)
  })

  test('the register writes several records and learns the last position', async () => {
    const journal = await openJournal()
    await append(journal, { kind: 'tick', hearing: true })
    const records: JournalRecord[] = [
      { kind: 'municipality', municipality: { id: 'm', name: 'M', timeZone: 'Europe/Athens' } },
      { kind: 'assets', municipality: 'm', features: [] },
    ]
    expect(await journal.commands.append(records)).toEqual({ position: 3 })
  })
})

describe('readings of a device', () => {
  const range = { from: t0, to: t0 + 1_000, limit: 100 }

  test('come oldest first whatever the order they arrived in, across segments, and only durable ones', async () => {
    const journal = await openJournal({ segmentBytes: 300 })
    for (const offset of [5, 3, 900, 1, 4, 2, 1_000, 0]) {
      await append(journal, reading('d', t0 + offset, offset))
      await append(journal, reading('other', t0 + offset, offset))
    }
    journal.append(reading('d', t0 + 7, 7))
    const readings = await journal.readings('m', 'd', range)
    expect(readings.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 900])
    expect(readings[0]).toEqual({ at: toIso(t0), receivedAt: toIso(t0), seq: 0 })
    expect((await journal.readings('m', 'd', { ...range, limit: 3 })).map(({ seq }) => seq)).toEqual([0, 1, 2])
    expect(await journal.readings('m', 'nobody', range)).toEqual([])
  })

  test('of the same time come by their sequence number', async () => {
    const journal = await openJournal()
    for (const seq of [2, 0, 1, undefined]) await append(journal, reading('d', t0, seq))
    expect((await journal.readings('m', 'd', range)).map(({ seq }) => seq)).toEqual([undefined, 0, 1, 2])
  })

  test('do not hold up others, 100 000 of them', async () => {
    const journal = await openJournal({ segmentBytes: 4 * 1024 * 1024 })
    for (let number = 0; number < 100_000; number += 1) journal.append(reading('d', t0 + number, number, 60))
    await append(journal, { kind: 'tick', hearing: true })
    let turns = 0
    let waiting = true
    const count = (): void => {
      turns += 1
      if (waiting) setImmediate(count)
    }
    setImmediate(count)
    const readings = await journal.readings('m', 'd', { from: t0, to: t0 + 1e9, limit: 100_000 })
    waiting = false
    expect(readings).toHaveLength(100_000)
    expect(readings.at(-1)?.seq).toBe(99_999)
    expect(turns).toBeGreaterThan(20)
  })
})

describe('quarantine', () => {
  const bad = (municipality: string, payload: string): JournalRecord => ({
    kind: 'quarantine',
    municipality,
    topic: 't',
    reason: 'malformedJson',
    payload,
  })

  test('is read newest first, page by page, across segments and a restart', async () => {
    const journal = await openJournal({ segmentBytes: 400 })
    for (let number = 1; number <= 7; number += 1) {
      await append(journal, bad('m', `p${number}`))
      await append(journal, bad('elsewhere', 'other'))
    }
    await journal.stop()
    await journal.start()
    const first = await journal.quarantine('m', { limit: 3 })
    expect(first.items.map(({ payload }) => payload)).toEqual(['p7', 'p6', 'p5'])
    expect(first.items[0]).toEqual({ topic: 't', reason: 'malformedJson', payload: 'p7', receivedAt: toIso(t0) })
    const second = await journal.quarantine('m', { limit: 3, before: first.next as number })
    expect(second.items.map(({ payload }) => payload)).toEqual(['p4', 'p3', 'p2'])
    const third = await journal.quarantine('m', { limit: 3, before: second.next as number })
    expect(third).toMatchObject({ items: [{ payload: 'p1' }], next: null })
  })
})

describe('a duplicate', () => {
  const cases: { name: string; stored: [number, number?]; asked: [number, number?]; duplicate: boolean }[] = [
    { name: 'same time and number', stored: [5, 1], asked: [5, 1], duplicate: true },
    { name: 'same time, both without a number', stored: [5], asked: [5], duplicate: true },
    { name: 'same time, another number', stored: [5, 1], asked: [5, 2], duplicate: false },
    { name: 'same time, one without a number', stored: [5, 0], asked: [5], duplicate: false },
    { name: 'another time, same number', stored: [5, 1], asked: [4, 1], duplicate: false },
    { name: 'later than anything', stored: [5, 1], asked: [6, 1], duplicate: false },
  ]
  const states = [
    'not committed yet',
    'committed',
    'after a restart',
    'in a sealed segment',
    'in a sealed segment, after a restart',
  ]

  for (const state of states) {
    test.for(cases)(`is told by device, time and number: $name, ${state}`, async ({ stored, asked, duplicate }) => {
      const journal = await openJournal({ segmentBytes: 200 })
      const appended = append(journal, reading('d', t0 + stored[0], stored[1]))
      if (state !== 'not committed yet') await appended
      if (state.includes('sealed')) for (let n = 0; n < 20; n += 1) await append(journal, reading('other', t0 + n, n))
      if (state.includes('restart')) {
        await journal.stop()
        await journal.start()
      }
      expect(journal.hasReading('m', 'd', t0 + asked[0], asked[1])).toBe(duplicate)
      expect(journal.hasReading('m', 'x', t0 + asked[0], asked[1])).toBe(false)
      expect(journal.hasReading('other', 'd', t0 + asked[0], asked[1])).toBe(false)
      await appended
    })
  }

  test('is found when it is late: far behind the device’s newest reading, many segments ago', async () => {
    const journal = await openJournal({ segmentBytes: 1_000 })
    for (let number = 0; number < 200; number += 1) await append(journal, reading('d', t0 + number, number))
    await journal.stop()
    await journal.start()
    for (let number = 0; number < 200; number += 1) {
      expect(journal.hasReading('m', 'd', t0 + number, number)).toBe(true)
      expect(journal.hasReading('m', 'd', t0 + number, number + 1)).toBe(false)
    }
  })
})

describe('retention', () => {
  test('deletes sealed segments that are old and below every follower, and nothing else', async () => {
    let now = t0
    const journal = await openJournal({ now: () => now, segmentBytes: 200, folder: temporaryFolder() })
    for (let number = 0; number < 40; number += 1) {
      now = t0 + number * 1_000
      await append(journal, reading('d', now, number))
    }
    expect(await journal.prune(t0, 1_000)).toBe(0)
    expect(await journal.prune(t0 + 1e9, 1)).toBe(0)
    expect(journal.first).toBe(1)
    expect(await journal.prune(t0 + 20_000, 1_000)).toBeGreaterThan(0)
    const { first } = journal
    expect(first).toBeGreaterThan(10)
    expect(first).toBeLessThanOrEqual(21)

    await journal.stop()
    await journal.start()
    expect(journal.first).toBe(first)
    expect((await journal.read(1, 1))[0]?.position).toBe(first)
    expect((await readAll(journal)).at(-1)?.position).toBe(40)
    expect(await journal.prune(t0 + 1e9, 1_000)).toBeGreaterThan(0)
    expect((await append(journal, { kind: 'tick', hearing: true })).position).toBe(41)
  })
})
