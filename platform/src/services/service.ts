import type { Clock, Log } from '@fanari/contracts'
import { createLinkClient, type LinkClient } from '../link/client.ts'
import { linkSecret } from '../link/secret.ts'
import type { ServiceName } from '../parts/ownership.ts'
import type { Settings } from '../settings.ts'

export interface ServiceOptions {
  settings: Settings
  dataFolder: string
  clock: Clock
  log: Log
}

/** One process of a platform of three. */
export interface Service {
  /** Resolves once it does its work, which may have to wait for another process; rejects when it cannot. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Ports in use, for the log. */
  ports(): Record<string, number>
  /** The administrator's token that this start has made: to be shown, once. */
  firstAdminToken(): string | null
}

/** How a service is reached, and reaches the others. */
export interface Links {
  /** Where its own inner door is to listen. */
  own: { host: string; port: number; secret: string }
  to(peer: ServiceName): LinkClient
}

export const linksOf = (service: ServiceName, { settings, dataFolder, log }: ServiceOptions): Links => {
  const urls: Record<ServiceName, string> = {
    broker: settings.FANARI_LINK_BROKER,
    ingest: settings.FANARI_LINK_INGEST,
    api: settings.FANARI_LINK_API,
  }
  const secret = linkSecret(settings.FANARI_LINK_SECRET, dataFolder)
  return {
    own: { host: settings.FANARI_LINK_HOST, port: Number(new URL(urls[service]).port), secret },
    to: (peer) => createLinkClient({ peer, url: urls[peer], secret, log }),
  }
}
