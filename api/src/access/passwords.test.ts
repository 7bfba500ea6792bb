import { describe, expect, test } from 'vitest'
import { createPasswords, weaknessOf } from './passwords.ts'

const cheap = { log2N: 10, r: 8, p: 1 }

describe('a password', () => {
  test('is stored with its cost and its own salt, and known again', async () => {
    const passwords = createPasswords()
    const stored = await passwords.hash('τρία φανάρια στη γωνία')
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(await passwords.verify('τρία φανάρια στη γωνία', stored)).toBe(true)
    expect(await passwords.verify('τρία φανάρια στη γωνιά', stored)).toBe(false)
  })

  test('of RFC 7914 is derived as the RFC says', async () => {
    // Section 12, third vector, cut to 32 bytes: PBKDF2's last round gives its first block alike.
    const salt = Buffer.from('SodiumChloride').toString('base64').replaceAll('=', '')
    const hash = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex')
    const stored = `$scrypt$ln=14,r=8,p=1$${salt}$${hash.toString('base64').replaceAll('=', '')}`
    expect(await createPasswords().verify('pleaseletmein', stored)).toBe(true)
  })

  test('is the same however the keyboard composes its letters', async () => {
    const passwords = createPasswords({ cost: cheap })
    const stored = await passwords.hash('καλή σας μέρα'.normalize('NFC'))
    expect(await passwords.verify('καλή σας μέρα'.normalize('NFD'), stored)).toBe(true)
  })

  test('of an older release is known, and told to be outdated', async () => {
    const stored = await createPasswords({ cost: cheap }).hash('a long enough password')
    const passwords = createPasswords()
    expect(await passwords.verify('a long enough password', stored)).toBe(true)
    expect(passwords.isOutdated(stored)).toBe(true)
    expect(passwords.isOutdated(await passwords.hash('x'))).toBe(false)
  })

  test.each(['', 'plain', '$scrypt$ln=10,r=8,p=1$c2FsdA$c2hvcnQ', '$argon2id$v=19$m=1$x$y'])(
    'stored as %j is never right',
    async (stored) => {
      expect(await createPasswords({ cost: cheap }).verify('', stored)).toBe(false)
    },
  )

  test('for an account that is not there is never right', async () => {
    expect(await createPasswords({ cost: cheap }).verify('', null)).toBe(false)
  })

  test('by the hundred is answered, and beyond what can wait refused', async () => {
    const passwords = createPasswords({ cost: cheap })
    const tries = Array.from({ length: 250 }, () => passwords.hash('x'))
    const outcomes = await Promise.allSettled(tries)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(202)
    expect(await passwords.hash('x')).toMatch(/^\$scrypt/)
  })
})

describe('a new password', () => {
  const about = ['maria', 'papadopoulou', 'dimos', 'gr', 'Μαρία']
  test.each<[string, RegExp | null]>([
    ['short', /at least 12/],
    ['φανάρι', /at least 12/],
    ['x'.repeat(129), /at most 128/],
    ['aaaaaaaaaaaaaaaa', /too few/],
    ['abababababababab', /too few/],
    ['Papadopoulou1', /everybody knows/],
    ['MariaFanari2026', /everybody knows/],
    ['Μαρία-Μαρία-123', /everybody knows/],
    ['σωστό άλογο μπαταρία συρραπτικό', null],
    ['correct horse battery', null],
    ['πέντε λάμπες', null],
  ])('%j is judged', (password, expected) => {
    const weakness = weaknessOf(password, about)
    if (expected === null) expect(weakness).toBeNull()
    else expect(weakness).toMatch(expected)
  })
})
