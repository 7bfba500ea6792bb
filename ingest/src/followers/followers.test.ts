import type { JournalEntry, Log } from '@fanari/contracts'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { append, openJournal, quiet, reading, t0 } from '../testing/journal.ts'
import { createFollowers, type Follower } from './followers.ts'

type OpenJournal = Awaited<ReturnType<typeof openJournal>>

/** Notes the positions it takes and how large the pieces were. */
const recorder = (
  name: string,
  options: { from?: number; apply?: (entries: readonly JournalEntry[]) => void | Promise<void> } = {},
) => {
  const taken: number[] = []
  const pieces: number[] = []
  let busy = 0
  let overlapped = false
  const follower: Follower = {
    name,
    cursor: () => taken.at(-1) ?? options.from ?? 0,
    async apply(entries) {
      busy += 1
      overlapped ||= busy > 1
      await options.apply?.(entries)
      taken.push(...entries.map(({ position }) => position))
      pieces.push(entries.length)
      busy -= 1
    },
  }
  return { follower, taken, pieces, overlapped: () => overlapped }
}

const fill = async (journal: OpenJournal, count: number): Promise<void> => {
  for (let number = 0; number < count; number += 1) journal.append(reading('d', t0 + journal.head + number, number))
  await new Promise<void>((resolve, reject) => journal.barrier((error) => (error === null ? resolve() : reject(error))))
}

const runFollowers = (journal: OpenJournal, log: Log = quiet) => {
  const followers = createFollowers({ journal, log, retryMs: 1, waitingEntries: 5_000 })
  onTestFinished(() => followers.stop())
  return followers
}

const oneTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

