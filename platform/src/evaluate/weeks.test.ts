import { describe, expect, test } from 'vitest'
import { explainWeek } from './explain.ts'
import { scoreWeek } from './week.ts'
import { scoreWeeks } from './weeks.ts'

const size = { lights: 40, days: 1 }

describe('a simulated week', () => {
  test('scores the same every time, in a thread or not', async () => {
    const [first, second] = await scoreWeeks([3, 4], size, { jobs: 2 })
    expect(first).toEqual(scoreWeek(3, size))
    expect(second).toEqual(scoreWeek(4, size))
    expect(first?.messages).toBeGreaterThan(10_000)
    expect(first?.quarantined).toBeLessThan((first?.messages ?? 0) / 100)
  })

  test('can be explained: every cause for a ticket and every ticket stands in it', () => {
    const week = scoreWeek(4, { lights: 60, days: 2 })
    const text = explainWeek(week)
    for (const { kind } of week.detection.causes.filter(({ tickets }) => tickets.length > 0))
      expect(text).toContain(`${kind} on`)
    for (const { id, cause } of week.detection.tickets) if (cause === null) expect(text).toContain(id)
  })

  test('that cannot be drawn is told with its seed', async () => {
    await expect(scoreWeeks([5], { lights: 0 }, { jobs: 1 })).rejects.toThrow(/seed 5: .*lights/)
  })
})
