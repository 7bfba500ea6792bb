import type { Metric, Readiness } from '@fanari/contracts'
import type { LinkClient } from './client.ts'
import type { Stream } from './protocol.ts'

/** How often a process looks whether its own readiness has changed [ms]. */
const lookMs = 200

/** Tells the others of a process's readiness, at once and whenever it changes. */
export const readinessStream =
  (own: () => Readiness[]): Stream =>
  (send) => {
    let told = ''
    const tell = (): void => {
      const now = own()
      const text = JSON.stringify(now)
      if (text === told) return
      told = text
      send(now)
    }
    tell()
    const timer = setInterval(tell, lookMs)
    return () => clearInterval(timer)
  }

/** Another process as this one knows it: whether it is there, and whether it can do its work. */
export interface Peer {
  start(): void
  stop(): void
  readiness(): Readiness[]
  metrics(): Metric[]
}

export const createPeer = (name: string, client: LinkClient): Peer => {
  let known: Readiness[] | null = null
  let end = (): void => {}
  return {
    start() {
      end = client.follow('readiness', {
        onMessage: (message) => {
          known = message as Readiness[]
        },
        onDown: () => {
          known = null
        },
      })
    },
    stop: () => end(),
    readiness: () => known ?? [{ ready: false, detail: `the service ${name} is away` }],
    metrics: () => [
      ...client.metrics(),
      {
        name: 'fanari_link_up',
        help: 'Whether another process of the platform is connected',
        type: 'gauge',
        values: [{ labels: { peer: name }, value: known === null ? 0 : 1 }],
      },
    ],
  }
}
