import { randomInt, randomUUID } from 'node:crypto'
import { type Clock, hourMs, type Instant, ProblemError } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import type { Principal, Role } from './permissions.ts'
import { hashOf, matches } from './secrets.ts'
import { readMunicipalities, storedMunicipalities } from './tokens.ts'

/** What an administrator says of an account. */
export interface UserGrant {
  /** What histories show: unique, and not the person's name, because histories are public. */
  handle: string
  fullName: string
  /** Lower case. */
  email: string
  role: Role
  /** The municipalities it is limited to; `null`: all of them. */
  municipalities: readonly string[] | null
  team: string | null
}
/** What is left out stays. */
export type UserChanges = { [Name in keyof UserGrant | 'active']?: (UserGrant & { active: boolean })[Name] | undefined }

export interface User extends UserGrant {
  id: string
  active: boolean
  hasPassword: boolean
  createdAt: Instant
  createdBy: string
}

/** A one-time code for a first or a forgotten password, to be told to its owner. Shown this once. */
export interface OneTimeCode {
  code: string
  /** Wall time. */
  expiresAt: Instant
}

export interface Users {
  list(): User[]
  get(id: string): User | null
  byEmail(email: string): User | null
  /** The stored hash of a password; `null` without one. */
  passwordOf(id: string): string | null
  /** @throws ProblemError `conflict` when the handle or the e-mail is taken. */
  create(grant: UserGrant, by: string): User & OneTimeCode
  /** Ends the sessions of who may no longer do the same. @throws ProblemError `not-found`, `conflict` */
  change(id: string, changes: UserChanges, by: string): User
  newCode(id: string, by: string): OneTimeCode
  /** Whether a code is the account's, unused and in time. */
  codeFits(id: string, code: string): boolean
  /** Uses up any code and ends every session. */
  setPassword(id: string, hash: string, how: { by: string; event: 'passwordSet' | 'passwordChanged' }): void
  /** The same password at today's cost. */
  upgradePassword(id: string, hash: string): void
  /** The account of a subject at the identity provider. */
  byOidcSubject(subject: string): User | null
  linkOidcSubject(id: string, subject: string): void
  /** Removes name, e-mail and sessions; histories keep the handle. */
  remove(id: string, by: string): boolean
}

/** Read aloud without confusion: neither I, L, O, U nor 0 and 1. */
const codeAlphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLetters = 16
/** Wall time a one-time code is good for [ms]. */
const codeLifeMs = 48 * hourMs

interface Row {
  id: string
  handle: string
  full_name: string
  email: string
  role: Role
  municipalities: string | null
  team: string | null
  has_password: number
  active: number
  created_at: number
  created_by: string
}
const columns =
  'id, handle, full_name, email, role, municipalities, team, password IS NOT NULL AS has_password, active, created_at, created_by'

