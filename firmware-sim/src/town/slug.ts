/** Greek to Latin letters by ELOT 743, as on road signs, in the small letters of an id. */
const pairs: Record<string, string> = { ου: 'ou', γγ: 'ng', γξ: 'nx', γχ: 'nch', αυ: 'av', ευ: 'ev', ηυ: 'iv' }
const latin = 'a v g d e z i th i k l m n x o p r s t y f ch ps o'.split(' ')
const letters: Record<string, string> = {
  ...Object.fromEntries([...'αβγδεζηθικλμνξοπρστυφχψω'].map((letter, i) => [letter, latin[i] ?? ''])),
  ς: 's',
}

/** An ASCII id for a Greek name: «Νέα Βύσσα» is `nea-vyssa`. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ου|γγ|γξ|γχ|αυ|ευ|ηυ/g, (pair) => pairs[pair] ?? pair)
    .replace(/\bμπ/g, 'b')
    .replace(/\p{Script=Greek}/gu, (letter) => letters[letter] ?? '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
