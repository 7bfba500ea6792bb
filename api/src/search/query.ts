import { soundOf, soundsOf, stemOf, wordsOf } from './fold.ts'

/** A text in the two keys a query is compared with. */
export interface Keys {
  folded: string
  sound: string
}

/** One word of a query in all its readings. */
interface QueryWord {
  word: string
  stem: string
  sounds: string[]
}

/** What was asked, and the same with other names of the places in it. */
export type Query = readonly QueryWord[][]

/** Keys of a text, or of several that belong to one thing. */
export const keysOf = (...texts: (string | undefined)[]): Keys => {
  const folded = texts
    .map((text) => (text === undefined ? '' : wordsOf(text).join(' ')))
    .join(' ')
    .trim()
  return { folded, sound: soundOf(folded) }
}

const queryWord = (word: string): QueryWord => ({ word, stem: stemOf(word), sounds: soundsOf(word) })

const mostWords = 8

/**
 * Reads what was typed.
 * @param aliases groups of names of one place; a query that holds one is asked with each of the others as well
 */
export const readQuery = (text: string, aliases: readonly (readonly string[])[]): Query => {
  const asked = wordsOf(text).slice(0, mostWords).map(queryWord)
  const others = aliases.flatMap((group) => {
    const names = group.map((name) => wordsOf(name).map(queryWord))
    return names.flatMap((name) => {
      const rest = asked.filter((own) => !name.some((other) => isSame(own, other)))
      const isNamed = name.length > 0 && name.every((other) => asked.some((own) => isSame(own, other)))
      return isNamed ? names.filter((other) => other !== name).map((other) => [...rest, ...other]) : []
    })
  })
  return [asked, ...others].filter((words) => words.length > 0)
}

const isSame = (a: QueryWord, b: QueryWord): boolean =>
  a.stem === b.stem || a.sounds.some((sound) => b.sounds.includes(sound))

/** A trigram index cannot look for less. */
const shortestTerm = 3

/**
 * The query for an FTS5 table with the columns `folded` and `sound`, trigram-tokenized; `null` when no word is long enough for it.
 * Words of less than three letters are left to `fitness`.
 */
export const matchExpression = (query: Query): string | null => {
  const alternatives = query.map((words) => {
    const terms = words.flatMap(({ stem, sounds }) => {
      const readings = [
        ...(stem.length >= shortestTerm ? [`folded : ${quoted(stem)}`] : []),
        ...sounds.filter((sound) => sound.length >= shortestTerm).map((sound) => `sound : ${quoted(sound)}`),
      ]
      // A word with one reading too short might be found by that one only.
      return readings.length > 0 && [stem, ...sounds].every((reading) => reading.length >= shortestTerm)
        ? [`(${readings.join(' OR ')})`]
        : []
    })
    return terms.length === 0 ? null : `(${terms.join(' AND ')})`
  })
  return alternatives.length === 0 || alternatives.includes(null) ? null : alternatives.join(' OR ')
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** How well a text answers a query: 0 for not at all. A whole word counts more than its beginning, and that more than a part. */
export const fitness = (query: Query, { folded, sound }: Keys): number => {
  const words = folded.split(' ')
  const sounds = sound.split(' ')
  const ofWord = ({ word, stem, sounds: readings }: QueryWord): number => {
    if (words.includes(word)) return 4
    if (words.some((own) => own.startsWith(stem))) return 3
    if (folded.includes(stem)) return 2
    if (sounds.some((own) => readings.some((reading) => own.startsWith(reading)))) return 2.5
    return readings.some((reading) => sound.includes(reading)) ? 1 : 0
  }
  const ofWords = (asked: readonly QueryWord[]): number => {
    const each = asked.map(ofWord)
    return each.includes(0) ? 0 : each.reduce((sum, own) => sum + own, 0) / each.length
  }
  return Math.max(0, ...query.map(ofWords))
}
