import { connect, createServer } from 'node:net'
import { vi } from 'vitest'

/** Tries until `assertion` no longer throws, and answers what it answers; throws its last error after `withinS` seconds. */
export const eventually = <T>(assertion: () => T | Promise<T>, withinS = 30): Promise<T> =>
  vi.waitFor(assertion, { timeout: withinS * 1_000, interval: 100 })

/**
 * A port that nobody listens on, below the range that the system gives to outgoing connections: a server that is restarted on it will
 * not find it taken by one of them.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

/** Whether somebody accepts connections on a port of this machine. */
export const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
