import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { createGate } from '../gate.ts'

/** What a guess costs: 128 · 2^log2N · r bytes of memory, `p` times over. */
export interface ScryptCost {
  log2N: number
  r: number
  p: number
}

/**
 * OWASP Password Storage Cheat Sheet, scrypt: 2^15, 8, 3 stands beside 2^17, 8, 1 as equally strong, with 32 MiB a sign-in instead of
 * 128 MiB: a municipality's server is small.
 */
const currentCost: ScryptCost = { log2N: 15, r: 8, p: 3 }

/** Each throws `GateFullError` when too many sign-ins wait already. */
export interface Passwords {
  /** `$scrypt$ln=15,r=8,p=3$salt$hash`: the PHC string format, with its own cost in it. */
  hash(password: string): Promise<string>
  /** In constant time. `null` costs as much as a real hash and is never right, so that nobody learns which accounts exist. */
  verify(password: string, stored: string | null): Promise<boolean>
  /** Whether a stored hash is weaker than, or not of, the present cost. */
  isOutdated(stored: string): boolean
}

/** Passwords that people choose, and that can be guessed: so a guess is made dear. */
export const createPasswords = ({ cost = currentCost }: { cost?: ScryptCost | undefined } = {}): Passwords => {
  // Sign-ins by the hundred must not take the server's memory.
  const gate = createGate({ atOnce: 2, waiting: 200 })

  const derive = (password: string, salt: Buffer, { log2N, r, p }: ScryptCost): Promise<Buffer> =>
    gate.pass(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          const options = { N: 2 ** log2N, r, p, maxmem: 2 * 128 * 2 ** log2N * r }
          const done = (error: Error | null, key: Buffer) => (error ? reject(error) : resolve(key))
          scrypt(normalized(password), salt, hashBytes, options, done)
        }),
    )

  const nobody = { cost, salt: Buffer.alloc(saltBytes), hash: Buffer.alloc(hashBytes) }
  return {
    hash: async (password) => {
      const salt = randomBytes(saltBytes)
      const hash = await derive(password, salt, cost)
      return `$scrypt$ln=${cost.log2N},r=${cost.r},p=${cost.p}$${base64(salt)}$${base64(hash)}`
    },
    verify: async (password, stored) => {
      const known = stored === null ? null : parse(stored)
      const { cost: its, salt, hash } = known ?? nobody
      const isRight = timingSafeEqual(await derive(password, salt, its), hash)
      return isRight && known !== null
    },
    isOutdated: (stored) => {
      const known = parse(stored)?.cost
      return known?.log2N !== cost.log2N || known.r !== cost.r || known.p !== cost.p
    },
  }
}

const saltBytes = 16
const hashBytes = 32

/** The same letters give the same hash, however a keyboard composes them: `ή` is one code point or two. */
const normalized = (password: string): string => password.normalize('NFKC')

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

const parse = (stored: string): { cost: ScryptCost; salt: Buffer; hash: Buffer } | null => {
  const [, ln, r, p, salt, hash] = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored) ?? []
  if (salt === undefined || hash === undefined) return null
  const key = Buffer.from(hash, 'base64')
  if (key.length !== hashBytes) return null
  return { cost: { log2N: Number(ln), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, 'base64'), hash: key }
}

/** NIST SP 800-63B: length alone, no rules of composition. */
export const passwordLength = { least: 12, most: 128 }

/** What makes a password too easy; `null` when nothing does. `about` is what everybody knows of its owner. */
export const weaknessOf = (password: string, about: readonly string[]): string | null => {
  const text = normalized(password)
  if ([...text].length < passwordLength.least) return `must have at least ${passwordLength.least} characters`
  if ([...text].length > passwordLength.most) return `must have at most ${passwordLength.most} characters`
  if (new Set(text).size < 5) return 'repeats too few characters'
  const folded = text.toLowerCase()
  const known = [...about, 'fanari', 'password', 'orestiada'].map((word) => word.toLowerCase())
  // What is left without the words everybody would try first must still be something.
  const rest = known.filter((word) => word.length > 2).reduce((left, word) => left.replaceAll(word, ''), folded)
  return rest.length < 8 ? 'holds little but what everybody knows of you' : null
}
