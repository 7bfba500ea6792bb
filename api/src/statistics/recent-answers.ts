import { type Instant, secondMs } from '@fanari/contracts'

/** An answer stands for so long while nothing happens: it says itself of when it is, and only the ages of what is open grow [ms]. */
const standsForMs = 10 * secondMs

/** Answers that are asked for again and again, by every page that shows them. */
export interface RecentAnswers<Answer> {
  /**
   * @param question what was asked
   * @param of what the answer is made of: another value of any of them is another answer
   */
  of(
    question: string,
    of: Readonly<Record<string, unknown>>,
    at: Instant,
    answer: () => Promise<Answer>,
  ): Promise<Answer>
}

export const createRecentAnswers = <Answer>(): RecentAnswers<Answer> => {
  const known = new Map<string, { of: Readonly<Record<string, unknown>>; at: Instant; answer: Answer }>()
  const isOld = (one: Instant, at: Instant) => at < one || at - one >= standsForMs

  return {
    of: async (question, of, at, answer) => {
      const recent = known.get(question)
      if (
        recent !== undefined &&
        !isOld(recent.at, at) &&
        Object.entries(of).every(([name, value]) => recent.of[name] === value)
      )
        return recent.answer
      for (const [old, { at: then }] of known) if (isOld(then, at)) known.delete(old)
      const fresh = await answer()
      known.set(question, { of, at, answer: fresh })
      return fresh
    },
  }
}
