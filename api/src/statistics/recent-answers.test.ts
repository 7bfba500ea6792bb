import { expect, test } from 'vitest'
import { createRecentAnswers } from './recent-answers.ts'

test.each<{ what: string; question?: string; of?: { version: number }; at: number; again: boolean }>([
  { what: 'a moment later', at: 1_000, again: false },
  { what: 'ten seconds later', at: 10_000, again: true },
  { what: 'by a clock that went back', at: -1, again: true },
  { what: 'after a change', of: { version: 2 }, at: 1, again: true },
  { what: 'of something else', question: 'two years', at: 1, again: true },
])(
  'an answer asked for $what is found out again: $again',
  async ({ question = 'a month', of = { version: 1 }, at, again }) => {
    const answers = createRecentAnswers<string>()
    expect(await answers.of('a month', { version: 1 }, 0, async () => 'first')).toBe('first')
    expect(await answers.of(question, of, at, async () => 'second')).toBe(again ? 'second' : 'first')
  },
)
