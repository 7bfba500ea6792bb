import { retentionPolicies } from '@fanari/contracts'
import { freePort, startInfluxd } from './influxd.ts'

/**
 * A real InfluxDB 1.x of its own, with the storage of the platform, kept without an end. It writes files seldom: a month comes in minutes,
 * and would otherwise be merged again and again. But days that are over do not stay in memory.
 */
export interface BenchedInflux {
  url: string
  /** Whether nothing was in its folder. */
  isNew: boolean
  /** Runs one statement; answers how many rows it gave. @throws with the server's words */
  rowsOf(statement: string): Promise<number>
  stop(): Promise<void>
}

/** `folder`: where it stays; what was in it is there again. */
export const startInflux = async (database: string, folder?: string): Promise<BenchedInflux> => {
  const server = await startInfluxd(await freePort(), {
    snapshotMib: 200,
    coldAfterS: 30,
    garbagePercent: 200,
    ...(folder === undefined ? {} : { keptIn: folder }),
  })
  const { url } = server
  const rowsOf = async (statement: string): Promise<number> => {
    const body = new URLSearchParams({ q: statement, db: database, epoch: 'ms' })
    const answer = (await (await fetch(`${url}/query`, { method: 'POST', body })).json()) as {
      error?: string
      results?: { error?: string; series?: { values: unknown[] }[] }[]
    }
    const error = answer.error ?? answer.results?.find((result) => result.error !== undefined)?.error
    if (error !== undefined) throw new Error(`${statement}: ${error}`)
    return (answer.results ?? [])
      .flatMap(({ series = [] }) => series)
      .reduce((sum, { values }) => sum + values.length, 0)
  }
  if (server.isNew) {
    await rowsOf(`CREATE DATABASE "${database}" WITH DURATION INF REPLICATION 1 SHARD DURATION 1d NAME "raw"`)
    for (const [policy, { shardDays }] of Object.entries(retentionPolicies))
      if (policy !== 'raw')
        await rowsOf(
          `CREATE RETENTION POLICY "${policy}" ON "${database}" DURATION INF REPLICATION 1 SHARD DURATION ${shardDays}d`,
        )
  }
  return {
    url,
    isNew: server.isNew,
    rowsOf,
    stop: () => server.stop(),
  }
}
