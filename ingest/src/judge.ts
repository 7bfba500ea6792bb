import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type AssetFeature,
  type DetectorOutput,
  defaultTimeZone,
  type IncidentChange,
  type IncidentSink,
  type Instant,
  type JournalEntry,
  type Log,
  type MetricsSource,
  type Publisher,
  type Reading,
  type Rules,
  topics,
} from '@fanari/contracts'
import { createDetector, type Detector } from './detection/index.ts'
import type { Follower } from './followers/followers.ts'
import { createIncidentDelivery } from './incident-delivery.ts'
import { createNightAccumulator, type NightAccumulator } from './indices/night-accumulator.ts'
import type { NightStore } from './indices/night-store.ts'

/** One municipality under judgement, and the newest reading of each of its devices. */
export interface Jurisdiction {
  timeZone: string
  detector: Detector
  nights: NightAccumulator
  lastReadings: Map<string, { receivedAt: Instant; reading: Reading }>
}

/** Runs the pure detector over the journal: a follower with a snapshot, whose outputs become incidents, tickets and live pages. */
export interface Judge {
  follower: Follower
  /** Reads the snapshot. Throws when there is one that cannot be read: judging anew from a pruned journal would forget open incidents. */
  start(): void
  /** Writes the snapshot, unless the citizen line still has to store what the judge decided. */
  stop(): Promise<void>
  jurisdictions: ReadonlyMap<string, Jurisdiction>
  /** Light and community changes as they happen; returns the function that ends the subscription. */
  onChange(listener: (municipality: string, outputs: DetectorOutput[]) => void): () => void
  metrics: MetricsSource
}

/** Takes what the judge decides. After a crash the same decisions come again. */
export interface DecisionSink {
  /** Assets, ahead of what is decided about them. */
  learn(municipality: string, features: readonly AssetFeature[]): void
  take(municipality: string, outputs: readonly DetectorOutput[]): void
  /** All that was taken is durable when it returns: the judge will not decide it again after a start. */
  keep(): void
}

export interface JudgeOptions {
  folder: string
  incidents: IncidentSink
  publisher: Publisher
  /** Keeps what lighting nights were; started before the judge and stopped after it. */
  nights: Pick<NightStore, 'keep'>
  /** Takes all that is decided, for a copy elsewhere. */
  decisions?: DecisionSink
  /** The thresholds faults are judged by. */
  rules: Rules
  log: Log
  /** Wall time between snapshots [ms]; a crash replays at most what came since. */
  snapshotMs?: number
  /** Wall time for which changes of a community's counts are gathered before they are published [ms]. */
  publishMs?: number
}

interface StoredJudge {
  position: number
  jurisdictions: {
    municipality: string
    timeZone: string
    detector: string
    /** Missing in snapshots of before lighting nights were counted. */
    nights?: string
    lastReadings: [string, Instant, Reading][]
  }[]
}

