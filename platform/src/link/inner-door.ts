import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { prometheusType, toPrometheus } from '@fanari/api'
import { type Log, type MetricsSource, ProblemError, problemCodes, type Readiness } from '@fanari/contracts'
import { type Call, type LinkError, linkVersion, type Stream, streamBeatMs, versionHeader } from './protocol.ts'

/** What one process of the platform offers the others, and orchestrators. */
export interface InnerDoor {
  /** Rejects when the port is taken. */
  start(): Promise<void>
  stop(): Promise<void>
  /** The port in use; `null` when it is closed. */
  port(): number | null
}

export interface InnerDoorOptions {
  host: string
  /** 0: any that is free. */
  port: number
  secret: string
  calls: Record<string, Call>
  streams: Record<string, Stream>
  readiness: () => Readiness[]
  metrics: MetricsSource
  log: Log
}

/** A call's arguments may be an import of many thousand assets [bytes]. */
const bodyBytesAtMost = 64 * 1024 * 1024
/** A follower of a stream that is so far behind is cut off: it comes back, and knows that it has missed something [bytes]. */
const backlogBytesAtMost = 16 * 1024 * 1024
/** Longer than a client keeps a connection it does not use [ms]. */
const keepAliveMs = 65_000

export const createInnerDoor = (options: InnerDoorOptions): InnerDoor => {
  const { host, port, calls, streams, readiness, metrics, log } = options
  const secretHash = hashOf(`Bearer ${options.secret}`)
  let refusalLoggedAt = Number.NEGATIVE_INFINITY
  /** At most one a second, however often a stranger knocks. */
  const logRefusal = (remoteAddress: string | undefined): void => {
    if (performance.now() - refusalLoggedAt < 1_000) return
    refusalLoggedAt = performance.now()
    log('warn', 'link.refused', { remoteAddress, reason: 'wrong secret' })
  }
  /** The functions that end what is being streamed. */
  const streaming = new Set<() => void>()

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/'
    if (path === '/healthz') return sendJson(response, 200, { status: 'ok' })
    if (path === '/readyz') return sendReadiness(response, readiness())
    if (path === '/metrics') return send(response, 200, prometheusType, toPrometheus(metrics()))
    const [, link, kind, name = ''] = path.split('/')
    if (link !== 'link') return refuse(response, 404, { message: 'there is nothing at this address' })
    if (!timingSafeEqual(hashOf(request.headers.authorization ?? ''), secretHash)) {
      logRefusal(request.socket.remoteAddress)
      return refuse(response, 401, { message: 'the secret is not that of this platform' })
    }
    const version = request.headers[versionHeader]
    if (version !== linkVersion)
      return refuse(response, 409, { message: `link version ${String(version)}, this release speaks ${linkVersion}` })
    if (kind === 'calls' && Object.hasOwn(calls, name)) return answer(calls[name] as Call, request, response)
    if (kind === 'streams' && Object.hasOwn(streams, name)) return stream(streams[name] as Stream, response)
    return refuse(response, 404, { message: `there is no ${kind} ${name}` })
  }

  const answer = async (call: Call, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request)
    if (text === null)
      return refuse(response, 413, { message: `the arguments are larger than ${bodyBytesAtMost} bytes` })
    const args = arrayIn(text)
    if (args === null) refuse(response, 400, { message: 'the arguments are no array in JSON' })
    else sendJson(response, 200, { value: await call(...args) })
  }

  const stream = (begin: Stream, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    const write = (line: string): void => {
      if (response.writableLength > backlogBytesAtMost) response.destroy()
      else response.write(`${line}\n`)
    }
    write('')
    const beat = setInterval(() => write(''), streamBeatMs)
    const end = begin((message) => write(JSON.stringify(message)))
    const stop = (): void => {
      if (!streaming.delete(stop)) return
      clearInterval(beat)
      end()
      response.destroy()
    }
    streaming.add(stop)
    response.on('close', stop)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) {
        response.destroy()
        return
      }
      if (!(error instanceof ProblemError)) log('debug', 'link.callFailed', { path: request.url, error: String(error) })
      const message = error instanceof Error ? error.message : String(error)
      refuse(response, 503, error instanceof ProblemError ? { code: error.code, message } : { message })
    })
  })
  server.keepAliveTimeout = keepAliveMs

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve()
        })
      }),
    stop: () =>
      new Promise((resolve) => {
        for (const end of streaming) end()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
    port: () => {
      const address = server.address()
      return address === null || typeof address === 'string' ? null : address.port
    },
  }
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()

const send = (response: ServerResponse, status: number, type: string, text: string): void => {
  const bytes = Buffer.from(text)
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length }).end(bytes)
}
const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  send(response, status, 'application/json', JSON.stringify(value))

const refuse = (response: ServerResponse, status: number, error: LinkError): void =>
  sendJson(response, status, { error })

/** As the api answers it. */
const sendReadiness = (response: ServerResponse, services: readonly Readiness[]): void => {
  const waiting = services.filter(({ ready }) => !ready)
  if (waiting.length === 0)
    return sendJson(response, 200, { status: 'ready', services: services.map(({ detail }) => detail) })
  const { status, title, retry } = problemCodes['not-ready']
  const detail = waiting.map((service) => service.detail).join('; ')
  const problem = { type: '/problems/not-ready', title, status, detail, instance: '/readyz', retry }
  send(response, status, 'application/problem+json', JSON.stringify(problem))
}

const arrayIn = (text: string): unknown[] | null => {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/** `null` when it is too large. */
const bodyOf = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > bodyBytesAtMost) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
