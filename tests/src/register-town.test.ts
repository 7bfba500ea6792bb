import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, type TestContext, test } from 'vitest'
import { eventually } from './eventually.ts'
import { adminToken, createPlatformProcess, type PlatformProcess } from './platform-process.ts'

const program = fileURLToPath(new URL('../../firmware-sim/src/main.ts', import.meta.url))

const simulate = (platform: PlatformProcess, onTestFinished: TestContext['onTestFinished']) => {
  const args = ['--register', platform.origin, '--broker', platform.mqttUrl, '--epoch', 'now', '--speed', '1']
  const own = ['--credentials', join(platform.folder, 'credentials.json'), '--lights', '60', '--report-interval', '2']
  const child = spawn(process.execPath, [program, ...args, ...own], {
    env: { ...process.env, FANARI_ADMIN_TOKEN: adminToken },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const log: { event: string }[] = []
  createInterface({ input: child.stdout }).on('line', (line) => log.push(JSON.parse(line) as { event: string }))
  const exited = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
  }
  onTestFinished(stop)
  return { log, stop }
}

/** Of every light, at least `count` readings more than `since` says. */
const heard = async (platform: PlatformProcess, since: number): Promise<number> => {
  const town = platform.api.town('orestiada')
  return eventually(async () => {
    const communities = await town.communities()
    if (communities.length === 0) throw new Error('no communities yet')
    const { text } = await platform.api.call('GET', '/metrics')
    const readings = Number(/^fanari_intake_readings_total\S* (\d+)/m.exec(text)?.[1] ?? Number.NaN)
    if (!(readings >= since + 60)) throw new Error(`${readings} readings`)
    return readings
  })
}

test('the simulated town registers itself over HTTP, waits for a platform that is not there yet, and comes back with new passwords when it lost its own', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  // Closed to whoever is not registered, so that what is heard has signed in.
  const platform = await createPlatformProcess({ FANARI_DEVICE_AUTH: 'closed' })
  onTestFinished(() => platform.dispose())
  const early = simulate(platform, onTestFinished)
  await eventually(() => expect(early.log.map(({ event }) => event)).toContain('sim.waitingForPlatform'))
  await platform.start()
  const first = await heard(platform, 0)
  await early.stop()

  rmSync(join(platform.folder, 'credentials.json'))
  simulate(platform, onTestFinished)
  await heard(platform, first + 60)
})
