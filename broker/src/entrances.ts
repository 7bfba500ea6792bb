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
  const { tls, limits } = options
  if (tls === undefined) throw new TypeError('the doors mqtts and wss need a TLS key and certificate')
  const server = createTlsServer(
    {
      ...tls,
      requestCert: tls.ca !== undefined,
      rejectUnauthorized: tls.ca !== undefined,
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.connectTimeoutS * 1_000,
    },
    enter,
  )
  server.on('tlsClientError', (error) => options.refusals.note('tlsFailed', { error: error.message }))
  return (socket) => {
    server.emit('connection', socket)
  }
}

/** Leads an admitted socket through a WebSocket upgrade to the subprotocol `mqtt` [MQTT-6.0.0-3], on any path. */
export const throughWebSocket = (options: EntranceOptions, take: TakeStream): ((socket: Socket) => void) => {
  const { limits } = options
  const deadlines = new WeakMap<Duplex, NodeJS.Timeout>()
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
    clearTimeout(deadlines.get(request.socket))
    if (webSocket.protocol === 'mqtt') {
      take(createWebSocketStream(webSocket), request.socket.remoteAddress ?? '', request)
    } else {
      options.refusals.note('notMqtt', { remoteAddress: request.socket.remoteAddress })
      webSocket.close(1002, 'the subprotocol mqtt is required')
    }
  })
  return (socket) => {
    // Node's own header timeout runs only in servers that listen themselves.
    const deadline = setTimeout(() => socket.destroy(), limits.connectTimeoutS * 1_000)
    deadlines.set(socket, deadline)
    socket.once('close', () => clearTimeout(deadline))
    server.emit('connection', socket)
    socket.resume()
  }
}
