import { join } from 'node:path'
import { createApi } from '@fanari/api'
import type { LightQueries } from '@fanari/contracts'
import { createInnerDoor } from '../link/inner-door.ts'
import { createPeer, readinessStream } from '../link/peer.ts'
import { remote, served } from '../link/ports.ts'
import { ownership } from '../parts/ownership.ts'
import { createSteps } from '../parts/steps.ts'
import { processMetrics } from '../process-metrics.ts'
import { webOptions } from '../web-options.ts'
import type { LightChange } from './ingest-service.ts'
import { linksOf, type Service, type ServiceOptions } from './service.ts'

/**
 * The register, the citizen line and the HTTP door; the only writer of their database. Without the others it goes on: what lights do is
 * then not known, what the journal and MQTT are owed waits in its outboxes.
 */
export const createApiService = (options: ServiceOptions & { consoleFolder: string | undefined }): Service => {
  const { settings, dataFolder, clock, log, consoleFolder } = options
  const links = linksOf('api', options)
  const toBroker = links.to('broker')
  const toIngest = links.to('ingest')
  const broker = createPeer('broker', toBroker)
  const ingest = createPeer('ingest', toIngest)
  const peers = () => [...broker.readiness(), ...ingest.readiness()]

  const lights: LightQueries = {
    ...remote('lights', toIngest),
    onChange: (listener, onGap) =>
      toIngest.follow('changes', {
        onMessage: (change) => listener(...(change as LightChange)),
        // What happens between two connections nobody tells us.
        onUp: () => onGap?.(),
      }),
  }
  const api = createApi({
    databaseFile: join(dataFolder, 'fanari.sqlite'),
    ...webOptions(settings),
    clock,
    log,
    journal: remote('journal', toBroker),
    lights,
    nights: remote('nights', toIngest),
    publisher: remote('publisher', toBroker),
    consoleFolder,
    readiness: peers,
    metrics: [processMetrics, broker.metrics, ingest.metrics],
    town: null,
  })

  const innerDoor = createInnerDoor({
    ...links.own,
    calls: {
      ...served('incidents', { apply: async (municipality, changes) => api.incidents.apply(municipality, changes) }),
      ...served('records', api.records),
      ...served('health', { metrics: async () => api.metrics() }),
    },
    streams: { readiness: readinessStream(() => [{ ready: true, detail: 'the citizen line is open' }]) },
    readiness: peers,
    metrics: () => [...processMetrics(), ...broker.metrics(), ...ingest.metrics()],
    log,
  })

  const { start, stop } = createSteps(
    [
      ownership(dataFolder, ['api']),
      {
        start() {
          broker.start()
          ingest.start()
        },
        stop() {
          toBroker.close()
          toIngest.close()
        },
      },
      { start: () => api.open(), stop: () => api.stop() },
      { start: () => innerDoor.start(), stop: () => innerDoor.stop() },
      { start: () => api.start(), stop: () => {} },
    ],
    log,
  )
  return {
    start,
    stop,
    ports: () => ({ http: api.address()?.port ?? 0, link: innerDoor.port() ?? 0 }),
    firstAdminToken: () => api.firstAdminToken(),
  }
}
