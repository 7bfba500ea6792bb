import type {
  Clock,
  DeviceDirectory,
  IncidentSink,
  JournalCommands,
  LightQueries,
  Log,
  Metric,
  MetricsSource,
  NightQueries,
  Publisher,
  Readiness,
  RecordQueries,
} from '@fanari/contracts'
import type { IdentityProviderOptions } from './access/identity-provider.ts'
import type { ScryptCost } from './access/passwords.ts'
import type { FloodLimits } from './http/flood-guard.ts'
import type { NoticeOptions } from './notices/notice-desk.ts'
import type { Register } from './register/register.ts'

export interface ApiOptions {
  /** The SQLite file; made when it is missing. */
  databaseFile: string
  host?: string | undefined
  /** 0: any that is free. */
  port: number
  clock: Clock
  /** Wall time [ms since 1970 UTC]: sessions and codes end by it, whatever time a simulated town has. */
  wallNow: () => number
  log: Log
  /** The configured administrator's token. Without one, the first `open()` makes one. */
  adminToken?: string | undefined
  /** The configured token that Grafana's alerts come with. Without one, one with the role `viewer` will do. */
  alertToken?: string | undefined
  /** What a guess of an account's password costs; OWASP's advice when it is not given. */
  passwordCost?: ScryptCost | undefined
  journal: JournalCommands
  lights: LightQueries
  nights: NightQueries
  publisher: Publisher
  /** Where browsers find the platform, without a slash at its end. Where a request says it went, when it is not given. */
  publicUrl?: string | undefined
  /** The municipality's own sign-in. */
  identityProvider?: IdentityProviderOptions | undefined
  /** Proxies whose `X-Forwarded-…` headers are believed: addresses or networks after commas; `loopback` is one. */
  trustProxy?: string | undefined
  floodLimits: FloodLimits
  /** The ways to reach citizens and staff; none: nobody is sent anything. */
  notices?: NoticeOptions | undefined
  /** The built web pages, served at `/`. */
  consoleFolder?: string | undefined
  /** Of the other services. */
  readiness: () => Readiness[]
  metrics: MetricsSource[]
  town?: { municipality: string } | null | undefined
}

export interface Api {
  /** Opens the database and loads the register, before the services start that ask it. */
  open(): void
  /** Gives the journal and MQTT what a crash kept back, as far as they take it now, then listens. */
  start(): Promise<void>
  /** Ends the streams, the server and the outboxes, then closes the database. */
  stop(): Promise<void>
  directory: DeviceDirectory
  incidents: IncidentSink
  /** For those who keep a copy of incidents, tickets and reports. */
  records: RecordQueries
  /** What `GET /metrics` says: of all services of this process. */
  metrics: () => Metric[]
  register: Pick<Register, 'putMunicipality' | 'importAssets' | 'addDevice' | 'rotateCredentials' | 'municipality'>
  /** Looks once at what waits for time to pass, as it does by itself every minute of the platform's clock. */
  lookAround(): Promise<void>
  /** Where it listens; `null` when it does not. */
  address(): { host: string; port: number } | null
  /** The administrator's token that this `open()` has made: to be shown, once. */
  firstAdminToken(): string | null
}
