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

/** A word with one reading too short for the index might be found by that one only. */
const isShort = ({ stem, sounds }: QueryWord): boolean => [stem, ...sounds].some(({ length }) => length < shortestTerm)

/**
 * The query for an FTS5 table with the columns `folded` and `sound`, trigram-tokenized; `null` when some way of asking has no word
 * that is long enough for it. Short words are left to `shortWordCondition`.
 */
export const matchExpression = (query: Query): string | null => {
  const alternatives = query.map((words) =>
    words
      .filter((word) => !isShort(word))
      .map(({ stem, sounds }) => {
        const readings = [`folded : ${quoted(stem)}`, ...sounds.map((sound) => `sound : ${quoted(sound)}`)]
        return `(${readings.join(' OR ')})`
      })
      .join(' AND '),
  )
  return alternatives.length === 0 || alternatives.includes('')
    ? null
    : alternatives.map((one) => `(${one})`).join(' OR ')
}

/** So many short words and readings are checked in SQL; the others are left to `fitness`. It keeps the statements few. */
const mostChecked = { words: 2, readings: 5 }

/**
 * What SQL has to check of the words that the index leaves out: that some word of the text begins with them. Of a query with
 * alternatives nothing: `fitness` decides.
 * @param offset the number of the first parameter
 */
export const shortWordCondition = (query: Query, offset: number): { sql: string; values: string[] } => {
  const [words = [], ...others] = query
  const values: string[] = []
  const beginsWith = (column: string, reading: string): string => {
    values.push(` ${reading}`)
    return `instr(' ' || ${column}, ?${offset + values.length - 1}) > 0`
  }
  const conditions = (others.length > 0 ? [] : words)
    .filter((word) => isShort(word) && word.sounds.length < mostChecked.readings)
    .slice(0, mostChecked.words)
    .map(({ stem, sounds }) => {
      const readings = [beginsWith('e.folded', stem), ...sounds.map((sound) => beginsWith('e.sound', sound))]
      return `(${readings.join(' OR ')})`
    })
  return { sql: ['1', ...conditions].join(' AND '), values }
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
