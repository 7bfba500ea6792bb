import type { Socket } from 'node:net'
import type { BrokerLimits } from './limits.ts'
import type { Refusals } from './refusals.ts'
import { TokenBucket } from './token-bucket.ts'

export interface Admission {
  /** Calls `enter` now or when the socket's turn has come. */
  admit(socket: Socket, enter: (socket: Socket) => void): void
  /** Sockets open, waiting ones included. */
  connections(): number
  /** Destroys all sockets. */
  close(): void
}

const ignore = (): void => {}

/**
 * Paces new connections: after an outage a whole town knocks at once, and each TLS handshake and session lookup costs the time of
 * those already in. Sockets over the rate wait for their turn; only those over `maxConnections` are turned away.
 */
export const createAdmission = (limits: BrokerLimits, refusals: Refusals): Admission => {
  const bucket = new TokenBucket(limits.connectionsPerSecond, limits.connectionBurst, performance.now())
  const sockets = new Set<Socket>()
  const waiting: { socket: Socket; enter: (socket: Socket) => void }[] = []
  let timer: NodeJS.Timeout | null = null

  const admitNext = (): void => {
    timer = null
    while (waiting.length > 0) {
      const next = waiting.shift()
      if (next === undefined || next.socket.destroyed) continue
      next.enter(next.socket)
      const delayMs = bucket.take(1, performance.now())
      if (delayMs > 0) {
        timer = setTimeout(admitNext, delayMs)
        return
      }
    }
  }

  function forget(this: Socket): void {
    sockets.delete(this)
  }

  return {
    admit: (socket, enter) => {
      // Until someone takes the socket over, a reset by the peer is no error of ours.
      socket.on('error', ignore)
      if (sockets.size >= limits.maxConnections) {
        refusals.note('tooManyConnections', { remoteAddress: socket.remoteAddress })
        socket.destroy()
        return
      }
      sockets.add(socket)
      socket.once('close', forget)
      waiting.push({ socket, enter })
      if (timer === null) admitNext()
    },
    connections: () => sockets.size,
    close: () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      waiting.length = 0
      for (const socket of sockets) socket.destroy()
    },
  }
}
