import { Agent, type IncomingMessage, request } from 'node:http'
import { type Log, type MetricsSource, ProblemError, problemCodes } from '@fanari/contracts'
import { type LinkError, linkVersion, streamSilenceMs, versionHeader } from './protocol.ts'

export interface Following {
  /** A message of the stream. */
  onMessage(message: unknown): void
  onUp?(): void
  /** The stream has ended; it will be opened again. */
  onDown?(): void
}

/** Another process of the same platform. */
export interface LinkClient {
  /** Rejects with a ProblemError `not-ready` while the process is away; what it was given may have been done all the same. */
  call(name: string, args: readonly unknown[]): Promise<unknown>
  /** Follows a stream, again and again, until the returned function is called. */
  follow(name: string, following: Following): () => void
  /** Ends all streams and connections. */
  close(): void
  metrics: MetricsSource
}

const retryMs = 50
const retryMsAtMost = 1_000
/** A call that takes longer has failed [ms]. */
const callMsAtMost = 30_000

export const createLinkClient = (options: {
  /** The other's name, for messages. */
  peer: string
  /** `http://host:port` of its inner door. */
  url: string
  secret: string
  log: Log
}): LinkClient => {
  const { peer, url, secret, log } = options
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const streams = new Set<() => void>()
  const headers = { authorization: `Bearer ${secret}`, [versionHeader]: linkVersion }

  let called = 0
  let failed = 0

  const away = (cause: string): ProblemError => new ProblemError('not-ready', `the service ${peer} is away: ${cause}`)

  const post = (name: string, body: Buffer): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${url}/link/calls/${name}`,
        {
          method: 'POST',
          agent,
          timeout: callMsAtMost,
          headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
        },
        (response) =>
          textOf(response)
            .then((text) => resolve(answered(response.statusCode ?? 0, text, peer)))
            .catch((error: unknown) => reject(error instanceof ProblemError ? error : away(String(error)))),
      )
      sent.on('timeout', () => sent.destroy(new Error('it does not answer')))
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // An idle connection was closed at the moment this call took it up. Whatever crosses the link may be done twice.
        if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(post(name, body))
        else reject(away(error.message))
      })
      sent.end(body)
    })

  const follow: LinkClient['follow'] = (name, { onMessage, onUp, onDown }) => {
    let ended = false
    let pauseMs = retryMs
    let retry: NodeJS.Timeout | undefined
    let isUp = false
    let isLogged = false
    let current: ReturnType<typeof request> | null = null

    const connect = (): void => {
      const sent = request(`${url}/link/streams/${name}`, { agent: false, timeout: streamSilenceMs, headers })
      current = sent
      let reason = 'it has closed the connection'
      sent.on('timeout', () => sent.destroy(new Error('it is silent')))
      sent.on('error', (error) => {
        reason = error.message
      })
      sent.on('close', () => closed(reason))
      sent.on('response', (response) => {
        response.on('error', (error) => {
          reason = error.message
        })
        if (response.statusCode !== 200) {
          reason = `it answers ${response.statusCode}`
          sent.destroy()
          return
        }
        isUp = true
        isLogged = false
        pauseMs = retryMs
        log('info', 'link.up', { peer, stream: name })
        onUp?.()
        let rest = ''
        response.setEncoding('utf8').on('data', (text: string) => {
          const lines = (rest + text).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) if (line !== '' && !ended) onMessage(JSON.parse(line))
        })
      })
      sent.end()
    }

    const closed = (reason: string): void => {
      if (ended) return
      if (isUp || !isLogged) log('warn', 'link.down', { peer, stream: name, reason })
      isLogged = true
      if (isUp) onDown?.()
      isUp = false
      retry = setTimeout(connect, pauseMs)
      pauseMs = Math.min(pauseMs * 2, retryMsAtMost)
    }

    const end = (): void => {
      ended = true
      clearTimeout(retry)
      current?.destroy()
      streams.delete(end)
    }
    streams.add(end)
    connect()
    return end
  }

  return {
    async call(name, args) {
      called += 1
      try {
        return await post(name, Buffer.from(JSON.stringify(args)))
      } catch (error) {
        failed += 1
        throw error
      }
    },
    follow,
    close() {
      for (const end of streams) end()
      agent.destroy()
    },
    metrics: () => {
      const counter = (name: string, help: string, value: number) => ({
        name,
        help,
        type: 'counter' as const,
        values: [{ labels: { peer }, value }],
      })
      return [
        counter('fanari_link_calls_total', 'Calls of another process of the platform', called),
        counter('fanari_link_call_failures_total', 'Those that it refused, or was away for', failed),
      ]
    },
  }
}

const textOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** @throws what the call was refused with */
const answered = (status: number, text: string, peer: string): unknown => {
  const answer = JSON.parse(text) as { value?: unknown; error?: LinkError }
  if (status === 200) return answer.value
  const { code, message = `status ${status}` } = answer.error ?? {}
  throw new ProblemError(isProblemCode(code) ? code : 'not-ready', `${peer}: ${message}`)
}

const isProblemCode = (code: string | undefined): code is keyof typeof problemCodes =>
  code !== undefined && code in problemCodes
