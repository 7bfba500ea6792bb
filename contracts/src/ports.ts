import type { AssetFeature, Municipality } from './assets.ts'
import type { CommandResult, DeviceEvent, DeviceStatus } from './device-messages.ts'
import type { IncidentExplanation, LightExplanation } from './explanations.ts'
import type { Forecast } from './forecast.ts'
import type { HistoryItem, HistoryResolution } from './history.ts'
import type { DetectedIncident, Incident } from './incidents.ts'
import type { GroupIndices, NightGroup } from './indices.ts'
import type { CommunityLight, CommunityStatus, LightState, LuminaireStatus } from './lights.ts'
import type { QuarantineItem, QuarantineReason } from './quarantine.ts'
import type { Reading, ReceivedReading } from './readings.ts'
import type { Reason } from './reasons.ts'
import type { ReportRecord } from './reports.ts'
import type { RollCall } from './roll-calls.ts'
import type { Ticket } from './tickets.ts'
import type { Instant } from './time.ts'

/*
 * The doors between services. Each service is created with the ports it needs and knows nothing else of the others;
 * `platform/` connects them in one process, or over the network. Whatever may have to cross a network answers by a promise.
 *
 *   broker ──Intake──► ingest ──IncidentSink──► api ──Publisher──► broker
 *      └──DeviceDirectory── api ──JournalCommands──► ingest ◄──LightQueries── api
 */

/** What is logged: one line of JSON an event. `level` is pino's numbering in words. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', event: string, fields?: Record<string, unknown>) => void

/** Counters and gauges, read by `GET /metrics`. */
export interface Metric {
  name: string
  help: string
  type: 'counter' | 'gauge'
  /** One value, or one a label set. */
  values: { labels?: Record<string, string>; value: number }[]
}
export type MetricsSource = () => Metric[]

/* ── MQTT → journal ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

export interface InboundMessage {
  topic: string
  payload: Uint8Array
}

/**
 * Takes what devices publish. `done` is called once the message is durable (or durably quarantined): only then may it be
 * acknowledged. `done(error)` means that nothing was kept and the sender must try again; it is never an answer to bad input.
 * Calls may overlap without bound; order within one caller is kept.
 */
export interface Intake {
  accept(message: InboundMessage, done: (error: Error | null) => void): void
  /** Sets a message aside that the door itself refuses. */
  quarantine(message: InboundMessage, reason: QuarantineReason, done: (error: Error | null) => void): void
}

/** Who is at the other end of an MQTT connection. */
export type MqttIdentity =
  | { kind: 'device'; municipality: string; device: string }
  /** An operator's or a service's token: may read all of `city/v1` and send commands. */
  | { kind: 'operator'; name: string }
  /** An unregistered loopback client under `FANARI_DEVICE_AUTH=open`: no topic rules. */
  | { kind: 'open' }

/** The register as the MQTT door and the intake see it. All answers come from memory. */
export interface DeviceDirectory {
  /** Checks credentials; `null` when they are wrong. Device user names are `{municipality}/{device}`; an operator's is `token`. */
  authenticate(username: string, password: string): MqttIdentity | null
  /** Whether `device` may speak for `target`: itself, or a gateway for the devices registered to it. */
  speaksFor(municipality: string, device: string, target: string): boolean
  isKnownDevice(municipality: string, device: string): boolean
}

/** Publishes to MQTT subscribers. Resolves when the broker has taken (and, if retained, stored) the message. */
export interface Publisher {
  publish(topic: string, payload: string, options: { retain: boolean }): Promise<void>
}

/* ── The journal ────────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/** What can be under maintenance, and judged no fault while it is. */
export interface MaintenanceScope {
  kind: 'luminaire' | 'cabinet' | 'circuit'
  id: string
}

