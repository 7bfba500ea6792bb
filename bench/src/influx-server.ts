import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { retentionPolicies } from '@fanari/contracts'
import { end, until } from './processes.ts'

const program = ['/usr/bin/influxd', '/usr/local/bin/influxd', '/opt/homebrew/bin/influxd'].find(existsSync)

/** A real InfluxDB 1.x of its own, with the storage of the platform, kept without an end. */
export interface BenchedInflux {
  url: string
  /** Runs one statement; answers how many rows it gave. @throws with the server's words */
  rowsOf(statement: string): Promise<number>
  stop(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

export const startInflux = async (database: string): Promise<BenchedInflux> => {
  if (program === undefined) throw new Error('influxd is not installed: apt-get install influxdb')
  const folder = mkdtempSync(join(tmpdir(), 'fanari-bench-influxd-'))
  const [httpPort, bindPort] = [await freePort(), await freePort()]
  for (const name of ['meta', 'data', 'wal']) mkdirSync(join(folder, name))
  const configuration = join(folder, 'influxdb.conf')
  writeFileSync(
    configuration,
    `reporting-disabled = true
bind-address = "127.0.0.1:${bindPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${httpPort}"
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "error"
`,
  )
  const url = `http://127.0.0.1:${httpPort}`
  const child: ChildProcess = spawn(program, ['-config', configuration], { stdio: 'ignore' })
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
  await until('influxd answers', 30, () =>
    fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  await rowsOf(`CREATE DATABASE "${database}" WITH DURATION INF REPLICATION 1 SHARD DURATION 1d NAME "raw"`)
  for (const [policy, { shardDays }] of Object.entries(retentionPolicies))
    if (policy !== 'raw')
      await rowsOf(
        `CREATE RETENTION POLICY "${policy}" ON "${database}" DURATION INF REPLICATION 1 SHARD DURATION ${shardDays}d`,
      )
  return {
    url,
    rowsOf,
    async stop() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
