import { createHmac } from 'node:crypto'
import { maskAddresses } from '../privacy/mask-addresses.ts'
import type { Delivery } from './channel.ts'

/** Wall time until a server that does not answer is given up [ms]. */
const timeoutMs = 15_000
/** What is read of an answer that refuses [characters]. */
const longestReason = 300

export interface Post {
  url: string
  contentType: string
  body: string
  /** Names the message: the same one sent twice has the same. */
  key: string
  authorization?: string | undefined
  signingSecret?: string | undefined
  /** Wall time [ms since 1970 UTC], for the signature. */
  wallNow: number
}

/**
 * `t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "<t>.<body>">`: the receiver recomputes it, and refuses what is old. One string of the
 * two, so that neither can be exchanged.
 */
const signatureOf = (body: string, secret: string, wallNow: number): string => {
  const t = Math.floor(wallNow / 1_000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`
}

/** Sends one message by HTTP. Redirects are not followed: whatever they name was not configured. */
export const post = async (message: Post): Promise<Delivery> => {
  const { url, contentType, body, key, authorization, signingSecret, wallNow } = message
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'content-type': contentType,
        'idempotency-key': key,
        ...(authorization === undefined ? {} : { authorization }),
        ...(signingSecret === undefined ? {} : { 'fanari-signature': signatureOf(body, signingSecret, wallNow) }),
      },
      body,
    })
    const said = (await response.text()).slice(0, longestReason)
    return deliveryOf(response, maskAddresses(`${response.status} ${said}`).trim())
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return { kind: 'away', reason: cause?.code ?? name }
  }
}

const deliveryOf = ({ status, headers }: Response, reason: string): Delivery => {
  if (status >= 200 && status < 300) return { kind: 'sent' }
  // Our key is wrong, or the whole server is out of order: no other message would fare better.
  if (status === 401 || status === 403 || status >= 500 || (status >= 300 && status < 400))
    return { kind: 'away', reason }
  if (status === 408 || status === 425 || status === 429) {
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    return { kind: 'later', reason, ...(Number.isFinite(seconds) && seconds >= 0 ? { afterMs: seconds * 1_000 } : {}) }
  }
  return { kind: 'refused', reason }
}
