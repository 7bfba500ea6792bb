import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { end, until } from './processes.ts'

/** Debian's InfluxDB 1.6.7 as it would run beside the platform, in a folder of its own. */
export interface BenchInfluxd {
  url: string
  pid: number
  /** Whether nothing was in its folder. */
  isNew: boolean
  stop(): Promise<void>
}

/** A server on a port that was asked for beforehand, so that a platform can be told of it while it is away. */
export const startInfluxd = async (
  port: number,
  options: {
    /** Points in memory before they go to a file [MiB]; the server's own default. */
    snapshotMib?: number
    /** Points that nothing has come to for so long go to a file [s]; the server's own default. */
    coldAfterS?: number
    /** A folder that stays, and is taken up again; otherwise one of its own that goes with it. */
    keptIn?: string
    /** How much may be allocated before it is looked through for what is used no more [% of what is]; 100 if nothing is said. */
    garbagePercent?: number
  } = {},
): Promise<BenchInfluxd> => {
  const { snapshotMib = 25, coldAfterS = 600, keptIn, garbagePercent } = options
  const folder = keptIn ?? mkdtempSync(join(tmpdir(), 'fanari-bench-influxd-'))
  const isNew = !existsSync(join(folder, 'meta'))
  for (const name of ['meta', 'data', 'wal']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(
    join(folder, 'influxdb.conf'),
    `reporting-disabled = true
bind-address = "127.0.0.1:${await freePort()}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
  cache-snapshot-memory-size = "${snapshotMib}m"
  cache-snapshot-write-cold-duration = "${coldAfterS}s"
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "error"
`,
  )
  const child = spawn('influxd', ['-config', join(folder, 'influxdb.conf')], {
    stdio: 'ignore',
    env: { ...process.env, ...(garbagePercent === undefined ? {} : { GOGC: String(garbagePercent) }) },
  })
  const url = `http://127.0.0.1:${port}`
  // With a month on the disk it takes its time.
  await until('influxd', 120, () =>
    fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return {
    url,
    pid: child.pid as number,
    isNew,
    async stop() {
      await end(child)
      if (keptIn === undefined) rmSync(folder, { recursive: true })
    },
  }
}

export const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** How many points of a measurement the server holds. */
export const countPoints = async (
  url: string,
  database: string,
  measurement: string,
  field: string,
): Promise<number> => {
  const q = `SELECT count("${field}") FROM "raw"."${measurement}"`
  const response = await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ db: database, q }) })
  const { results } = (await response.json()) as { results: { series?: { values: [string, number][] }[] }[] }
  return results[0]?.series?.[0]?.values[0]?.[1] ?? 0
}
