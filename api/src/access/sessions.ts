import { randomUUID } from 'node:crypto'
import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import type { Database } from '../store/database.ts'
import type { Principal } from './permissions.ts'
import { hashOf, newSecret } from './secrets.ts'
import { principalOfUser, type Users } from './users.ts'

/** Wall time after which an unused session ends: a break, not a shift [ms]. */
const idleMs = 2 * hourMs
/** Wall time after which any session ends: a shift with overtime [ms]. */
export const sessionLifeMs = 12 * hourMs
/** Its use is written down no oftener [ms wall time]: a commit a request would be dear. */
const touchIntervalMs = minuteMs
const mostAgentLetters = 200

export interface Session {
  id: string
  user: string
  /** Wall times. */
  createdAt: Instant
  usedAt: Instant
  /** Whence it was opened, for its owner to know it again. */
  address: string
  agent: string
}

export interface Sessions {
  /** Answers the secret for the cookie; only its hash is stored. */
  open(user: string, from: { address: string; agent: string }): string
  /** Whom a secret stands for, by the account as it is now; `null` when the session or the account has ended. */
  find(secret: string): { session: string; principal: Principal } | null
  list(user: string): Session[]
  /** `false` when the account has no such session. */
  end(user: string, id: string): boolean
}

interface Row {
  id: string
  user: string
  created_at: number
  used_at: number
  address: string
  agent: string
}
const columns = 'id, user, created_at, used_at, address, agent'

/** Sign-ins of people: opaque random ids in a cookie. `now` is wall time. */
export const createSessions = (options: { database: Database; users: Users; now: () => number }): Sessions => {
  const { database, users, now } = options
  const isLive = ({ created_at, used_at }: Row) => created_at + sessionLifeMs > now() && used_at + idleMs > now()

  return {
    open: (user, { address, agent }) => {
      const secret = newSecret()
      const at = now()
      database.transaction(() => {
        database.run('DELETE FROM sessions WHERE created_at <= ? OR used_at <= ?', at - sessionLifeMs, at - idleMs)
        database.run(
          'INSERT INTO sessions (id, user, secret_hash, created_at, used_at, address, agent) VALUES (?, ?, ?, ?, ?, ?, ?)',
          randomUUID(),
          user,
          hashOf(secret),
          at,
          at,
          address,
          agent.slice(0, mostAgentLetters),
        )
      })
      return secret
    },
    find: (secret) => {
      const row = database.get<Row>(`SELECT ${columns} FROM sessions WHERE secret_hash = ?`, hashOf(secret))
      if (row === null || !isLive(row)) return null
      const user = users.get(row.user)
      if (user === null || !user.active) return null
      if (now() - row.used_at >= touchIntervalMs) {
        database.run('UPDATE sessions SET used_at = ? WHERE id = ?', now(), row.id)
      }
      return { session: row.id, principal: principalOfUser(user) }
    },
    list: (user) =>
      database
        .all<Row>(`SELECT ${columns} FROM sessions WHERE user = ? ORDER BY created_at DESC, id`, user)
        .filter(isLive)
        .map(({ created_at: createdAt, used_at: usedAt, ...rest }) => ({ ...rest, createdAt, usedAt })),
    end: (user, id) => database.run('DELETE FROM sessions WHERE user = ? AND id = ?', user, id) > 0,
  }
}