export const createJudge = (options: JudgeOptions): Judge => {
  const { folder, publisher, nights, decisions, rules, log, snapshotMs = 120_000, publishMs = 500 } = options
  const file = join(folder, 'judge.json')
  const delivery = createIncidentDelivery({ incidents: options.incidents, log })
  const jurisdictions = new Map<string, Jurisdiction>()
  const listeners = new Set<(municipality: string, outputs: DetectorOutput[]) => void>()
  const unpublished = new Map<string, string>()
  let publishing: NodeJS.Timeout | null = null
  let taken = 0
  let stored = 0
  let storedAt = performance.now()
  const decided = new Map<string, number>()

  const jurisdictionOf = (municipality: string): Jurisdiction => {
    const known = jurisdictions.get(municipality)
    if (known !== undefined) return known
    const timeZone = defaultTimeZone
    const detector = createDetector({ municipality, timeZone, rules })
    const created: Jurisdiction = {
      timeZone,
      detector,
      nights: createNightAccumulator(detector),
      lastReadings: new Map(),
    }
    jurisdictions.set(municipality, created)
    return created
  }

  /** A municipality that moves to another zone keeps all that is known of it. */
  const setTimeZone = (municipality: string, timeZone: string): void => {
    const jurisdiction = jurisdictionOf(municipality)
    if (jurisdiction.timeZone === timeZone) return
    const detector = createDetector({ municipality, timeZone, rules })
    detector.restore(jurisdiction.detector.snapshot())
    const counted = createNightAccumulator(detector)
    counted.restore(jurisdiction.nights.snapshot())
    jurisdictions.set(municipality, { ...jurisdiction, timeZone, detector, nights: counted })
  }

  const take = (entry: JournalEntry): void => {
    switch (entry.kind) {
      case 'tick':
      case 'platform':
        for (const { detector } of jurisdictions.values()) detector.apply(entry)
        return
      case 'municipality':
        return setTimeZone(entry.municipality.id, entry.municipality.timeZone)
      case 'quarantine':
      case 'result':
        return
      case 'reading': {
        const jurisdiction = jurisdictionOf(entry.municipality)
        const known = jurisdiction.lastReadings.get(entry.device)
        if (known === undefined || entry.reading.at >= known.reading.at)
          jurisdiction.lastReadings.set(entry.device, { receivedAt: entry.receivedAt, reading: entry.reading })
        return jurisdiction.detector.apply(entry)
      }
      case 'assets': {
        const jurisdiction = jurisdictionOf(entry.municipality)
        decisions?.learn(entry.municipality, entry.features)
        const luminaires = entry.features.filter(({ properties }) => properties.kind === 'luminaire')
        jurisdiction.nights.register(
          luminaires.map(({ properties }) => properties.id),
          entry.receivedAt,
        )
        return jurisdiction.detector.apply(entry)
      }
      case 'status':
      case 'event':
      case 'maintenance':
        return jurisdictionOf(entry.municipality).detector.apply(entry)
    }
  }

  const announce = (municipality: string, outputs: DetectorOutput[]): void => {
    const changes = outputs.filter((output): output is IncidentChange => output.type.startsWith('incident.'))
    for (const { type, incident } of changes) {
      const key = `${type.slice('incident.'.length)} ${incident.fault}`
      decided.set(key, (decided.get(key) ?? 0) + 1)
    }
    if (changes.length > 0) delivery.give(municipality, changes)
    decisions?.take(municipality, outputs)
    for (const output of outputs) {
      if (output.type !== 'community.changed') continue
      unpublished.set(topics.communityLight(municipality, output.community), JSON.stringify(output.light))
    }
    if (unpublished.size > 0) publishLater()
    for (const listener of listeners) listener(municipality, outputs)
  }

  const publishCommunities = async (): Promise<void> => {
    const messages = [...unpublished]
    unpublished.clear()
    const results = await Promise.allSettled(
      messages.map(([topic, payload]) => publisher.publish(topic, payload, { retain: true })),
    )
    // What the broker does not take yet is published with what changes next, unless it has changed itself.
    for (const [i, [topic, payload]] of messages.entries())
      if (results[i]?.status === 'rejected' && !unpublished.has(topic)) unpublished.set(topic, payload)
    publishing = null
    if (unpublished.size > 0) publishLater()
  }
  const publishLater = (): void => {
    publishing ??= setTimeout(publishCommunities, publishMs).unref()
  }

  const restore = (detector: Detector, snapshot: string): void => {
    try {
      detector.restore(snapshot)
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }

  const store = (): void => {
    decisions?.keep()
    const content: StoredJudge = {
      position: taken,
      jurisdictions: [...jurisdictions].map(([municipality, { timeZone, detector, nights, lastReadings }]) => ({
        municipality,
        timeZone,
        detector: detector.snapshot(),
        nights: nights.snapshot(),
        lastReadings: [...lastReadings].map(([device, last]) => [device, last.receivedAt, last.reading]),
      })),
    }
    writeDurably(file, JSON.stringify(content))
    stored = taken
    storedAt = performance.now()
  }

  return {
    jurisdictions,
    follower: {
      name: 'judge',
      cursor: () => stored,
      apply(entries) {
        for (const entry of entries) {
          if (entry.position <= taken) continue
          take(entry)
          taken = entry.position
        }
        const reachedAt = entries.at(-1)?.receivedAt ?? 0
        for (const [municipality, jurisdiction] of jurisdictions) {
          const outputs = jurisdiction.detector.drain()
          jurisdiction.nights.apply(outputs)
          jurisdiction.nights.advance(reachedAt)
          if (outputs.length > 0) announce(municipality, outputs)
        }
        // After a crash the same entries come again, and so do the same findings: each is written under its own key.
        for (const [municipality, { nights: counted }] of jurisdictions) {
          nights.keep(municipality, counted.findings())
          counted.kept()
        }
        if (performance.now() - storedAt >= snapshotMs && delivery.waiting() === 0) store()
        return delivery.room() ?? undefined
      },
    },
    start() {
      const text = readIfThere(file)
      if (text === null) return
      const content = JSON.parse(text) as StoredJudge
      for (const it of content.jurisdictions) {
        const detector = createDetector({ municipality: it.municipality, timeZone: it.timeZone, rules })
        restore(detector, it.detector)
        const lastReadings = new Map(
          it.lastReadings.map(([device, receivedAt, reading]) => [device, { receivedAt, reading }] as const),
        )
        const counted = createNightAccumulator(detector)
        if (it.nights !== undefined) counted.restore(it.nights)
        jurisdictions.set(it.municipality, { timeZone: it.timeZone, detector, nights: counted, lastReadings })
      }
      taken = content.position
      stored = content.position
    },
    async stop() {
      if (publishing !== null) clearTimeout(publishing)
      unpublished.clear()
      await delivery.stop()
      if (taken > stored && delivery.waiting() === 0) store()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    metrics: () => [
      {
        name: 'fanari_incident_deliveries_waiting',
        help: 'Batches of incident changes that the citizen line has not stored yet',
        type: 'gauge',
        values: [{ value: delivery.waiting() }],
      },
      {
        name: 'fanari_incident_changes_total',
        help: 'Changes of incidents decided by the detector since the start',
        type: 'counter',
        values: [...decided].map(([key, value]) => {
          const [change = '', fault = ''] = key.split(' ')
          return { labels: { change, fault }, value }
        }),
      },
      {
        name: 'fanari_lights',
        help: 'Lights by state',
        type: 'gauge',
        values: [...jurisdictions].flatMap(([municipality, { detector }]) => {
          const counts = Object.groupBy(detector.lights(), (light) => light.state)
          return Object.entries(counts).map(([state, lights]) => ({
            labels: { municipality, state },
            value: lights.length,
          }))
        }),
      },
    ],
  }
}

/** Replaces `file` so that a crash leaves either the old content or the new, whole. */
const writeDurably = (file: string, content: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.draft`
  const handle = openSync(draft, 'w', 0o600)
  writeSync(handle, content)
  fsyncSync(handle)
  closeSync(handle)
  renameSync(draft, file)
}

const readIfThere = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
