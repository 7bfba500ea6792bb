import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** For tests: a small OpenID provider on loopback, with codes, PKCE and signed tokens. */
export interface TestProvider {
  issuer: string
  /** Of whoever signs in next. */
  claims: Record<string, unknown>
  /** Put into the token instead of what is right. */
  forged: { nonce?: string; audience?: string; key?: 'another' }
  close(): Promise<void>
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export const startTestProvider = async (client: { id: string; secret: string }): Promise<TestProvider> => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const others = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const codes = new Map<string, { challenge: string; nonce: string; callback: string }>()

  const idToken = (nonce: string): string => {
    const { forged, claims, issuer } = provider
    const now = Math.floor(Date.now() / 1_000)
    const head = base64url({ alg: 'RS256', kid: '1', typ: 'JWT' })
    const body = base64url({
      iss: issuer,
      aud: forged.audience ?? client.id,
      iat: now,
      exp: now + 60,
      nonce: forged.nonce ?? nonce,
      ...claims,
    })
    const key = forged.key === 'another' ? others.privateKey : keys.privateKey
    return `${head}.${body}.${sign('RSA-SHA256', Buffer.from(`${head}.${body}`), key).toString('base64url')}`
  }
  const token = (form: URLSearchParams, authorization: string): { status: number; answer: object } => {
    const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
    const isClient = authorization === basic || form.get('client_secret') === client.secret
    if (!isClient) return { status: 401, answer: { error: 'invalid_client' } }
    const code = form.get('code') ?? ''
    const grant = codes.get(code)
    codes.delete(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (grant === undefined || grant.challenge !== challenge || grant.callback !== form.get('redirect_uri')) {
      return { status: 400, answer: { error: 'invalid_grant' } }
    }
    const answer = { access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: idToken(grant.nonce) }
    return { status: 200, answer }
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', provider.issuer)
    const json = (status: number, answer: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    if (url.pathname === '/.well-known/openid-configuration') {
      const { issuer } = provider
      json(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      })
    } else if (url.pathname === '/keys') {
      json(200, { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] })
    } else if (url.pathname === '/authorize') {
      const asked = url.searchParams
      const code = randomBytes(12).toString('base64url')
      const callback = asked.get('redirect_uri') ?? ''
      codes.set(code, { challenge: asked.get('code_challenge') ?? '', nonce: asked.get('nonce') ?? '', callback })
      const back = new URL(callback)
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      response.writeHead(302, { location: back.href }).end()
    } else if (url.pathname === '/token') {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const form = new URLSearchParams(Buffer.concat(parts).toString())
      const { status, answer } = token(form, request.headers.authorization ?? '')
      json(status, answer)
    } else json(404, {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const provider: TestProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    claims: {},
    forged: {},
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return provider
}
