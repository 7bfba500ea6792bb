import { ProblemError } from '@fanari/contracts'
import * as oidc from 'openid-client'
import type { Role } from './permissions.ts'
import type { User, Users } from './users.ts'

/** The municipality's own sign-in (OpenID Connect). */
export interface IdentityProviderOptions {
  issuer: string
  clientId: string
  clientSecret: string
  /** The claim that holds a person's groups: a text or a list of texts. */
  roleClaim: string
  /** Group → role, the strongest first. Who has none of them gets no account by himself. */
  roles: readonly { group: string; role: Role }[]
}

/** What the browser keeps between leaving for the provider and coming back. */
export interface Departure {
  state: string
  nonce: string
  verifier: string
}

export interface IdentityProvider {
  /** Where to send the browser. @throws ProblemError `not-ready` when the provider does not answer. */
  depart(callback: string): Promise<{ url: string; departure: Departure }>
  /** The account of who came back; made when a group of his has a role. @throws ProblemError `unauthenticated`, `forbidden` */
  arrive(url: URL, departure: Departure): Promise<User>
}

/** Whom the trail names for accounts that the provider's groups make and change. */
const by = 'identity provider'

export const createIdentityProvider = (options: IdentityProviderOptions & { users: Users }): IdentityProvider => {
  const { issuer, clientId, clientSecret, roleClaim, roles, users } = options
  let discovered: Promise<oidc.Configuration> | null = null

  const configuration = (): Promise<oidc.Configuration> => {
    const server = new URL(issuer)
    // Without TLS anybody on the way could sign in as anybody; on the machine itself there is no way.
    const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(server.hostname)
    const overLoopback = isLoopback && server.protocol === 'http:' ? [oidc.allowInsecureRequests] : []
    // The signature is checked too, though the token comes from the provider's own address.
    const execute = [oidc.enableNonRepudiationChecks, ...overLoopback]
    discovered ??= oidc.discovery(server, clientId, clientSecret, undefined, { execute }).catch((error: unknown) => {
      // The next one asks again.
      discovered = null
      throw new ProblemError('not-ready', `The identity provider does not answer: ${String(error)}`)
    })
    return discovered
  }

  const roleOf = (claims: oidc.IDToken): Role | null => {
    const groups = new Set([claims[roleClaim]].flat())
    return roles.find(({ group }) => groups.has(group))?.role ?? null
  }

  /** A handle nobody has yet, from what the provider calls a person. */
  const freeHandle = (claims: oidc.IDToken): string => {
    const wished =
      String(claims.preferred_username ?? '')
        .toLowerCase()
        .split('@', 1)[0] ?? ''
    const taken = new Set(users.list().map(({ handle }) => handle))
    const base = /^[a-z0-9][a-z0-9._-]{1,27}$/.test(wished) ? wished : 'staff'
    for (let number = 1; ; number++) {
      const handle = number === 1 && base !== 'staff' ? base : `${base}-${number}`
      if (!taken.has(handle)) return handle
    }
  }

  const accountOf = (claims: oidc.IDToken): User => {
    const subject = `${claims.iss}|${claims.sub}`
    const role = roleOf(claims)
    const email = typeof claims.email === 'string' && claims.email_verified === true ? claims.email.toLowerCase() : null
    const known = users.byOidcSubject(subject) ?? (email === null ? null : users.byEmail(email))
    if (known === null) {
      if (role === null || email === null) {
        throw new ProblemError('forbidden', 'No account here, and no group of yours makes one; ask an administrator')
      }
      const fullName = typeof claims.name === 'string' && claims.name.trim() !== '' ? claims.name.slice(0, 100) : email
      const handle = freeHandle(claims)
      const { id } = users.create({ handle, fullName, email, role, municipalities: null, team: null }, by)
      users.linkOidcSubject(id, subject)
      return users.get(id) as User
    }
    if (!known.active) throw new ProblemError('forbidden', 'This account is closed')
    if (role === null && known.createdBy === by) {
      throw new ProblemError('forbidden', 'None of your groups has a role here any more')
    }
    if (users.byOidcSubject(subject) === null) users.linkOidcSubject(known.id, subject)
    return role === null || role === known.role ? known : users.change(known.id, { role }, by)
  }

  return {
    depart: async (callback) => {
      const config = await configuration()
      const departure = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: 'openid email profile',
        state: departure.state,
        nonce: departure.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(departure.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, departure }
    },
    arrive: async (url, { state, nonce, verifier }) => {
      const config = await configuration()
      let claims: oidc.IDToken | undefined
      try {
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
        claims = (await oidc.authorizationCodeGrant(config, url, checks)).claims()
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw new ProblemError('unauthenticated', `The identity provider's answer does not hold: ${why}`)
      }
      if (claims === undefined) throw new ProblemError('unauthenticated', 'The identity provider says not who you are')
      return accountOf(claims)
    },
  }
}
