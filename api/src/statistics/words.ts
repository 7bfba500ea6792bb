/** Numbers for words, so that rows can hold them; 0 is for none. */
export interface Words {
  /** One more than the greatest number. */
  readonly size: number
  numberOf(word: string | null): number
  /** By their numbers. */
  list(): readonly (string | null)[]
}

export const createWords = (): Words => {
  const numbers = new Map<string, number>()
  const words: (string | null)[] = [null]
  return {
    get size() {
      return words.length
    },
    numberOf: (word) => {
      if (word === null) return 0
      const known = numbers.get(word)
      if (known !== undefined) return known
      numbers.set(word, words.length)
      return words.push(word) - 1
    },
    list: () => words,
  }
}
