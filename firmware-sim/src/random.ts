/** A stream of numbers in [0, 1), always the same for the same name. */
export type Random = () => number

/** FNV-1a with a final avalanche (MurmurHash3's), 32 bits. */
const hash = (text: string, basis: number): number => {
  let h = basis
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * The stream named by a seed, a device and a purpose (sfc32). Streams are independent, so one lamp more in the town, or one
 * more draw for one purpose, changes nothing anywhere else.
 */
export const createRandom = (seed: number, ...name: (string | number)[]): Random => {
  const text = `${seed}/${name.join('/')}`
  let a = hash(text, 0x811c9dc5)
  let b = hash(text, 0x9e3779b9)
  let c = hash(text, 0x6a09e667)
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 8; i++) next()
  return next
}

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random()

/** Normal distribution, by Box and Muller. */
export const normal = (random: Random, mean: number, deviation: number): number =>
  mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

export const pick = <T>(random: Random, choices: readonly T[]): T => {
  const choice = choices[Math.floor(random() * choices.length)]
  if (choice === undefined) throw new RangeError('there is nothing to pick from')
  return choice
}

/** Fisher and Yates; a new array. */
export const shuffled = <T>(random: Random, items: readonly T[]): T[] => {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const [x, y] = [result[i] as T, result[j] as T]
    result[i] = y
    result[j] = x
  }
  return result
}