/** An entry's content. `receivedAt` is the platform clock when the entry was written: it never goes back. */
export type JournalRecord =
  | { kind: 'reading'; municipality: string; device: string; reading: Reading }
  | { kind: 'status'; municipality: string; device: string; status: DeviceStatus }
  | { kind: 'event'; municipality: string; device: string; event: DeviceEvent }
  | { kind: 'result'; municipality: string; device: string; result: CommandResult }
  | { kind: 'quarantine'; municipality: string; topic: string; reason: string; payload: string }
  /** Heartbeat of the coverage log: up to here the platform could hear (`hearing`), or ran but could not. */
  | { kind: 'tick'; hearing: boolean }
  | { kind: 'platform'; state: 'start' | 'stop' }
  | { kind: 'municipality'; municipality: Municipality }
  /** Assets created or changed. Features are whole; an asset is never removed by being left out. */
  | { kind: 'assets'; municipality: string; features: AssetFeature[] }
  /** `until` null ends the maintenance. */
  | { kind: 'maintenance'; municipality: string; scope: MaintenanceScope; until: Instant | null; note?: string }

export type JournalEntry = JournalRecord & {
  /** Ordinal in the journal, from 1, without gaps. */
  position: number
  receivedAt: Instant
}

/** What the register writes into the journal. Resolves when durable. */
export interface JournalCommands {
  append(records: JournalRecord[]): Promise<{ position: number }>
}

/* ── Detection → citizen line ───────────────────────────────────────────────────────────────────────────────────────────────────── */

export type DetectorOutput =
  | {
      type: 'incident.opened' | 'incident.updated' | 'incident.resolved'
      at: Instant
      incident: DetectedIncident
    }
  /** Unchanged, and its evidence goes on, which contradicts a repair that was only declared. Nobody else is told. */
  | { type: 'incident.confirmed'; at: Instant; incident: DetectedIncident }
  | { type: 'light.changed'; at: Instant; luminaire: string; state: LightState; reason: Reason; incident?: string }
  | { type: 'community.changed'; at: Instant; community: string; light: CommunityLight }
  /** What is known of a community's lights at a fixed moment of the night; every light is in one of the three. */
  | ({ type: 'rollCall'; at: Instant } & Omit<RollCall, 'at'>)
  /** Of a solar light: at its planned switch-on, and whenever the probability crosses one half. */
  | ({ type: 'forecast'; at: Instant; device: string } & Pick<
      Forecast,
      'night' | 'probabilityDark' | 'expectedDarkAt' | 'next'
    >)

export type IncidentChange = Extract<DetectorOutput, { incident: DetectedIncident }>

/**
 * Takes incident changes, in order: they are stored when the call returns, or when its promise resolves. After a crash the same changes
 * come again: one whose `revision` is not above the stored one changes nothing.
 */
export interface IncidentSink {
  apply(municipality: string, changes: IncidentChange[]): void | Promise<void>
}

/** A light as the map shows it. */
export interface LightSummary {
  id: string
  state: LightState
  reason: Reason
}

/**
 * What is known now and was received before, for the API. Readings are durable before they can be seen here. Every call rejects with a
 * ProblemError `not-ready` while nobody can answer it.
 */
