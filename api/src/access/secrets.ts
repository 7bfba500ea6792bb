import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new secret of 192 random bits, safe in a URL and a header. */
export const newSecret = (): string => randomBytes(24).toString('base64url')

/**
 * What is stored of a secret. Plain SHA-256: slow hashes protect passwords people choose, which can be guessed; 192 random bits cannot.
 */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

export const matches = (secret: string, storedHash: Uint8Array): boolean => timingSafeEqual(hashOf(secret), storedHash)