/** Accounts of people. `now` is wall time: codes end by it, whatever time a simulated town has. */
export const createUsers = (options: { database: Database; clock: Clock; now: () => number }): Users => {
  const { database, clock, now } = options

  const one = (condition: string, value: string): User | null => {
    const row = database.get<Row>(`SELECT ${columns} FROM users WHERE ${condition} = ?`, value)
    return row === null ? null : userOf(row)
  }
  const existing = (id: string): User => {
    const user = one('id', id)
    if (user === null) throw new ProblemError('not-found', `There is no account ${id}`)
    return user
  }
  const audit = (user: { handle: string }, by: string, event: string, note?: string) =>
    writeAudit(database, { municipality: null, at: clock.now(), by, subject: `user/${user.handle}`, event, note })
  const refuseTaken = ({ handle, email }: UserChanges, except: string | null) => {
    if (handle !== undefined && (one('handle', handle)?.id ?? except) !== except) {
      throw new ProblemError('conflict', `The handle ${handle} is taken`)
    }
    if (email !== undefined && (one('email', email)?.id ?? except) !== except) {
      throw new ProblemError('conflict', 'Another account has this e-mail address')
    }
  }
  const endSessions = (id: string) => database.run('DELETE FROM sessions WHERE user = ?', id)
  const storeCode = (id: string): OneTimeCode => {
    const letters = Array.from({ length: codeLetters }, () => codeAlphabet[randomInt(codeAlphabet.length)]).join('')
    const expiresAt = now() + codeLifeMs
    database.run('UPDATE users SET code_hash = ?, code_expires_at = ? WHERE id = ?', hashOf(letters), expiresAt, id)
    return { code: (letters.match(/.{4}/g) ?? []).join('-'), expiresAt }
  }

  return {
    list: () => database.all<Row>(`SELECT ${columns} FROM users ORDER BY handle`).map(userOf),
    get: (id) => one('id', id),
    byEmail: (email) => one('email', email),
    passwordOf: (id) =>
      database.get<{ password: string | null }>('SELECT password FROM users WHERE id = ?', id)?.password ?? null,
    create: (grant, by) => {
      refuseTaken(grant, null)
      const id = randomUUID()
      return database.transaction(() => {
        database.run(
          `INSERT INTO users (id, handle, full_name, email, role, municipalities, team, active, created_at, created_by)
           VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
          id,
          grant.handle,
          grant.fullName,
          grant.email,
          grant.role,
          storedMunicipalities(grant.municipalities),
          grant.team,
          clock.now(),
          by,
        )
        audit(grant, by, 'created', grant.role)
        return { ...existing(id), ...storeCode(id) }
      })
    },
    change: (id, changes, by) => {
      const before = existing(id)
      refuseTaken(changes, id)
      const after = {
        handle: changes.handle ?? before.handle,
        fullName: changes.fullName ?? before.fullName,
        email: changes.email ?? before.email,
        role: changes.role ?? before.role,
        municipalities: changes.municipalities === undefined ? before.municipalities : changes.municipalities,
        team: changes.team === undefined ? before.team : changes.team,
        active: changes.active ?? before.active,
      }
      return database.transaction(() => {
        database.run(
          `UPDATE users SET handle = ?, full_name = ?, email = ?, role = ?, municipalities = ?, team = ?, active = ?
           WHERE id = ?`,
          after.handle,
          after.fullName,
          after.email,
          after.role,
          storedMunicipalities(after.municipalities),
          after.team,
          after.active ? 1 : 0,
          id,
        )
        // What changed, not from what to what: names and addresses have no place in the trail.
        const changed = (Object.keys(after) as (keyof typeof after)[]).filter((key) => after[key] !== before[key])
        const role = after.role === before.role ? '' : `; role ${before.role} to ${after.role}`
        audit(before, by, 'changed', `${changed.join(', ')}${role}`)
        if (!after.active) endSessions(id)
        return existing(id)
      })
    },
    newCode: (id, by) => {
      const user = existing(id)
      return database.transaction(() => {
        audit(user, by, 'codeMade')
        return storeCode(id)
      })
    },
    codeFits: (id, code) => {
      const row = database.get<{ code_hash: Uint8Array | null; code_expires_at: number | null }>(
        'SELECT code_hash, code_expires_at FROM users WHERE id = ?',
        id,
      )
      const letters = code.toUpperCase().replaceAll(/[\s-]/g, '')
      return row?.code_hash != null && (row.code_expires_at ?? 0) > now() && matches(letters, row.code_hash)
    },
    setPassword: (id, hash, { by, event }) => {
      const user = existing(id)
      database.transaction(() => {
        database.run('UPDATE users SET password = ?, code_hash = NULL, code_expires_at = NULL WHERE id = ?', hash, id)
        endSessions(id)
        audit(user, by, event)
      })
    },
    upgradePassword: (id, hash) => {
      database.run('UPDATE users SET password = ? WHERE id = ?', hash, id)
    },
    byOidcSubject: (subject) => one('oidc_subject', subject),
    linkOidcSubject: (id, subject) => {
      const user = existing(id)
      database.transaction(() => {
        database.run('UPDATE users SET oidc_subject = ? WHERE id = ?', subject, id)
        audit(user, user.handle, 'linked', 'identity provider')
      })
    },
    remove: (id, by) => {
      const user = one('id', id)
      if (user === null) return false
      database.transaction(() => {
        database.run('DELETE FROM users WHERE id = ?', id)
        audit(user, by, 'removed')
      })
      return true
    },
  }
}

const userOf = (row: Row): User => ({
  id: row.id,
  handle: row.handle,
  fullName: row.full_name,
  email: row.email,
  role: row.role,
  municipalities: readMunicipalities(row.municipalities),
  team: row.team,
  active: row.active === 1,
  hasPassword: row.has_password === 1,
  createdAt: row.created_at,
  createdBy: row.created_by,
})

export const principalOfUser = ({ id, handle, role, municipalities, team }: User): Principal => ({
  name: handle,
  role,
  municipalities,
  team,
  user: id,
})
