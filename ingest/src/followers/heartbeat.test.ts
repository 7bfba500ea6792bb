import { createRealClock } from '@fanari/contracts'
import { describe, expect, test, vi } from 'vitest'
import { append, openJournal, readAll } from '../testing/journal.ts'
import { until } from '../testing/until.ts'
import { createHeartbeat } from './heartbeat.ts'

describe('the heartbeat', () => {
  test('notes the start, ticks with what can be heard, and the stop; each once', async () => {
    const journal = await openJournal()
    let hearing = true
    const heartbeat = createHeartbeat({
      journal,
      periodMs: 1,
      clock: createRealClock(Date.now),
      hearing: () => hearing,
    })
    await Promise.all([heartbeat.start(), heartbeat.start()])
    await until(() => journal.head >= 3)
    hearing = false
    const silentFrom = journal.head
    await until(() => journal.head >= silentFrom + 3)
    await Promise.all([heartbeat.stop(), heartbeat.stop()])
    const { head } = journal
    await append(journal, { kind: 'platform', state: 'start' })

    const entries = await readAll(journal)
    expect(entries[0]).toMatchObject({ kind: 'platform', state: 'start' })
    expect(entries.findLast(({ kind }) => kind !== 'tick' && kind !== 'platform')).toBeUndefined()
    const states = entries.filter(({ kind }) => kind === 'platform')
    expect(states).toMatchObject([{ state: 'start' }, { state: 'stop' }, { state: 'start' }])
    expect(entries[head - 1]).toMatchObject({ kind: 'platform', state: 'stop' })
    const ticks = entries.flatMap((entry) => (entry.kind === 'tick' ? [entry.hearing] : []))
    expect(ticks.at(0)).toBe(true)
    expect(ticks.at(-1)).toBe(false)
  })

  test('waits for a tick to be durable before the next', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const appended: string[] = []
      const commits: (() => void)[] = []
      const heartbeat = createHeartbeat({
        journal: {
          append(record, committed) {
            appended.push(record.kind)
            commits.push(() => committed?.(null, null))
          },
        },
        clock: { now: () => 0, speed: 1 },
        hearing: () => true,
      })
      const started = heartbeat.start()
      commits.shift()?.()
      await started
      vi.advanceTimersByTime(499)
      expect(appended).toEqual(['platform'])
      vi.advanceTimersByTime(5_001)
      expect(appended).toEqual(['platform', 'tick'])
      commits.shift()?.()
      vi.advanceTimersByTime(500)
      expect(appended).toEqual(['platform', 'tick', 'tick'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('a tick after a stall of the process, or a step of the clock, says that nothing was heard', async () => {
    const journal = await openJournal()
    let now = 1_000_000
    const heartbeat = createHeartbeat({
      journal,
      periodMs: 1,
      clock: { now: () => now, speed: 1 },
      hearing: () => true,
    })
    await heartbeat.start()
    await until(() => journal.head >= 3)
    now += 60_000
    const { head } = journal
    await until(() => journal.head >= head + 5)
    await heartbeat.stop()
    const ticks = (await readAll(journal)).flatMap((entry) => (entry.kind === 'tick' ? [entry.hearing] : []))
    expect(ticks.filter((heard) => !heard)).toEqual([false])
  })
})
