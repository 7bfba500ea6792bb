/**
 * How Greek is written in a hurry: without accents or case, with either sigma, with the old breathings, or in Latin letters. Search
 * compares keys in which none of that matters. Pure.
 * @module
 */

/** Without case, accents, breathings, diaereses, and with one sigma: Ὀρεστιάς = ΟΡΕΣΤΙΑΣ = ορεστιασ. */
export const fold = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ς', 'σ').normalize('NFC')

/** Words that say what kind of street it is, and that nobody says the same way. */
const streetTypes = new Set(['οδοσ', 'οδου', 'οδ', 'λεωφοροσ', 'λεωφορου', 'λεωφ', 'λ', 'πλατεια', 'πλατειασ', 'πλ'])
/** «Αγίου», and `agiou`, `ayiou`, `agioy` for it. */
const saint = /^(αγι(οσ|ου|α|ασ|οι|ων|ουσ|εσ)|a[gy]h?i(os|ou|oy|u|a|as|oi|oy?n|wn|ous|oys|es))$/

/** The words of a text that can be told apart in a search, folded; «Αγίου» and «Αγ.» are one word, «οδός» is none. */
export const wordsOf = (text: string): string[] => {
  const words = fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
  const kept = words.filter((word) => !streetTypes.has(word)).map((word) => (saint.test(word) ? 'αγ' : word))
  // A query of nothing but «οδός» means it.
  return kept.length > 0 ? kept : words
}

const greekEnding = /(ουσ|οισ|εισ|ων|οσ|ησ|ασ|εσ|ισ|υσ|ου|οι|ει|α|η|ο|ι|ε|υ|ω)$/
const soundEnding = /(us|on|os|is|as|es|us|u|i|a|o|e)$/
const shortestStem = 3

/** Of a word too short to lose its ending only the last letter goes: Νέας finds Νέα, Νέου finds Νέο. */
const withoutEnding = (word: string, ending: RegExp): string => {
  const stem = word.replace(ending, '')
  if (stem.length >= shortestStem) return stem
  const shorter = word.slice(0, -1)
  return word !== stem && shorter.length >= shortestStem ? shorter : word
}

/**
 * What of a folded word must be found in a text that may have another case of it: Ορεστιάδας, Ορεστιάδα and Ορεστιάδος have one
 * stem. For queries only; a text keeps its endings.
 */
export const stemOf = (word: string): string =>
  /\p{Script=Greek}/u.test(word) ? withoutEnding(word, greekEnding) : word

/** Longest first. β, φ, f, v, b and μπ are one sound here, χ, ξ and x another, so that either spelling finds either. */
const greekSounds: readonly [string, string][] = [
  ['ου', 'u'],
  ['αι', 'e'],
  ['ει', 'i'],
  ['οι', 'i'],
  ['υι', 'i'],
  ['αυ', 'av'],
  ['ευ', 'ev'],
  ['γκ', 'g'],
  ['γγ', 'g'],
  ['ντ', 'd'],
  ['μπ', 'v'],
  ['α', 'a'],
  ['β', 'v'],
  ['γ', 'g'],
  ['δ', 'd'],
  ['ε', 'e'],
  ['ζ', 'z'],
  ['η', 'i'],
  ['θ', '8'],
  ['ι', 'i'],
  ['κ', 'k'],
  ['λ', 'l'],
  ['μ', 'm'],
  ['ν', 'n'],
  ['ξ', 'x'],
  ['ο', 'o'],
  ['π', 'p'],
  ['ρ', 'r'],
  ['σ', 's'],
  ['τ', 't'],
  ['υ', 'i'],
  ['φ', 'v'],
  ['χ', 'x'],
  ['ψ', 'ps'],
  ['ω', 'o'],
]

/**
 * Latin spellings and what they can stand for: ELOT 743 (ISO 843) in both its types, and the habits of greeklish, which write by sound
 * (`th` θ) or by shape (`h` η, `w` ω, `8` θ). Longest first.
 */
const latinSounds: readonly [string, readonly string[]][] = [
  ['nth', ['n8', 'di']],
  ['ou', ['u']],
  ['oy', ['u']],
  ['ai', ['e']],
  ['ei', ['i']],
  ['oi', ['i']],
  ['ui', ['i']],
  ['yi', ['i']],
  ['au', ['av']],
  ['ay', ['av']],
  ['eu', ['ev']],
  ['ey', ['ev']],
  ['th', ['8', 'ti']],
  ['ph', ['v', 'pi']],
  ['ch', ['x']],
  ['kh', ['x', 'ki']],
  ['ks', ['x']],
  ['gk', ['g']],
  ['gg', ['g']],
  ['ng', ['g']],
  ['nx', ['x', 'nx']],
  ['nt', ['d']],
  ['nd', ['nd', 'd']],
  ['mp', ['v']],
  ['mb', ['v']],
  ['b', ['v']],
  ['c', ['k']],
  ['f', ['v']],
  ['h', ['i', 'x']],
  ['j', ['z', 'x']],
  ['q', ['k', '8']],
  ['u', ['i', 'u']],
  ['w', ['o']],
  ['y', ['i']],
  ['3', ['x']],
  ['4', ['ps']],
  ['9', ['8']],
]

const undoubled = (sound: string): string => sound.replace(/(\p{L})\1+/gu, '$1')

/** The sound of a folded Greek text, word by word; what is not Greek stays. */
export const soundOf = (folded: string): string => {
  let sound = ''
  for (let at = 0; at < folded.length; ) {
    const rule = greekSounds.find(([letters]) => folded.startsWith(letters, at))
    sound += rule?.[1] ?? folded[at]
    at += rule?.[0].length ?? 1
  }
  return undoubled(sound)
}

/** More readings than these no word has that anyone writes. */
const mostReadings = 16

/**
 * What a folded word of a query may sound like, without its ending: one reading of a Greek word, several of one in Latin letters;
 * none of a number.
 */
export const soundsOf = (word: string): string[] => {
  if (!/\p{L}/u.test(word)) return []
  // «αααα» sounds like every word with an «α».
  const isTelling = (sound: string): boolean => sound.length >= Math.min(word.length, shortestStem)
  if (/\p{Script=Greek}/u.test(word)) return [withoutEnding(soundOf(word), soundEnding)].filter(isTelling)
  let readings = ['']
  for (let at = 0; at < word.length; ) {
    const rule = latinSounds.find(([letters]) => word.startsWith(letters, at))
    const sounds = rule?.[1] ?? [word[at] ?? '']
    readings = readings.flatMap((reading) => sounds.map((sound) => reading + sound)).slice(0, mostReadings)
    at += rule?.[0].length ?? 1
  }
  return [...new Set(readings.map((reading) => withoutEnding(undoubled(reading), soundEnding)))].filter(isTelling)
}
