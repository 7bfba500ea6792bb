import { join } from 'node:path'
import { type DetectorOutput, type Metric, ProblemError, type Readiness } from '@fanari/contracts'
import { createJournalReader, type JournalExtent, type ServiceHealth } from '@fanari/ingest'
import { createInnerDoor } from '../link/inner-door.ts'
import { createPeer, readinessStream } from '../link/peer.ts'
import { type HealthQueries, remote, served } from '../link/ports.ts'
import type { Call } from '../link/protocol.ts'
import { createJudgement } from '../parts/judgement.ts'
import { ownership } from '../parts/ownership.ts'
import { createSteps } from '../parts/steps.ts'
import { processMetrics } from '../process-metrics.ts'
import { linksOf, type Service, type ServiceOptions } from './service.ts'

/** A history is answered with what there is when reading on takes longer [ms]. */
const catchUpMsAtMost = 2_000

/** A change as it is told to the api's live pages. */
export type LightChange = [municipality: string, outputs: DetectorOutput[]]

/**
 * The followers of the journal. They read its files while the broker appends to them, as far as the broker says it is durable; what the
 * judge decides waits here while the api is away.
 */
export const createIngestService = (options: ServiceOptions): Service => {
  const { settings, dataFolder, clock, log } = options
  const links = linksOf('ingest', options)
  const toBroker = links.to('broker')
  const toApi = links.to('api')
  const broker = createPeer('broker', toBroker)
  const api = createPeer('api', toApi)
  const journal = createJournalReader({ folder: join(dataFolder, 'journal'), log })
  const writer = remote('writer', toBroker)

  /**
   * What a device was told is durable is in every history asked for afterwards; so the broker is asked first how far it is. When it is
   * away nothing new is acknowledged.
   */
  const upToDate = async (): Promise<void> => {
    const head = await writer.durableHead().catch(() => 0)
    await journal.upTo(head, catchUpMsAtMost)
  }
  /** Of a process that is away nothing is told, which tells that it is. */
  const of = (service: string, health: HealthQueries): Promise<ServiceHealth[]> =>
    health.metrics().then(
      (metrics) => [{ service, metrics }],
      () => [],
    )
  const judgement = createJudgement({
    settings,
    dataFolder,
    journal,
    history: {
      readings: (...asked) => upToDate().then(() => journal.readings(...asked)),
      quarantine: (...asked) => upToDate().then(() => journal.quarantine(...asked)),
    },
    incidents: remote('incidents', toApi),
    publisher: remote('publisher', toBroker),
    commands: remote('journal', toBroker),
    records: remote('records', toApi),
    health: async () => [
      { service: 'ingest', metrics: metrics() },
      ...(await of('broker', remote('health', toBroker))),
      ...(await of('api', remote('health', toApi))),
    ],
    prune: writer.prune,
    clock,
    log,
  })

  const metrics = (): Metric[] => [
    ...processMetrics(),
    ...journal.metrics(),
    ...judgement.metrics(),
    ...broker.metrics(),
    ...api.metrics(),
  ]
  /** Before the judge has its memory back, all it could say of a light is that it never heard of it. */
  const onceJudged = (calls: Record<string, Call>): Record<string, Call> =>
    Object.fromEntries(
      Object.entries(calls).map(([name, call]) => [
        name,
        async (...args) => {
          const waiting = judgement.readiness().find(({ ready }) => !ready)
          if (waiting !== undefined) throw new ProblemError('not-ready', waiting.detail)
          return call(...args)
        },
      ]),
    )
  const own = (): Readiness[] => [journal.readiness(), ...judgement.readiness()]
  const innerDoor = createInnerDoor({
    ...links.own,
    calls: onceJudged({ ...served('lights', judgement.lights), ...served('nights', judgement.nights) }),
    streams: {
      changes: (send) =>
        judgement.lights.onChange((municipality, outputs) => {
          const change: LightChange = [municipality, outputs]
          send(change)
        }),
      readiness: readinessStream(own),
    },
    readiness: () => [...own(), ...broker.readiness(), ...api.readiness()],
    metrics,
    log,
  })

  const { start, stop } = createSteps(
    [
      ownership(dataFolder, ['ingest']),
      { start: () => innerDoor.start(), stop: () => innerDoor.stop() },
      {
        start() {
          broker.start()
          api.start()
        },
        stop() {
          toBroker.close()
          toApi.close()
        },
      },
      {
        async start() {
          toBroker.follow('journal', { onMessage: (extent) => journal.reached(extent as JournalExtent) })
          await journal.opened()
        },
        stop: () => journal.stop(),
      },
      ...judgement.steps,
    ],
    log,
  )
  return { start, stop, ports: () => ({ link: innerDoor.port() ?? 0 }), firstAdminToken: () => null }
}