describe('a follower', () => {
  test('catches up from disk in pieces, then gets what is committed, each entry once and in order', async () => {
    const journal = await openJournal({ segmentBytes: 20_000 })
    await fill(journal, 2_500)
    const read = vi.spyOn(journal, 'read')
    const { follower, taken, pieces, overlapped } = recorder('f')
    const followers = runFollowers(journal)
    followers.add(follower)
    followers.start()
    await followers.caughtUp('f')
    expect(taken).toEqual(oneTo(2_500))
    expect(Math.max(...pieces)).toBeLessThanOrEqual(1_000)

    const readsBefore = read.mock.calls.length
    for (let number = 0; number < 20; number += 1) await fill(journal, 10)
    await followers.caughtUp('f')
    expect(taken).toEqual(oneTo(2_700))
    expect(read.mock.calls.length).toBe(readsBefore)
    expect(overlapped()).toBe(false)
  })

  test('begins behind its cursor', async () => {
    const journal = await openJournal()
    await fill(journal, 50)
    const { follower, taken } = recorder('f', { from: 40 })
    const followers = runFollowers(journal)
    followers.start()
    followers.add(follower)
    await followers.caughtUp('f')
    expect(taken).toEqual(oneTo(50, 41))
  })

  test('that is slow reads from disk what no longer waits in memory, and misses nothing', async () => {
    const journal = await openJournal()
    const gate = Promise.withResolvers<void>()
    const { follower, taken } = recorder('slow', { apply: () => gate.promise })
    const fast = recorder('fast')
    const followers = runFollowers(journal)
    followers.add(follower)
    followers.add(fast.follower)
    followers.start()
    for (let round = 0; round < 15; round += 1) await fill(journal, 1_000)
    await followers.caughtUp('fast')
    expect(taken).toEqual([])
    gate.resolve()
    await followers.caughtUp('slow')
    await fill(journal, 5)
    await followers.caughtUp('slow')
    expect(taken).toEqual(oneTo(15_005))
  })

  test('that is patient takes little at a time while it is behind, more once it has caught up, and misses nothing', async () => {
    const journal = await openJournal()
    await fill(journal, 3_000)
    let fed = 0
    // Devices go on sending while it is behind.
    const { follower, taken, pieces } = recorder('patient', {
      apply: () => {
        if (++fed <= 10) journal.append(reading('d', t0 + 10_000 + fed, 10_000 + fed))
      },
    })
    const followers = runFollowers(journal)
    followers.add({ ...follower, isPatient: true })
    followers.start()
    await vi.waitFor(() => expect(taken).toEqual(oneTo(3_010)))
    expect(Math.max(...pieces)).toBe(250)

    await fill(journal, 1_000)
    await followers.caughtUp('patient')
    expect(taken).toEqual(oneTo(4_010))
    expect(Math.max(...pieces)).toBeGreaterThan(250)
  })

  test('that is patient is slow only for devices: ticks of the platform are none', async () => {
    const journal = await openJournal()
    await fill(journal, 40_000)
    const told: (boolean | undefined)[] = []
    let feed = (): void => journal.append({ kind: 'tick', hearing: true })
    const follower: Follower = {
      name: 'patient',
      isPatient: true,
      cursor: () => 0,
      apply: (_entries, isYielding) => {
        told.push(isYielding)
        feed()
      },
    }
    const followers = runFollowers(journal)
    followers.add(follower)
    followers.start()
    await followers.caughtUp('patient')
    expect(told.length).toBeGreaterThan(100)
    expect(told).not.toContain(true)

    await followers.stop()
    told.length = 0
    let seq = 50_000
    feed = () => {
      seq += 1
      journal.append(reading('d', t0 + seq, seq))
    }
    followers.start()
    await vi.waitFor(() => expect(told.filter((isYielding) => isYielding).length).toBeGreaterThan(5))
    await followers.stop()
  })

  test('that throws gets the same entries again, and does not hold up another', async () => {
    const journal = await openJournal()
    const logged: Record<string, unknown>[] = []
    let failures = 0
    const faulty = recorder('faulty', {
      apply() {
        failures += 1
        if (failures <= 3) throw new Error('no such table')
      },
    })
    const sound = recorder('sound')
    const followers = runFollowers(journal, (_level, event, fields) => void logged.push({ event, ...fields }))
    followers.add(faulty.follower)
    followers.add(sound.follower)
    followers.start()
    await fill(journal, 3)
    await followers.caughtUp('sound')
    await followers.caughtUp('faulty')
    expect(faulty.taken).toEqual([1, 2, 3])
    expect(sound.taken).toEqual([1, 2, 3])
    expect(logged.filter(({ event }) => event === 'follower.failed')).toMatchObject([
      { follower: 'faulty', position: 1, error: 'Error: no such table' },
      { follower: 'faulty' },
      { follower: 'faulty' },
    ])
  })

  test('is told by lag and failures in the metrics, and holds back retention by its cursor', async () => {
    const journal = await openJournal()
    const gate = Promise.withResolvers<void>()
    const stuck = recorder('stuck', { from: 2, apply: () => gate.promise })
    const followers = runFollowers(journal)
    followers.add(stuck.follower)
    await fill(journal, 10)
    followers.start()
    const lag = followers.metrics().find(({ name }) => name === 'fanari_follower_lag_entries')
    expect(lag?.values).toEqual([{ labels: { follower: 'stuck' }, value: 8 }])
    expect(followers.slowestCursor()).toBe(2)
    let onDisk = 1
    followers.add({ ...recorder('lazy', { from: 7 }).follower, durableCursor: () => onDisk })
    expect(followers.slowestCursor()).toBe(1)
    onDisk = 7
    expect(followers.slowestCursor()).toBe(2)
    gate.resolve()
    await followers.caughtUp('stuck')
    onDisk = 10
    expect(followers.slowestCursor()).toBe(10)
  })

  test('goes on after a stop and a start, and whoever waits for it meanwhile is told', async () => {
    const journal = await openJournal()
    const { follower, taken } = recorder('f')
    const followers = runFollowers(journal)
    followers.add(follower)
    await fill(journal, 5)
    const waiting = followers.caughtUp('f')
    const told = expect(waiting).rejects.toThrow('stopped')
    await followers.stop()
    await told
    followers.start()
    await followers.caughtUp('f')
    await followers.stop()
    await fill(journal, 5)
    expect(taken).toEqual(oneTo(5))
    followers.start()
    await followers.caughtUp('f')
    expect(taken).toEqual(oneTo(10))
  })

  test('is known by one name only', async () => {
    const followers = runFollowers(await openJournal())
    followers.add(recorder('f').follower)
    expect(() => followers.add(recorder('f').follower)).toThrow('already')
    expect(() => followers.caughtUp('g')).toThrow('no follower g')
  })

  test('that is ahead of the journal is refused: one of them is from elsewhere', async () => {
    const followers = runFollowers(await openJournal())
    followers.start()
    expect(() => followers.add(recorder('f', { from: 3 }).follower)).toThrow('is at 3, but the journal ends at 0')
  })

  test('that lost its entries to retention begins with the first that is left', async () => {
    const journal = await openJournal({ segmentBytes: 1_000 })
    for (let number = 0; number < 50; number += 1) await append(journal, reading('d', t0 + number, number))
    await journal.prune(Number.POSITIVE_INFINITY, 1_000)
    const { follower, taken } = recorder('late')
    const followers = runFollowers(journal)
    followers.add(follower)
    followers.start()
    await followers.caughtUp('late')
    expect(journal.first).toBeGreaterThan(1)
    expect(taken).toEqual(oneTo(50, journal.first))
  })
})
