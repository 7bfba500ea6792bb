import type { IncomingMessage } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createAdmission } from './admission.ts'
import { type TlsCredentials, throughTls, throughWebSocket } from './entrances.ts'
import type { BrokerLimits } from './limits.ts'
import type { Refusals } from './refusals.ts'

const doorNames = ['mqtt', 'mqtts', 'ws', 'wss'] as const
export type DoorName = (typeof doorNames)[number]

/** Takes an established byte stream. `request` is the HTTP request of a WebSocket. */
export type TakeStream = (stream: Duplex, remoteAddress: string, request?: IncomingMessage) => void

export interface DoorOptions {
  host: string
  /** 0 = any free port; a missing or null door stays shut. */
  ports: Partial<Record<DoorName, number | null>>
  tls: TlsCredentials | undefined
  limits: BrokerLimits
  refusals: Refusals
  take: TakeStream
}

export interface Doors {
  open(): Promise<void>
  close(): Promise<void>
  addresses(): Partial<Record<DoorName, number>>
  connections(): number
}

/** The TCP, TLS and WebSocket listeners. All sockets come in through one admission, whatever is spoken on them. */
export const createDoors = (options: DoorOptions): Doors => {
  const { host, ports, limits, refusals } = options
  const admission = createAdmission(limits, refusals)
  const listening = new Map<DoorName, Server>()

  const openDoor = (name: DoorName, port: number): Promise<void> => {
    const enter = entrances[name](options)
    // Paused: while a socket waits for admission nothing of it is read.
    const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => admission.admit(socket, enter))
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        listening.set(name, server)
        resolve()
      })
    })
  }

  const close = async (): Promise<void> => {
    const closed = [...listening.values()].map((server) => new Promise((resolve) => server.close(resolve)))
    listening.clear()
    admission.close()
    await Promise.all(closed)
  }

  const open = async (): Promise<void> => {
    try {
      for (const name of doorNames) {
        const port = ports[name] ?? null
        if (port !== null) await openDoor(name, port)
      }
    } catch (error) {
      await close()
      throw error
    }
  }

  const addresses = (): Partial<Record<DoorName, number>> =>
    Object.fromEntries([...listening].map(([name, server]) => [name, (server.address() as AddressInfo).port]))

  return { open, close, addresses, connections: admission.connections }
}

type Enter = (socket: Socket) => void

const enterPlain =
  (options: DoorOptions): Enter =>
  (socket) =>
    options.take(socket, socket.remoteAddress ?? '')

const entrances: Record<DoorName, (options: DoorOptions) => Enter> = {
  mqtt: enterPlain,
  mqtts: (options) => throughTls(options, enterPlain(options)),
  ws: (options) => throughWebSocket(options, options.take),
  wss: (options) => throughTls(options, throughWebSocket(options, options.take)),
}
