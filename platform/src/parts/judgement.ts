import {
  type Clock,
  dayMs,
  defaultTimeZone,
  hourMs,
  type IncidentSink,
  type JournalCommands,
  type LightQueries,
  type Log,
  type NightQueries,
  type Publisher,
  type RecordQueries,
} from '@fanari/contracts'
import {
  createFollowers,
  createJudge,
  createLightHistory,
  createLightQueries,
  createNightQueries,
  createNightStore,
  createRollups,
  type Journal,
  type ServiceHealth,
} from '@fanari/ingest'
import { readRules } from '../rules-file.ts'
import type { Settings } from '../settings.ts'
import { createInfluxBeside } from './influx-beside.ts'
import type { Part } from './part.ts'

/** Everything that follows the journal: the judge, the lighting nights, the roll-ups; and what can be asked of them. */
export interface Judgement extends Part {
  lights: LightQueries
  nights: NightQueries
}

export const createJudgement = (options: {
  settings: Settings
  dataFolder: string
  journal: Pick<Journal, 'read' | 'first' | 'head' | 'onCommitted'>
  /** What was received before. */
  history: Pick<Journal, 'readings' | 'quarantine'>
  incidents: IncidentSink
  publisher: Publisher
  /** What InfluxDB gets beside the journal and what is judged: the citizen line's records and the health of the processes. */
  records: RecordQueries
  health: () => Promise<ServiceHealth[]>
  /** Where refused points are set aside. */
  commands: JournalCommands
  /** Deletes what was received wholly before `olderThan` and lies below position `keepFrom`; answers how many segments. */
  prune: (olderThan: number, keepFrom: number) => Promise<number>
  clock: Clock
  log: Log
}): Judgement => {
  const { settings, dataFolder, journal, history, incidents, publisher, clock, log } = options
  const followers = createFollowers({ journal, log })
  const nightStore = createNightStore({ folder: dataFolder })
  const nights = createNightQueries({
    store: nightStore,
    jurisdictionOf: (municipality) => judge.jurisdictions.get(municipality),
  })
  const influx = createInfluxBeside({
    settings,
    dataFolder,
    journal,
    commands: options.commands,
    jurisdictions: () => judge.jurisdictions,
    records: options.records,
    nights,
    health: options.health,
    clock,
    log,
  })
  const judge = createJudge({
    folder: dataFolder,
    incidents,
    publisher,
    nights: nightStore,
    ...(influx === null ? {} : { decisions: influx.decisions }),
    rules: readRules(settings.FANARI_RULES),
    log,
  })
  const rollups = createRollups({ folder: dataFolder })
  let caughtUp = false
  let pruning: NodeJS.Timeout | undefined

  const journalKeepsFrom = (): number => clock.now() - settings.FANARI_RETENTION_DAYS * dayMs
  const prune = (): void => {
    options.prune(journalKeepsFrom(), followers.slowestCursor() + 1).then(
      (segments) => segments > 0 && log('info', 'journal.pruned', { segments }),
      (error: unknown) => log('error', 'journal.pruneFailed', { error: String(error) }),
    )
  }

  return {
    lights: createLightQueries({
      judge,
      journal: history,
      history: createLightHistory({
        journal: history,
        rollups,
        archive: influx?.archive ?? null,
        journalKeepsFrom,
        timeZoneOf: (municipality) => judge.jurisdictions.get(municipality)?.timeZone ?? defaultTimeZone,
        log,
      }),
    }),
    nights,
    steps: [
      // Before the judge, which decides into its spool, and after it.
      { start: () => influx?.start(), stop: () => influx?.close() },
      { start: () => nightStore.start(), stop: () => nightStore.stop() },
      { start: () => judge.start(), stop: () => judge.stop() },
      { start: () => rollups.start(), stop: () => rollups.stop() },
      {
        start: async () => {
          followers.add(judge.follower)
          followers.add(rollups)
          followers.start()
          await followers.caughtUp('judge')
          caughtUp = true
        },
        stop: async () => {
          await followers.stop()
          caughtUp = false
        },
      },
      {
        // It waits for a server that may be away, so it ends before the followers are asked to have ended.
        start: () => {
          if (influx === null) return
          followers.add(influx.follower)
          influx.run()
        },
        stop: () => influx?.stop(),
      },
      {
        start: () => {
          prune()
          pruning = setInterval(prune, hourMs).unref()
        },
        stop: () => clearInterval(pruning),
      },
    ],
    readiness: () => [{ ready: caughtUp, detail: caughtUp ? 'judging live' : 'catching up with the journal' }],
    metrics: () => [...followers.metrics(), ...judge.metrics(), ...(influx?.metrics() ?? [])],
  }
}
