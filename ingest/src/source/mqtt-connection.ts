import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { parser as createParser, generate, type IConnectPacket, type Packet } from 'mqtt-packet'

/** One MQTT 3.1.1 connection as a client, from CONNECT to its end. */
export interface MqttConnection {
  send(packet: Packet): void
  /** Stops and resumes reading, so that the broker waits. */
  pause(): void
  resume(): void
  /** Ends it politely: DISCONNECT, then close; without waiting long for the broker. */
  end(): void
  /** Ends it at once. */
  destroy(reason: Error): void
}

export interface MqttConnectionOptions {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  url: string
  tls?: ConnectionOptions
  connect: Pick<IConnectPacket, 'clientId' | 'username' | 'password'>
  keepaliveS: number
  /** The broker has accepted; `sessionPresent`: it still knows this client's subscriptions and what it owes it. */
  onAccepted: (sessionPresent: boolean) => void
  onPacket: (packet: Packet) => void
  /** Called once, however it ended. */
  onClosed: (reason: Error) => void
}

const connectTimeoutMs = 10_000
const endTimeoutMs = 1_000

export const openMqttConnection = (options: MqttConnectionOptions): MqttConnection => {
  const { keepaliveS, onAccepted, onPacket, onClosed } = options
  const socket = openSocket(options)
  const parser = createParser({ protocolVersion: 4 })
  let accepted = false
  let answered = true
  let corked = false
  let reason = new Error('the broker closed the connection')

  const destroy = (why: Error): void => {
    reason = why
    socket.destroy()
  }

  const send = (packet: Packet): void => {
    if (socket.destroyed) return
    // Acknowledgements come in hundreds after a commit: one write for all of them.
    if (!corked) {
      corked = true
      socket.cork()
      process.nextTick(() => {
        corked = false
        socket.uncork()
      })
    }
    socket.write(generate(packet))
  }

  const connectTimer = setTimeout(() => destroy(new Error('the broker did not answer CONNECT')), connectTimeoutMs)
  // A broker that has sent nothing between two pings, not even the answer to the first, is gone.
  const pingTimer = setInterval(
    () => {
      if (!answered) destroy(new Error('the broker did not answer a ping'))
      answered = false
      send({ cmd: 'pingreq' })
    },
    (keepaliveS * 1_000) / 2,
  )

  parser.on('packet', (packet: Packet) => {
    if (packet.cmd !== 'connack') {
      if (accepted) onPacket(packet)
      return
    }
    if (packet.returnCode !== 0) {
      destroy(new Error(`the broker refused the connection (code ${packet.returnCode})`))
      return
    }
    clearTimeout(connectTimer)
    accepted = true
    onAccepted(packet.sessionPresent)
  })
  parser.on('error', destroy)

  socket.on('data', (chunk) => {
    answered = true
    parser.parse(chunk)
  })
  socket.on('error', (error) => {
    reason = error
  })
  socket.on('close', () => {
    clearTimeout(connectTimer)
    clearInterval(pingTimer)
    onClosed(reason)
  })

  // The protocol lets a client send CONNECT before the TCP connection is known to stand; the socket queues it.
  send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: false,
    keepalive: keepaliveS,
    ...options.connect,
  })

  return {
    send,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end() {
      reason = new Error('closed')
      send({ cmd: 'disconnect' })
      socket.end()
      setTimeout(() => socket.destroy(), endTimeoutMs).unref()
    },
    destroy,
  }
}

const openSocket = ({ url, tls }: MqttConnectionOptions): Socket => {
  const { protocol, hostname, port } = new URL(url)
  // WHATWG keeps the brackets of an IPv6 literal.
  const host = hostname.replace(/^\[|\]$/g, '')
  switch (protocol) {
    case 'mqtt:':
      return connectTcp({ host, port: Number(port || 1883), noDelay: true })
    case 'mqtts:':
      return connectTls({ servername: host, ...tls, host, port: Number(port || 8883) })
    default:
      throw new Error(`${url} is neither mqtt:// nor mqtts://`)
  }
}
