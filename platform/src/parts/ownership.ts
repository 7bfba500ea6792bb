import { join } from 'node:path'
import { lockFolder } from '@fanari/ingest'
import type { Step } from './steps.ts'

export const serviceNames = ['broker', 'ingest', 'api'] as const
export type ServiceName = (typeof serviceNames)[number]

/** One process a service and data folder: two judges, or two registers in memory, would each be wrong. */
export const ownership = (dataFolder: string, services: readonly ServiceName[]): Step => {
  let releases: (() => void)[] = []
  const release = (): void => {
    for (const one of releases) one()
    releases = []
  }
  return {
    start() {
      try {
        for (const service of services)
          releases.push(lockFolder(join(dataFolder, 'locks', service), `the service ${service}`))
      } catch (error) {
        release()
        throw error
      }
    },
    stop: release,
  }
}
