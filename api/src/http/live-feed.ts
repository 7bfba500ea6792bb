import type { ServerResponse } from 'node:http'
import {
  type CallContext,
  type Clock,
  type CommunityLight,
  type DetectorOutput,
  type Incident,
  type LightSummary,
  type Log,
  ProblemError,
  type RollCall,
  type Ticket,
  toIso,
} from '@fanari/contracts'

/** Streams open at a time, over all municipalities. */
const mostClients = 500
/** A client this far behind [bytes] is dropped: it will come back and read the state anew. */
const mostBuffered = 1024 * 1024
/** Wall time between two `clock` events, which also keep proxies from closing an idle stream [ms]. */
const clockIntervalMs = 5_000

/** The server-sent events of a municipality, by their names. */
interface LiveEvents {
  lights: LightSummary[]
  community: CommunityLight & { id: string }
  incident: Incident
  ticket: Ticket
  /** To operators alone. */
  call: CallContext
  rollCall: RollCall
  clock: { time: string; speed: number }
}

/** Who listens: what concerns callers goes to operators alone. */
type Audience = 'everyone' | 'operators'

/** Sends what happens to the open pages (`text/event-stream`). An event is written out once, however many listen. */
export interface LiveFeed {
  start(): void
  /** @throws ProblemError `too-many-requests` when there are too many clients already. */
  add(municipality: string, response: ServerResponse, headers: Record<string, string>, audience: Audience): void
  send<Name extends keyof LiveEvents>(municipality: string, name: Name, data: LiveEvents[Name]): void
  sendLights(municipality: string, outputs: readonly DetectorOutput[]): void
  clients(): number
  /** Ends every stream, because something was missed: its client comes back and reads the state anew. */
  startOver(): void
  /** Ends every stream. */
  stop(): void
}

export const createLiveFeed = (options: { clock: Clock; log: Log }): LiveFeed => {
  const { clock, log } = options
  const clients = new Map<ServerResponse, { municipality: string; audience: Audience }>()
  let timer: NodeJS.Timeout | undefined

  const frame = (name: keyof LiveEvents, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
  const clockFrame = () => frame('clock', { time: toIso(clock.now()), speed: clock.speed })

  const write = (response: ServerResponse, text: string) => {
    if (response.writableLength > mostBuffered) {
      log('warn', 'stream.clientTooSlow', { buffered: response.writableLength })
      clients.delete(response)
      response.destroy()
      return
    }
    response.write(text)
  }
  const send: LiveFeed['send'] = (municipality, name, data) => {
    if (clients.size === 0) return
    const text = frame(name, data)
    for (const [response, client] of clients) {
      if (client.municipality !== municipality) continue
      if (name !== 'call' || client.audience === 'operators') write(response, text)
    }
  }

  const startOver = () => {
    for (const response of clients.keys()) response.end()
    clients.clear()
  }

  return {
    start: () => {
      timer ??= setInterval(() => {
        const text = clockFrame()
        for (const response of clients.keys()) write(response, text)
      }, clockIntervalMs)
    },
    add: (municipality, response, headers, audience) => {
      if (clients.size >= mostClients) {
        throw new ProblemError('too-many-requests', `${mostClients} streams are open already; try again later`)
      }
      response.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx would hold events back until its buffer is full.
        'x-accel-buffering': 'no',
      })
      clients.set(response, { municipality, audience })
      response.on('close', () => clients.delete(response))
      response.write(`: ${municipality}\nretry: 2000\n\n${clockFrame()}`)
    },
    send,
    sendLights: (municipality, outputs) => {
      if (clients.size === 0) return
      const lights: LightSummary[] = []
      for (const output of outputs) {
        if (output.type === 'light.changed') {
          lights.push({ id: output.luminaire, state: output.state, reason: output.reason })
        } else if (output.type === 'community.changed') {
          send(municipality, 'community', { id: output.community, ...output.light })
        } else if (output.type === 'rollCall') {
          const { type: _, at, ...call } = output
          send(municipality, 'rollCall', { ...call, at: toIso(at) })
        }
      }
      if (lights.length > 0) send(municipality, 'lights', lights)
    },
    clients: () => clients.size,
    startOver,
    stop: () => {
      clearInterval(timer)
      timer = undefined
      startOver()
    },
  }
}
