import { type Clock, minuteMs, ProblemError } from '@fanari/contracts'
import { GateFullError } from '../gate.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { type Passwords, weaknessOf } from './passwords.ts'
import type { Sessions } from './sessions.ts'
import { createThrottle } from './throttle.ts'
import type { User, Users } from './users.ts'

/** Wrong tries an account may have in a quarter of an hour, and an address: behind one address sits a whole town hall. */
const mostOfAccount = 10
const mostOfAddress = 60
const windowMs = 15 * minuteMs

/** Where a request came from. */
export interface Visitor {
  address: string
  agent: string
}

/** Ways in for people. Every try, right or wrong, is in the trail. */
export interface AccountDoor {
  /** Opens a session and answers its secret. @throws ProblemError `unauthenticated`, `too-many-requests` */
  signIn(given: { email: string; password: string }, visitor: Visitor): Promise<{ user: User; secret: string }>
  /** For who has proved himself elsewhere. */
  admit(user: User, visitor: Visitor): string
  signOut(user: string, session: string): void
  /** A first or new password with a one-time code. @throws ProblemError `unauthenticated`, `invalid-request`, `too-many-requests` */
  redeem(given: { email: string; code: string; password: string }, visitor: Visitor): Promise<void>
  /** One's own. Ends all other sessions: answers the secret of a new one. @throws ProblemError as above */
  changePassword(id: string, given: { current: string; password: string }, visitor: Visitor): Promise<string>
}

/** `now` is wall time. */
export const createAccountDoor = (options: {
  database: Database
  users: Users
  sessions: Sessions
  passwords: Passwords
  clock: Clock
  now: () => number
}): AccountDoor => {
  const { database, users, sessions, passwords, clock, now } = options
  const ofAccounts = createThrottle({ now, most: mostOfAccount, windowMs })
  const ofAddresses = createThrottle({ now, most: mostOfAddress, windowMs })

  const trail = (subject: string, by: string, event: string, { address }: Visitor) =>
    writeAudit(database, { municipality: null, at: clock.now(), by, subject, event, note: address })

  /** Known and unknown accounts wait alike, so that waiting tells nothing. */
  const countTry = (account: string, { address }: Visitor) => {
    const waitMs = Math.max(ofAccounts.waitMs(account), ofAddresses.waitMs(address))
    if (waitMs > 0) {
      const retryAfterS = Math.ceil(waitMs / 1_000)
      throw new ProblemError('too-many-requests', 'Too many wrong tries; wait before the next', undefined, retryAfterS)
    }
    ofAccounts.count(account)
    ofAddresses.count(address)
  }
  const forgive = (account: string, { address }: Visitor) => {
    ofAccounts.forget(account)
    ofAddresses.forgive(address)
  }
  const refuse = (user: User | null, what: string, visitor: Visitor): never => {
    // An unknown address may be a password in the wrong field: it is not written down.
    trail(user === null ? 'user' : `user/${user.handle}`, 'citizen', `${what}Refused`, visitor)
    throw new ProblemError('unauthenticated', 'The e-mail address and what was sent with it do not fit together')
  }
  const verified = async (password: string, stored: string | null): Promise<boolean> => {
    try {
      return await passwords.verify(password, stored)
    } catch (error) {
      if (!(error instanceof GateFullError)) throw error
      throw new ProblemError('too-many-requests', 'Too many sign-ins at once', undefined, 5)
    }
  }
  const refuseWeak = (password: string, { handle, email, fullName }: User) => {
    const about = [handle, ...email.split(/[@.]/), ...fullName.split(/\s+/)]
    const weakness = weaknessOf(password, about)
    if (weakness === null) return
    throw new ProblemError('invalid-request', `The password ${weakness}`, [
      { path: 'body.password', message: weakness },
    ])
  }
  const admit = (user: User, visitor: Visitor): string => {
    trail(`user/${user.handle}`, user.handle, 'signedIn', visitor)
    return sessions.open(user.id, visitor)
  }

  return {
    signIn: async ({ email, password }, visitor) => {
      const account = email.toLowerCase()
      countTry(account, visitor)
      const user = users.byEmail(account)
      const stored = user?.active ? users.passwordOf(user.id) : null
      if (!(await verified(password, stored)) || user === null || stored === null) {
        return refuse(user, 'signIn', visitor)
      }
      forgive(account, visitor)
      if (passwords.isOutdated(stored)) users.upgradePassword(user.id, await passwords.hash(password))
      return { user, secret: admit(user, visitor) }
    },
    admit,
    signOut: (user, session) => {
      if (sessions.end(user, session)) {
        const handle = users.get(user)?.handle ?? user
        writeAudit(database, {
          municipality: null,
          at: clock.now(),
          by: handle,
          subject: `user/${handle}`,
          event: 'signedOut',
        })
      }
    },
    redeem: async ({ email, code, password }, visitor) => {
      const account = email.toLowerCase()
      countTry(account, visitor)
      const user = users.byEmail(account)
      if (user === null || !user.active || !users.codeFits(user.id, code)) return refuse(user, 'code', visitor)
      refuseWeak(password, user)
      const hash = await passwords.hash(password)
      // Of two that use the code at once, the second finds it gone.
      if (!users.codeFits(user.id, code)) return refuse(user, 'code', visitor)
      users.setPassword(user.id, hash, { by: user.handle, event: 'passwordSet' })
      forgive(account, visitor)
    },
    changePassword: async (id, { current, password }, visitor) => {
      const user = users.get(id)
      if (user === null) throw new ProblemError('unauthenticated', 'This account has ended')
      countTry(user.email, visitor)
      if (!(await verified(current, users.passwordOf(id)))) return refuse(user, 'passwordChange', visitor)
      refuseWeak(password, user)
      users.setPassword(id, await passwords.hash(password), { by: user.handle, event: 'passwordChanged' })
      forgive(user.email, visitor)
      return sessions.open(id, visitor)
    },
  }
}
