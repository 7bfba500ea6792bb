import { randomUUID } from 'node:crypto'
import { type Clock, type Instant, ProblemError } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { hashOf, newSecret } from './secrets.ts'

export const roles = ['admin', 'operator', 'technician', 'viewer'] as const
export type Role = (typeof roles)[number]

/** Whom a token stands for. */
export interface Principal {
  name: string
  role: Role
}
export interface TokenDescription extends Principal {
  id: string
  createdAt: Instant
  createdBy: string
}

export interface Tokens {
  /** Loads the tokens; makes an administrator's when there would be none, and answers it: it is never shown again. */
  load(): string | null
  /** Whom a token stands for; `null` when it is none of ours. From memory. */
  principalOf(token: string): Principal | null
  list(): TokenDescription[]
  /** The answer holds the token itself, this once. */
  create(principal: Principal, by: string): TokenDescription & { token: string }
  /** `false` when there is no such token. @throws ProblemError `conflict` for the last administrator's. */
  remove(id: string, by: string): boolean
}

/** API tokens and their roles. `adminToken` comes from the configuration and is not stored. */
export const createTokens = (options: { database: Database; clock: Clock; adminToken: string | undefined }): Tokens => {
  const { database, clock, adminToken } = options
  // Keyed by the hash: to find an entry by trial one would have to steer SHA-256, so a Map look-up gives no timing away.
  const byHash = new Map<string, TokenDescription>()
  const configured = adminToken === undefined ? null : hashOf(adminToken).toString('hex')
  const admins = () => byHash.values().filter(({ role }) => role === 'admin')

  const create: Tokens['create'] = (principal, by) => {
    const token = `fanari_${newSecret()}`
    const description = { id: randomUUID(), ...principal, createdAt: clock.now(), createdBy: by }
    const hash = hashOf(token)
    database.transaction(() => {
      database.run(
        'INSERT INTO tokens (id, name, role, secret_hash, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?)',
        description.id,
        principal.name,
        principal.role,
        hash,
        description.createdAt,
        by,
      )
      writeAudit(database, {
        municipality: null,
        at: description.createdAt,
        by,
        subject: `token/${principal.name}`,
        event: 'created',
        note: principal.role,
      })
    })
    byHash.set(hash.toString('hex'), description)
    return { ...description, token }
  }

  return {
    load: () => {
      byHash.clear()
      const rows = database.all<{
        id: string
        name: string
        role: Role
        secret_hash: Uint8Array
        created_at: number
        created_by: string
      }>('SELECT id, name, role, secret_hash, created_at, created_by FROM tokens')
      for (const row of rows) {
        const { id, name, role, created_at: createdAt, created_by: createdBy } = row
        byHash.set(Buffer.from(row.secret_hash).toString('hex'), { id, name, role, createdAt, createdBy })
      }
      if (configured !== null || admins().next().done !== true) return null
      return create({ name: 'admin', role: 'admin' }, 'platform').token
    },
    principalOf: (token) => {
      const hash = hashOf(token).toString('hex')
      return hash === configured ? { name: 'admin', role: 'admin' } : (byHash.get(hash) ?? null)
    },
    list: () => [...byHash.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
    create,
    remove: (id, by) => {
      const found = byHash.entries().find(([, token]) => token.id === id)
      if (found === undefined) return false
      const [hash, token] = found
      if (token.role === 'admin' && configured === null && [...admins()].length === 1) {
        throw new ProblemError('conflict', 'This is the only administrator token; create another one first')
      }
      database.transaction(() => {
        database.run('DELETE FROM tokens WHERE id = ?', id)
        writeAudit(database, {
          municipality: null,
          at: clock.now(),
          by,
          subject: `token/${token.name}`,
          event: 'removed',
        })
      })
      byHash.delete(hash)
      return true
    },
  }
}
