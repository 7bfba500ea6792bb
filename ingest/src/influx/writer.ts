import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { RetentionPolicy } from '@fanari/contracts'
import { HttpError, InfluxDB, type Transport, type WriteApi } from '@influxdata/influxdb-client'
import { authorizationOf, type InfluxConnection } from './server.ts'

/** A line that the server will never take, and what it says. */
export interface RefusedLine {
  line: string
  reason: string
}

/** What became of lines. `taken`: all are kept by the server but those it refused. */
export type WriteOutcome =
  | { kind: 'taken'; refused: RefusedLine[]; beyondRetention: number }
  /** Nothing is known of them: try again. */
  | { kind: 'unavailable'; reason: string }
  /** The database, bucket or policy is missing: create it, then try again. */
  | { kind: 'noStorage'; reason: string }

export interface Writer {
  /** Sends lines and waits for the answer; never rejects. */
  write(policy: RetentionPolicy, lines: readonly string[]): Promise<WriteOutcome>
  close(): void
}

/** The client sends when it is told to, once, and keeps nothing: its own batches report success before the server has answered. */
const explicitly = { batchSize: 1e9, maxBatchBytes: 1e9, flushInterval: 0, maxRetries: 0 }
const timeoutMs = 30_000

export const createWriter = (
  connection: InfluxConnection,
  { gzipBytes = 1_000 }: { /** Larger bodies are compressed [bytes]. */ gzipBytes?: number } = {},
): Writer => {
  const { url, database, login } = connection
  const agent = new (url.startsWith('https:') ? HttpsAgent : HttpAgent)({ keepAlive: true })
  const { transport } = new InfluxDB({
    url,
    timeout: timeoutMs,
    headers: authorizationOf(login),
    transportOptions: { agent },
  })

  const send = async (policy: RetentionPolicy, lines: readonly string[]): Promise<Answer> => {
    const heard: Heard = { status: 0, body: '' }
    const api: WriteApi = new InfluxDB({ url, transport: listening(transport, heard) }).getWriteApi('', '', 'ms', {
      ...explicitly,
      gzipThreshold: gzipBytes,
      // Without it the client prints each failure.
      writeFailed: (error) => Promise.reject(error),
    })
    api.path = `/write?${new URLSearchParams({ db: database, rp: policy, precision: 'ms' })}`
    try {
      // As one record: of each the client would count the bytes and keep a buffer, a sixth of all the work.
      api.writeRecord(lines.join('\n'))
      await api.flush()
      return answerOf(heard.status, heard.body)
    } catch (error) {
      if (!(error instanceof HttpError)) return { kind: 'unavailable', reason: String(error) }
      return answerOf(error.statusCode, error.body ?? error.message)
    }
  }

  /**
   * Finds the lines that the server refuses, by halves. The good ones of a batch are kept already by a server that takes part of it, and
   * are written again: the same point twice is one point.
   */
  const isolate = async (
    policy: RetentionPolicy,
    lines: readonly string[],
    taken: Extract<WriteOutcome, { kind: 'taken' }>,
  ): Promise<WriteOutcome> => {
    const answer = await send(policy, lines)
    switch (answer.kind) {
      case 'taken':
        return taken
      case 'beyondRetention':
        taken.beyondRetention += answer.dropped ?? lines.length
        return taken
      case 'refusedLines':
        return addRefused(taken, lines, answer.refused)
      case 'refused': {
        const [line] = lines
        if (lines.length === 1 && line !== undefined) {
          taken.refused.push({ line, reason: answer.reason })
          return taken
        }
        const middle = Math.ceil(lines.length / 2)
        const first = await isolate(policy, lines.slice(0, middle), taken)
        return first.kind === 'taken' ? isolate(policy, lines.slice(middle), taken) : first
      }
      case 'unavailable':
      case 'noStorage':
        return answer
    }
  }

  return {
    write(policy, lines) {
      const taken = { kind: 'taken' as const, refused: [], beyondRetention: 0 }
      if (lines.length === 0) return Promise.resolve(taken)
      return isolate(policy, lines, taken)
    },
    close: () => agent.destroy(),
  }
}

interface Heard {
  status: number
  body: string
}

/** The client calls 201 a success and drops its body, which is where InfluxDB 3 says which lines it did not take. */
const listening = (transport: Transport, heard: Heard): Transport => ({
  ...transport,
  request: transport.request.bind(transport),
  iterate: transport.iterate.bind(transport),
  send: (path, body, options, callbacks) =>
    transport.send(path, body, options, {
      ...callbacks,
      next(data) {
        heard.body += Buffer.from(data as Uint8Array).toString('utf8')
        return callbacks?.next?.(data)
      },
      error: (error) => callbacks?.error?.(error),
      complete: () => callbacks?.complete?.(),
      responseStarted(headers, status) {
        heard.status = status ?? 0
        callbacks?.responseStarted?.(headers, status)
      },
    }),
})

type Answer =
  | { kind: 'taken' }
  | { kind: 'beyondRetention'; dropped: number | null }
  | { kind: 'refusedLines'; refused: { number: number; reason: string }[] }
  | { kind: 'refused'; reason: string }
  | { kind: 'unavailable' | 'noStorage'; reason: string }

/**
 * What a status means. A partial write is 400 in 1.x (which keeps the good lines), 422 in 2.x, 400 or 201 with the lines by number in 3.
 */
const answerOf = (status: number, body: string): Answer => {
  const reason = `${status} ${body.slice(0, 300)}`
  switch (status) {
    case 200:
    case 204:
      return { kind: 'taken' }
    case 201:
    case 400:
    case 422: {
      const refused = refusedLinesIn(body)
      if (refused !== null) return { kind: 'refusedLines', refused }
      if (status === 201) return { kind: 'taken' }
      if (/retention policy not found|database not found/.test(body)) return { kind: 'noStorage', reason }
      if (/beyond retention|outside retention/.test(body)) return { kind: 'beyondRetention', dropped: droppedIn(body) }
      return { kind: 'refused', reason }
    }
    case 413:
      return { kind: 'refused', reason }
    case 404:
      return { kind: 'noStorage', reason }
    default:
      return /retention policy not found|database not found/.test(body)
        ? { kind: 'noStorage', reason }
        : { kind: 'unavailable', reason }
  }
}

/** How many lines a partial write dropped; 1.x says 0 of lines that it could not even parse. */
const droppedIn = (body: string): number | null => {
  const dropped = Number(/dropped=(\d+)/.exec(body)?.[1] ?? 0)
  return dropped === 0 ? null : dropped
}

/** InfluxDB 3: `{"error":"partial write of line protocol occurred","data":[{"line_number":2,"error_message":"…"}]}`. */
const refusedLinesIn = (body: string): { number: number; reason: string }[] | null => {
  if (!body.includes('line_number')) return null
  try {
    const { data } = JSON.parse(body) as { data?: unknown }
    const items = (Array.isArray(data) ? data : [data]) as { line_number?: unknown; error_message?: unknown }[]
    return items.map((item) => ({ number: Number(item.line_number), reason: String(item.error_message) }))
  } catch {
    return null
  }
}

const addRefused = (
  taken: Extract<WriteOutcome, { kind: 'taken' }>,
  lines: readonly string[],
  refused: readonly { number: number; reason: string }[],
): WriteOutcome => {
  for (const { number, reason } of refused) {
    const line = lines[number - 1]
    if (line !== undefined) taken.refused.push({ line, reason })
  }
  return taken
}
