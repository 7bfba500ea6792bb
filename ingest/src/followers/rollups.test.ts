import type { JournalEntry } from '@fanari/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { t0 } from '../testing/journal.ts'
import { createRollups } from './rollups.ts'

const hourMs = 3_600_000

const entry = (
  position: number,
  device: string,
  reading: Extract<JournalEntry, { kind: 'reading' }>['reading'],
): JournalEntry => ({
  kind: 'reading',
  municipality: 'm',
  device,
  reading,
  position,
  receivedAt: t0,
})

const range = { from: t0, to: t0 + 24 * hourMs }

describe('hourly roll-ups', () => {
  test('add up each field of each device by the hour of its event time', async () => {
    const rollups = createRollups({ folder: temporaryFolder() })
    rollups.start()
    await rollups.apply([
      entry(1, 'a', { at: t0, activePower: 60, activeEnergy: 100 }),
      entry(2, 'a', { at: t0 + 600_000, activePower: 80, activeEnergy: 100.5, panelVoltage: 20, panelCurrent: 2 }),
      { kind: 'tick', hearing: true, position: 3, receivedAt: t0 },
      entry(4, 'a', { at: t0 + hourMs, panelVoltage: 20 }),
      entry(5, 'b', { at: t0, activePower: -5 }),
      entry(6, 'a', { at: t0 + 300_000, activePower: 10 }),
    ])
    expect(await rollups.hourly('m', 'a', range)).toEqual([
      {
        hour: t0,
        readings: 3,
        fields: {
          activePower: { count: 3, sum: 150, min: 10, max: 80, last: 80, lastAt: t0 + 600_000 },
          activeEnergy: { count: 2, sum: 200.5, min: 100, max: 100.5, last: 100.5, lastAt: t0 + 600_000 },
          panelPower: { count: 1, sum: 40, min: 40, max: 40, last: 40, lastAt: t0 + 600_000 },
        },
      },
      { hour: t0 + hourMs, readings: 1, fields: {} },
    ])
    expect(await rollups.hourly('m', 'a', { from: t0 + hourMs, to: t0 + 2 * hourMs })).toHaveLength(1)
    expect(await rollups.hourly('elsewhere', 'a', range)).toEqual([])
    expect(rollups.cursor()).toBe(6)
    await rollups.stop()
  })

  test('count every reading once, whatever is written when, lost with a crash, and applied again', async () => {
    const reading = fc.record({
      device: fc.constantFrom('a', 'b'),
      at: fc.integer({ min: 0, max: 3 * hourMs }),
      activePower: fc.integer({ min: 0, max: 1_000 }),
    })
    const action = fc.constantFrom('flush', 'crash', 'restart', 'repeat', 'go on')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(reading, { maxLength: 8 }), action), { maxLength: 12 }),
        async (steps) => {
          const folder = temporaryFolder()
          let rollups = createRollups({ folder, flushEntries: 10 })
          rollups.start()
          const journal: JournalEntry[] = []
          for (const [readings, what] of steps) {
            for (const { device, at, activePower } of readings) {
              journal.push(entry(journal.length + 1, device, { at: t0 + at, activePower }))
            }
            // As a follower is fed: from its cursor on, and after a failure some entries again.
            await rollups.apply(journal.slice(rollups.cursor()))
            if (what === 'repeat') await rollups.apply(journal.slice(-5))
            if (what === 'flush') await rollups.flush()
            if (what === 'restart') await rollups.stop()
            if (what === 'restart' || what === 'crash') {
              rollups = createRollups({ folder, flushEntries: 10 })
              rollups.start()
            }
          }
          await rollups.apply(journal.slice(rollups.cursor()))
          for (const device of ['a', 'b']) {
            const hours = await rollups.hourly('m', device, range)
            const own = journal.flatMap((one) => (one.kind === 'reading' && one.device === device ? [one.reading] : []))
            expect(hours.reduce((sum, { readings }) => sum + readings, 0)).toBe(own.length)
            const total = own.reduce((sum, { activePower = 0 }) => sum + activePower, 0)
            expect(hours.reduce((sum, { fields }) => sum + (fields.activePower?.sum ?? 0), 0)).toBe(total)
          }
          await rollups.stop()
        },
      ),
      { numRuns: 25 },
    )
  })

  test('keep their cursor with what they have written, and no further', async () => {
    const folder = temporaryFolder()
    const rollups = createRollups({ folder, flushEntries: 3 })
    rollups.start()
    await rollups.apply([entry(1, 'a', { at: t0 }), entry(2, 'a', { at: t0 })])
    expect(rollups.cursor()).toBe(0)
    await rollups.apply([entry(3, 'a', { at: t0 })])
    expect(rollups.cursor()).toBe(3)
    await rollups.apply([entry(4, 'a', { at: t0 })])
    await rollups.stop()
    rollups.start()
    expect(rollups.cursor()).toBe(4)
    await rollups.stop()
  })

  test('let others run while many are written', async () => {
    const rollups = createRollups({ folder: temporaryFolder() })
    rollups.start()
    await rollups.apply(
      Array.from({ length: 4_000 }, (_, index) => entry(index + 1, `d${index}`, { at: t0, activePower: 1 })),
    )
    let turns = 0
    let waiting = true
    const count = (): void => {
      turns += 1
      if (waiting) setImmediate(count)
    }
    setImmediate(count)
    await rollups.flush()
    waiting = false
    expect(turns).toBeGreaterThan(20)
    expect((await rollups.hourly('m', 'd3999', range))[0]?.readings).toBe(1)
    await rollups.stop()
  })
})
