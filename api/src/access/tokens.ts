import { randomUUID } from 'node:crypto'
import { type Clock, type Instant, ProblemError } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import type { Principal, Role } from './permissions.ts'
import { hashOf, newSecret } from './secrets.ts'

/** What a token is made with. */
export interface TokenGrant {
  name: string
  role: Role
  /** The municipalities it is limited to; `null`: all of them. */
  municipalities: readonly string[] | null
}
export interface TokenDescription extends TokenGrant {
  id: string
  createdAt: Instant
  createdBy: string
}

export interface Tokens {
  /** Loads the tokens; makes an administrator's when there would be none, and answers it: it is never shown again. */
  load(): string | null
  /** Reads the stored tokens anew, and makes none: for who follows what another process writes. */
  reread(): void
  /** Whom a token stands for; `null` when it is none of ours. From memory. */
  principalOf(token: string): Principal | null
  list(): TokenDescription[]
  /** The answer holds the token itself, this once. */
  create(grant: TokenGrant, by: string): TokenDescription & { token: string }
  /** `false` when there is no such token. @throws ProblemError `conflict` for the last administrator's. */
  remove(id: string, by: string): boolean
}

/** API tokens and their roles. `adminToken` and `alertToken` come from the configuration and are not stored. */
export const createTokens = (options: {
  database: Database
  clock: Clock
  adminToken: string | undefined
  alertToken?: string | undefined
}): Tokens => {
  const { database, clock, adminToken, alertToken } = options
  // Keyed by the hash: to find an entry by trial one would have to steer SHA-256, so a Map look-up gives no timing away.
  const byHash = new Map<string, TokenDescription>()
  const configured = new Map<string, TokenGrant>()
  const configure = (token: string | undefined, grant: Omit<TokenGrant, 'municipalities'>): void => {
    if (token !== undefined) configured.set(hashOf(token).toString('hex'), { ...grant, municipalities: null })
  }
  configure(alertToken, { name: 'grafana', role: 'viewer' })
  configure(adminToken, { name: 'admin', role: 'admin' })
  /** Those who can make every other token anew. */
  const admins = () => byHash.values().filter(({ role, municipalities }) => role === 'admin' && municipalities === null)

  const create: Tokens['create'] = (grant, by) => {
    const token = `fanari_${newSecret()}`
    const description = { id: randomUUID(), ...grant, createdAt: clock.now(), createdBy: by }
    const hash = hashOf(token)
    database.transaction(() => {
      database.run(
        'INSERT INTO tokens (id, name, role, municipalities, secret_hash, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)',
        description.id,
        grant.name,
        grant.role,
        storedMunicipalities(grant.municipalities),
        hash,
        description.createdAt,
        by,
      )
      writeAudit(database, {
        municipality: null,
        at: description.createdAt,
        by,
        subject: `token/${grant.name}`,
        event: 'created',
        note: grant.role,
      })
    })
    byHash.set(hash.toString('hex'), description)
    return { ...description, token }
  }

  const reread = () => {
    byHash.clear()
    const rows = database.all<{
      id: string
      name: string
      role: Role
      municipalities: string | null
      secret_hash: Uint8Array
      created_at: number
      created_by: string
    }>('SELECT id, name, role, municipalities, secret_hash, created_at, created_by FROM tokens')
    for (const row of rows) {
      const { id, name, role, created_at: createdAt, created_by: createdBy } = row
      const municipalities = readMunicipalities(row.municipalities)
      byHash.set(Buffer.from(row.secret_hash).toString('hex'), {
        id,
        name,
        role,
        municipalities,
        createdAt,
        createdBy,
      })
    }
  }

  return {
    load: () => {
      reread()
      if (adminToken !== undefined || admins().next().done !== true) return null
      return create({ name: 'admin', role: 'admin', municipalities: null }, 'platform').token
    },
    reread,
    principalOf: (token) => {
      const hash = hashOf(token).toString('hex')
      const grant: TokenGrant | undefined = configured.get(hash) ?? byHash.get(hash)
      if (grant === undefined) return null
      const { name, role, municipalities } = grant
      return { name, role, municipalities, team: null, user: null }
    },
    list: () => [...byHash.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
    create,
    remove: (id, by) => {
      const found = byHash.entries().find(([, token]) => token.id === id)
      if (found === undefined) return false
      const [hash, token] = found
      if (adminToken === undefined && [...admins()].every((admin) => admin.id === id)) {
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

/** The municipalities a token or an account is limited to, as the database holds them. */
export const storedMunicipalities = (municipalities: readonly string[] | null): string | null =>
  municipalities === null ? null : JSON.stringify(municipalities)

export const readMunicipalities = (stored: string | null): string[] | null =>
  stored === null ? null : (JSON.parse(stored) as string[])
