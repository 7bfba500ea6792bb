import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { lampAssets } from './assets.ts'
import { eventually } from './eventually.ts'
import { createPlatformProcess } from './platform-process.ts'
import { causes, inWords, missingReadings, setTheScene } from './scene.ts'

const program = fileURLToPath(new URL('../../platform/src/backup/main.ts', import.meta.url))
const backup = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [program, ...args])).stdout

const lights = [...lampAssets('a', 4, { circuit: 'c1', cabinet: 'k1' }), ...lampAssets('busy', 2)]

test('a backup made while readings pour in is restored with all that was acknowledged before it, its incidents, tickets and tokens', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  const platform = await createPlatformProcess()
  onTestFinished(() => platform.dispose())
  await platform.start()
  const scene = await setTheScene({ platform, municipality: 'town', lights, onTestFinished })
  for (const lamp of scene.fleet.some('a-02')) lamp.powerW = 0
  await eventually(async () => {
    const tickets = await scene.town.tickets()
    if (tickets.length !== 1) throw new Error(`${tickets.length} tickets`)
  })
  const made = await platform.api.call('POST', '/api/v1/tokens', { body: { name: 'desk', role: 'viewer' } })
  const { token } = made.json as { token: string }

  const busy = new AbortController()
  onTestFinished(() => busy.abort())
  for (const lamp of scene.fleet.some('busy')) {
    const pour = async () => {
      while (!busy.signal.aborted) await lamp.report()
    }
    pour().catch(() => {})
  }
  await eventually(() => {
    if (scene.fleet.some('busy').some((lamp) => lamp.acknowledged.length < 50)) throw new Error('no load yet')
  })
  const acknowledgedBefore = scene.fleet.lamps.map((lamp) => ({ lamp, count: lamp.acknowledged.length }))
  const copy = join(platform.folder, 'backup')
  await backup('make', '--data', join(platform.folder, 'data'), '--to', copy)
  busy.abort()
  expect(await backup('verify', copy)).toContain('whole')
  const before = { tickets: await scene.town.tickets(), causes: (await causes(scene.town)).map(inWords) }
  await scene.fleet.vanish()
  await platform.kill()

  const restoredFolder = join(platform.folder, 'restored')
  await backup('restore', copy, '--data', restoredFolder)
  const restored = await createPlatformProcess({ FANARI_DATA: restoredFolder })
  onTestFinished(() => restored.dispose())
  await restored.start()

  const town = restored.api.town('town')
  const fleet = {
    ...scene.fleet,
    lamps: acknowledgedBefore.map(({ lamp, count }) => ({ ...lamp, acknowledged: lamp.acknowledged.slice(0, count) })),
  }
  expect(await missingReadings({ ...scene, town, fleet })).toEqual([])
  expect((await causes(town)).map(inWords)).toEqual(before.causes)
  expect((await town.tickets()).map(({ id, members }) => ({ id, members }))).toEqual(
    before.tickets.map(({ id, members }) => ({ id, members })),
  )
  expect((await restored.api.call('GET', `${town.path}/tickets`, { token })).status).toBe(200)
})
