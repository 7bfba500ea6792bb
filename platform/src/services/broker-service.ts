import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createDirectoryReader } from '@fanari/api'
import type { Metric, Readiness } from '@fanari/contracts'
import { createJournal, type JournalExtent } from '@fanari/ingest'
import { createInnerDoor } from '../link/inner-door.ts'
import { readinessStream } from '../link/peer.ts'
import { served } from '../link/ports.ts'
import type { Stream } from '../link/protocol.ts'
import { ownership } from '../parts/ownership.ts'
import { createSteps, type Step } from '../parts/steps.ts'
import { createTelemetryDoor } from '../parts/telemetry-door.ts'
import { processMetrics } from '../process-metrics.ts'
import { linksOf, type Service, type ServiceOptions } from './service.ts'

/** How long commits are gathered before the readers of the journal are told [ms]. */
const gatherMs = 5
/** How often it is looked whether the register is there [ms]. */
const lookMs = 200

/**
 * The MQTT door, the intake and the journal's only writer. It asks nobody: what it must know of the register it reads from the api's
 * database, and so it takes telemetry whether the others run or not.
 */
export const createBrokerService = (options: ServiceOptions): Service => {
  const { settings, dataFolder, clock, log } = options
  const links = linksOf('broker', options)
  const journal = createJournal({ folder: join(dataFolder, 'journal'), now: () => clock.now(), log })
  const directory = createDirectoryReader({
    databaseFile: join(dataFolder, 'fanari.sqlite'),
    clock,
    monotonicNow: () => performance.now(),
    adminToken: settings.FANARI_ADMIN_TOKEN,
  })
  const door = createTelemetryDoor({ settings, dataFolder, journal, directory, clock, log })
  let isJournalOpen = false
  let registerIsThere = false

  const extents: Stream = (send) => {
    let timer: NodeJS.Timeout | null = null
    const tell = (): void => {
      timer = null
      const extent: JournalExtent = { first: journal.first, head: journal.head }
      if (isJournalOpen) send(extent)
    }
    tell()
    const unsubscribe = journal.onCommitted(() => {
      timer ??= setTimeout(tell, gatherMs)
    })
    return () => {
      unsubscribe()
      if (timer !== null) clearTimeout(timer)
    }
  }

  const readiness = (): Readiness[] => [
    journal.readiness(),
    {
      ready: registerIsThere,
      detail: registerIsThere ? 'the register is read' : 'the api has not made the register yet',
    },
    ...door.readiness(),
  ]
  const metrics = (): Metric[] => [...processMetrics(), ...journal.metrics(), ...door.metrics()]
  const innerDoor = createInnerDoor({
    ...links.own,
    calls: {
      ...served('journal', journal.commands),
      ...served('writer', {
        durableHead: async () => journal.head,
        prune: (olderThan, keepFrom) => journal.prune(olderThan, keepFrom),
      }),
      ...served('publisher', door.publisher),
      ...served('health', { metrics: async () => metrics() }),
    },
    streams: { journal: extents, readiness: readinessStream(readiness) },
    readiness,
    metrics,
    log,
  })

  /** Before the first start of the api nobody is registered: whatever came would be taken for a stranger's. */
  const registered: Step = {
    async start() {
      for (let attempts = 0; ; attempts++) {
        try {
          directory.open()
          registerIsThere = true
          return
        } catch (error) {
          if (attempts === 0) log('warn', 'register.awaited', { error: String(error) })
        }
        await delay(lookMs)
      }
    },
    stop() {
      registerIsThere = false
      directory.close()
    },
  }

  const { start, stop } = createSteps(
    [
      ownership(dataFolder, ['broker']),
      { start: () => innerDoor.start(), stop: () => innerDoor.stop() },
      {
        async start() {
          await journal.start()
          isJournalOpen = true
        },
        async stop() {
          isJournalOpen = false
          await journal.stop()
        },
      },
      registered,
      ...door.steps,
    ],
    log,
  )
  return {
    start,
    stop,
    ports: () => ({ ...door.addresses(), link: innerDoor.port() ?? 0 }),
    firstAdminToken: () => null,
  }
}
