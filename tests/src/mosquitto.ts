import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { accepts, eventually, freePort } from './eventually.ts'

/** Debian puts it where no ordinary user's path leads. */
export const mosquittoPath = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find(
  existsSync,
)

/**
 * Mosquitto as somebody else's broker, to be killed and started again. It remembers the platform's session: a broker that forgets it
 * would acknowledge what devices send before the platform is back, and tell nobody.
 */
export interface Mosquitto {
  readonly url: string
  start(): Promise<void>
  kill(): Promise<void>
  dispose(): Promise<void>
}

export const createMosquitto = async (): Promise<Mosquitto> => {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'fanari-mosquitto-'))
  const configuration = join(folder, 'mosquitto.conf')
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'max_inflight_messages 1000',
    'max_queued_messages 0',
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_on_changes true',
    'autosave_interval 1',
    // Started as root it would become `mosquitto`, whose this folder is not.
    `user ${userInfo().username}`,
  ]
  writeFileSync(configuration, `${lines.join('\n')}\n`)
  let kill = async (): Promise<void> => {}
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      const child = spawn(mosquittoPath ?? 'mosquitto', ['-c', configuration], { stdio: 'ignore' })
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      kill = () => {
        child.kill('SIGKILL')
        return exited
      }
      await eventually(async () => {
        if (!(await accepts(port))) throw new Error('Mosquitto does not listen yet')
      })
    },
    kill: () => kill(),
    async dispose() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
