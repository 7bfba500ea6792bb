import type {
  IncidentChange,
  JournalCommands,
  LightQueries,
  Metric,
  NightQueries,
  Publisher,
  RecordQueries,
} from '@fanari/contracts'
import type { LinkClient } from './client.ts'
import type { Call } from './protocol.ts'

/** The part of a port that answers by promises, and so may cross a network. */
type Remote<Port> = {
  [Name in keyof Port as Port[Name] extends (...args: never[]) => Promise<unknown> ? Name : never]: Port[Name]
}
/** Names every remote call of a port: one that is added to the port is missed here by the compiler. */
type CallNames<Port> = Record<keyof Remote<Port>, true>

/** The journal's writer, for those that follow it from another process. */
export interface JournalWriter {
  /** Position of the last durable entry. */
  durableHead(): Promise<number>
  /** Retention is driven by whoever knows how far the followers are. */
  prune(olderThan: number, keepFrom: number): Promise<number>
}

/** The citizen line's door for incidents, when it is in another process. */
export interface RemoteIncidentSink {
  apply(municipality: string, changes: IncidentChange[]): Promise<void>
}

/** The metrics of a process, for the one that copies the platform's health to InfluxDB. */
export interface HealthQueries {
  metrics(): Promise<Metric[]>
}

interface Ports {
  journal: JournalCommands
  writer: JournalWriter
  publisher: Publisher
  incidents: RemoteIncidentSink
  lights: LightQueries
  nights: NightQueries
  records: RecordQueries
  health: HealthQueries
}

const calls: { [Name in keyof Ports]: CallNames<Ports[Name]> } = {
  journal: { append: true },
  writer: { durableHead: true, prune: true },
  publisher: { publish: true },
  incidents: { apply: true },
  lights: {
    luminaire: true,
    luminaires: true,
    lastReadings: true,
    forecast: true,
    lights: true,
    explainLight: true,
    explainIncident: true,
    communities: true,
    readings: true,
    history: true,
    quarantine: true,
  },
  nights: { night: true, boundsOf: true, sums: true, rollCalls: true },
  records: { changedAfter: true, municipalities: true, assets: true, nightIndices: true },
  health: { metrics: true },
}

/** A port's calls, to be served to another process. */
export const served = <Name extends keyof Ports>(name: Name, port: Remote<Ports[Name]>): Record<string, Call> =>
  Object.fromEntries(
    Object.keys(calls[name]).map((call) => [
      `${name}.${call}`,
      async (...args: unknown[]) => Reflect.apply(port[call as keyof typeof port] as Call, port, args),
    ]),
  )

/** The same port in another process. Its calls reject with a ProblemError `not-ready` while that is away. */
export const remote = <Name extends keyof Ports>(name: Name, client: Pick<LinkClient, 'call'>): Remote<Ports[Name]> =>
  Object.fromEntries(
    Object.keys(calls[name]).map((call) => [call, (...args: unknown[]) => client.call(`${name}.${call}`, args)]),
  ) as Remote<Ports[Name]>
