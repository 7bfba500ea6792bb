import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, freePort } from './eventually.ts'

/** Debian's package `influxdb`: 1.6.7. */
export const influxdPath = ['/usr/bin/influxd', '/usr/local/bin/influxd', '/opt/homebrew/bin/influxd'].find(existsSync)

/** A real InfluxDB 1.x in a folder of its own, to be killed and started again. */
export interface Influxd {
  readonly url: string
  readonly pid: number | undefined
  start(): Promise<void>
  /** SIGKILL: what it had not synced yet is what a crash leaves. */
  kill(): Promise<void>
  /** Runs one InfluxQL statement (or several) and answers the series of all, by name, tags, columns and rows; times in ms. */
  query(statement: string, database?: string): Promise<InfluxSeries[]>
  dispose(): Promise<void>
}

export interface InfluxSeries {
  name: string
  tags?: Record<string, string>
  columns: string[]
  values: unknown[][]
}

export interface InfluxdOptions {
  /** An administrator that is made at the first start; without one everybody may do everything. */
  admin?: { username: string; password: string }
}

export const createInfluxd = async ({ admin }: InfluxdOptions = {}): Promise<Influxd> => {
  const [httpPort, bindPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${httpPort}`
  const folder = mkdtempSync(join(tmpdir(), 'fanari-influxd-'))
  const configuration = join(folder, 'influxdb.conf')
  for (const name of ['meta', 'data', 'wal']) mkdirSync(join(folder, name))
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
  auth-enabled = ${admin !== undefined}
[monitor]
  store-enabled = false
[logging]
  level = "error"
`,
  )
  let pid: number | undefined
  let kill = async (): Promise<void> => {}
  const credentials: Record<string, string> =
    admin === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString('base64')}` }

  const query = async (statement: string, database?: string): Promise<InfluxSeries[]> => {
    const body = new URLSearchParams({ q: statement, epoch: 'ms', ...(database === undefined ? {} : { db: database }) })
    const response = await fetch(`${url}/query`, { method: 'POST', body, headers: credentials })
    const answer = (await response.json()) as {
      error?: string
      results?: { error?: string; series?: InfluxSeries[] }[]
    }
    const error = answer.error ?? answer.results?.find((result) => result.error !== undefined)?.error
    if (error !== undefined) throw new Error(`${statement}: ${error}`)
    return answer.results?.flatMap(({ series }) => series ?? []) ?? []
  }

  return {
    url,
    get pid() {
      return pid
    },
    query,
    async start() {
      const child = spawn(influxdPath ?? 'influxd', ['-config', configuration], { stdio: 'ignore' })
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      pid = child.pid
      kill = async () => {
        child.kill('SIGKILL')
        await exited
        pid = undefined
      }
      await eventually(async () => {
        const { ok } = await fetch(`${url}/ping`)
        if (!ok) throw new Error('influxd does not answer yet')
      })
      // The first statement makes the administrator; a server that has one refuses it to strangers, which is as good.
      if (admin !== undefined)
        await query(`CREATE USER "${admin.username}" WITH PASSWORD '${admin.password}' WITH ALL PRIVILEGES`)
    },
    kill: () => kill(),
    async dispose() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
