import { describe, expect, test } from 'vitest'
import { type CountedStretch, clip, correct, tally } from './stretches.ts'

describe('stretches of a night', () => {
  test.each<[string, [number, number][], CountedStretch[]]>([
    [
      'all of it',
      [[0, 100]],
      [
        [0, 40, 'lit'],
        [40, 100, 'dark'],
      ],
    ],
    [
      'only what is planned',
      [[10, 50]],
      [
        [10, 40, 'lit'],
        [40, 50, 'dark'],
      ],
    ],
    [
      'two plans in one night',
      [
        [0, 20],
        [90, 100],
      ],
      [
        [0, 20, 'lit'],
        [90, 100, 'dark'],
      ],
    ],
    ['nothing', [[200, 300]], []],
  ])('count %s', (_, plan, expected) => {
    const lived: CountedStretch[] = [
      [0, 40, 'lit'],
      [40, 100, 'dark'],
    ]
    expect(
      clip(
        lived,
        plan.map(([from, until]) => ({ from, until })),
      ),
    ).toEqual(expected)
  })

  test.each<[string, CountedStretch[], boolean, number, boolean]>([
    ['one light, lit throughout', [[0, 10, 'lit']], false, 0, false],
    [
      'dark in the middle',
      [
        [0, 3, 'lit'],
        [3, 5, 'dark'],
        [5, 10, 'lit'],
      ],
      false,
      1,
      false,
    ],
    [
      'twice dark',
      [
        [0, 3, 'dark'],
        [3, 5, 'lit'],
        [5, 10, 'dark'],
      ],
      false,
      2,
      true,
    ],
    [
      'silence between does not end it',
      [
        [0, 3, 'dark'],
        [3, 5, 'unknown'],
        [5, 10, 'dark'],
      ],
      false,
      1,
      true,
    ],
    ['it goes on from the night before', [[0, 10, 'dark']], true, 0, true],
    [
      'it went on, ended and came again',
      [
        [0, 3, 'dark'],
        [3, 5, 'lit'],
        [5, 10, 'dark'],
      ],
      true,
      1,
      true,
    ],
    ['nothing heard after a dark night', [[0, 10, 'unknown']], true, 0, true],
  ])('%s', (_, stretches, darkBefore, episodes, endsDark) => {
    expect(tally(stretches, darkBefore)).toMatchObject({ episodes, endsDark })
  })

  test('times add up by what they count as', () => {
    const stretches: CountedStretch[] = [
      [0, 3, 'dark'],
      [3, 5, 'lit'],
      [5, 12, 'unknown'],
      [12, 13, 'maintenance'],
    ]
    expect(tally(stretches, false)).toMatchObject({ dark: 3, lit: 2, unknown: 7, maintenance: 1 })
  })

  test.each<[string, CountedStretch[], CountedStretch[]]>([
    [
      'cuts a stretch in three',
      [[0, 100, 'lit']],
      [
        [0, 20, 'lit'],
        [20, 60, 'dark'],
        [60, 100, 'lit'],
      ],
    ],
    [
      'joins with what was dark already',
      [
        [0, 50, 'lit'],
        [50, 100, 'dark'],
      ],
      [
        [0, 20, 'lit'],
        [20, 100, 'dark'],
      ],
    ],
    ['leaves maintenance alone', [[0, 100, 'maintenance']], [[0, 100, 'maintenance']]],
    ['does not reach outside', [[60, 100, 'lit']], [[60, 100, 'lit']]],
  ])('a correction %s', (_, before, after) => {
    const correction = { from: 20, until: 60, counted: 'dark', over: ['lit', 'unknown'] } as const
    expect(correct(before, correction)).toEqual(after)
    expect(correct(correct(before, correction), correction)).toEqual(after)
  })
})