export interface LightQueries {
  luminaire(municipality: string, id: string): Promise<LuminaireStatus | null>
  /** The same of several, in the order of the ids. */
  luminaires(municipality: string, ids: readonly string[]): Promise<(LuminaireStatus | null)[]>
  /** The newest reading of each device, in the order given; `null` for one that was never heard. */
  lastReadings(municipality: string, devices: readonly string[]): Promise<(ReceivedReading | null)[]>
  /** What a solar light is expected to do tonight and after; `null` for others, and while nothing useful was heard of it. */
  forecast(municipality: string, id: string): Promise<Forecast | null>
  lights(municipality: string): Promise<LightSummary[]>
  /** Why the detector believes what it believes of a light; `null` for one it does not know. */
  explainLight(municipality: string, id: string): Promise<LightExplanation | null>
  /** The same of an incident, from its document and, while it is open, from how it is weighed now. */
  explainIncident(municipality: string, incident: Incident): Promise<IncidentExplanation | null>
  communities(municipality: string): Promise<CommunityStatus[]>
  /** Readings of a device with `from` ≤ `at` < `to`, oldest first. */
  readings(
    municipality: string,
    device: string,
    range: { from: Instant; to: Instant; limit: number },
  ): Promise<ReceivedReading[]>
  /** The same as numbers: each reading, or added up by hour or by local day. Stretches begin at or after `from`, oldest first. */
  history(
    municipality: string,
    device: string,
    range: { from: Instant; to: Instant; resolution: HistoryResolution; limit: number },
  ): Promise<HistoryItem[]>
  /** Newest first; `before` is the `cursor` of the last page. */
  quarantine(
    municipality: string,
    page: { limit: number; before?: number },
  ): Promise<{ items: QuarantineItem[]; next: number | null }>
  /**
   * Light and community changes as they happen; returns the function that ends the subscription. `onGap`: some may have been missed, and
   * whoever shows them must read anew.
   */
  onChange(listener: (municipality: string, outputs: DetectorOutput[]) => void, onGap?: () => void): () => void
}

/** What lights were through a period while they were planned to be on [ms], maintenance beside it. */
export interface NightSums {
  /** Id of the municipality, community or circuit. */
  group: string
  /** The most lights that were planned to be on in any one night. */
  lights: number
  litMs: number
  darkMs: number
  unknownMs: number
  maintenanceMs: number
  /** Dark episodes that began. */
  episodes: number
}

/**
 * Lighting nights, past and present. A night's key is the local date of the noon before it. Every call rejects with a ProblemError
 * `not-ready` while nobody can answer it.
 */
export interface NightQueries {
  /** The present night; `null` for a municipality that is not known yet. */
  night(municipality: string): Promise<string | null>
  /** The noons a night lies between, in the municipality's zone; `null` for one that is not known yet. */
  boundsOf(municipality: string, night: string): Promise<{ from: Instant; until: Instant } | null>
  /** The nights from `from` to `to`, both included, the present one as it stands. */
  sums(municipality: string, range: { from: string; to: string; by: NightGroup }): Promise<NightSums[]>
  /** The roll-calls of a night, or of the newest one that has some. */
  rollCalls(municipality: string, night: string | null): Promise<RollCall[]>
}

/** A document of the citizen line as it stands after its last change. `change` numbers changes over all documents, upwards. */
export type ChangedRecord = { change: number } & (
  | { kind: 'incident'; document: Incident }
  | { kind: 'ticket'; document: Ticket }
  /** Without what may be personal: no texts, no place but the light and its community. */
  | { kind: 'report'; document: ReportFacts }
)
export type ReportFacts = Pick<
  ReportRecord,
  | 'id'
  | 'municipality'
  | 'ticket'
  | 'category'
  | 'channel'
  | 'luminaire'
  | 'community'
  | 'wholeStreet'
  | 'alreadyKnown'
  | 'createdAt'
  | 'firstResponseAt'
>

/** What the citizen line tells those who keep a copy of it. */
export interface RecordQueries {
  /**
   * Documents whose last change is above `change`, in its order. Who asks again behind the last one it has taken misses nothing, and
   * sees of a document that changed often only what it is now: its history stands in it.
   */
  changedAfter(change: number, limit: number): Promise<ChangedRecord[]>
  /** Every municipality of the register, and its assets as they are now. */
  municipalities(): Promise<Municipality[]>
  assets(municipality: string): Promise<AssetFeature[]>
  /** The indices of one night; an empty list for a municipality that is not known. */
  nightIndices(municipality: string, night: string, by: NightGroup): Promise<GroupIndices[]>
}

/** Whether a service can do its work, for `/readyz`. */
export interface Readiness {
  ready: boolean
  detail: string
}
