import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { openJournal, readAll, reading, t0 } from '../testing/journal.ts'

const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      device: fc.constantFrom('a', 'b', 'a-1', 'lamp'),
      at: fc.integer({ min: 0, max: 50 }),
      seq: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'commit' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
)

describe('the index', () => {
  test('answers as a scan of everything would, whatever was appended and however often it was restarted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 100, max: 1_500 }),
        async (steps, segmentBytes) => {
          const journal = await openJournal({ folder: temporaryFolder(), segmentBytes })
          const model: { device: string; at: number; seq: number | undefined }[] = []
          for (const one of steps) {
            if (one.do === 'commit') await new Promise((resolve) => journal.barrier(resolve))
            else if (one.do === 'restart') {
              await journal.stop()
              await journal.start()
            } else {
              const { device, at, seq } = one
              const duplicate = model.some((known) => known.device === device && known.at === at && known.seq === seq)
              expect(journal.hasReading('m', device, t0 + at, seq)).toBe(duplicate)
              if (duplicate) continue
              model.push({ device, at, seq })
              journal.append(reading(device, t0 + at, seq))
            }
          }
          await new Promise((resolve) => journal.barrier(resolve))
          const entries = await readAll(journal)
          expect(entries.map(({ position }) => position)).toEqual(model.map((_, index) => index + 1))
          for (const device of ['a', 'b', 'a-1', 'lamp']) {
            const expected = model
              .filter((one) => one.device === device && one.at >= 10 && one.at < 40)
              .sort((x, y) => x.at - y.at || (x.seq ?? -1) - (y.seq ?? -1))
            for (const limit of [3, 100]) {
              const found = await journal.readings('m', device, { from: t0 + 10, to: t0 + 40, limit })
              expect(found.map(({ at, seq }) => [Date.parse(at) - t0, seq])).toEqual(
                expected.slice(0, limit).map(({ at, seq }) => [at, seq]),
              )
            }
          }
          await journal.stop()
        },
      ),
      { numRuns: 60 },
    )
  })
})
