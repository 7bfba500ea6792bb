import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { BrokerLimits } from './limits.ts'
import type { Refusals } from './refusals.ts'

export interface TlsCredentials {
  /** PEM. */
  key: string
  cert: string
  /** PEM of the authority that signs device certificates. With it a client must present one, beside its credentials. */
  ca?: string
}

/** Takes an established byte stream. `request` is the HTTP request of a WebSocket. */
export type TakeStream = (stream: Duplex, remoteAddress: string, request?: IncomingMessage) => void

interface EntranceOptions {
  tls: TlsCredentials | undefined
  limits: BrokerLimits
  refusals: Refusals
}

/** Leads an admitted socket through a TLS handshake. */
export const throughTls = (options: EntranceOptions, enter: (socket: Socket) => void): ((socket: Socket) => void) => {
  const { tls, limits, refusals } = options
  if (tls === undefined) throw new TypeError('the doors mqtts and wss need a TLS key and certificate')
  const deadlines = createDeadlines(limits)
  const server = createTlsServer(
    { ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined, minVersion: 'TLSv1.2' },
    (socket) => {
      deadlines.met(socket)
      enter(socket)
    },
  )
  server.on('tlsClientError', (error) => refusals.note('tlsFailed', { error: error.message }))
  return (socket) => {
    deadlines.set(socket)
    server.emit('connection', socket)
  }
}

/** Leads an admitted socket through a WebSocket upgrade to the subprotocol `mqtt` [MQTT-6.0.0-3], on any path. */
export const throughWebSocket = (options: EntranceOptions, take: TakeStream): ((socket: Socket) => void) => {
  const { limits, refusals } = options
  const deadlines = createDeadlines(limits)
  const server = createHttpServer({ maxHeaderSize: limits.maxConnectBytes }, (_request, response) => {
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end()
  })
  const sockets = new WebSocketServer({
    server,
    maxPayload: limits.maxPacketBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => offered.has('mqtt') && 'mqtt',
  })
  sockets.on('connection', (webSocket, request) => {
    const { remoteAddress } = request.socket
    deadlines.met(request.socket)
    if (webSocket.protocol === 'mqtt') {
      take(createWebSocketStream(webSocket), remoteAddress ?? '', request)
    } else {
      refusals.note('notMqtt', { remoteAddress })
      webSocket.on('error', () => {})
      webSocket.close(1002, 'the subprotocol mqtt is required')
    }
  })
  return (socket) => {
    deadlines.set(socket)
    server.emit('connection', socket)
    socket.resume()
  }
}

/**
 * Gives each socket its time for a handshake. Node's own time-outs start anew with each byte (TLS), or run only in servers that
 * listen themselves (HTTP headers). Sockets are told by the peer's address and port, for a TLS socket hides the one it wraps.
 */
const createDeadlines = (limits: BrokerLimits) => {
  const timers = new Map<string, NodeJS.Timeout>()
  const peer = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`
  const met = (socket: Socket): void => {
    clearTimeout(timers.get(peer(socket)))
    timers.delete(peer(socket))
  }
  const set = (socket: Socket): void => {
    const key = peer(socket)
    const timer = setTimeout(() => socket.destroy(), limits.connectTimeoutS * 1_000)
    timers.set(key, timer)
    socket.once('close', () => {
      clearTimeout(timer)
      if (timers.get(key) === timer) timers.delete(key)
    })
  }
  return { set, met }
}
