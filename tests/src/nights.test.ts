import { incidentExplanationSchema, indicesSchema, lightExplanationSchema } from '@fanari/contracts'
import { describe, expect, type TestContext, test } from 'vitest'
import type { z } from 'zod'
import { lampAssets, reportIntervalS } from './assets.ts'
import { eventually } from './eventually.ts'
import { createPlatformProcess } from './platform-process.ts'
import { letPass, type Scene, setTheScene } from './scene.ts'

const street = lampAssets('a', 3)

const setUp = async ({ onTestFinished }: TestContext) => {
  const platform = await createPlatformProcess()
  onTestFinished(() => platform.dispose())
  await platform.start()
  const scene = await setTheScene({ platform, municipality: 'town', lights: street, onTestFinished })
  const read = async <Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> => {
    const { status, json } = await platform.api.call('GET', `${scene.town.path}/${path}`)
    expect(status).toBe(200)
    return schema.parse(json)
  }
  return { platform, scene, read }
}
const lampOf = ({ fleet }: Scene, id: string) => {
  const [lamp] = fleet.some(id)
  if (lamp === undefined) throw new Error(`there is no lamp ${id}`)
  return lamp
}

describe('why, and how much', { timeout: 120_000 }, () => {
  test('a dark lamp is explained, counted in the indices, and still counted after kill -9', async (context) => {
    const { platform, scene, read } = await setUp(context)
    const { fleet, town } = scene
    await letPass(fleet.lamps, 5 * reportIntervalS)
    const lit = await read(lightExplanationSchema, 'luminaires/a-01/explanation')
    expect(lit).toMatchObject({ state: 'lit', expectation: { mode: 'on' }, incident: null })
    expect(lit.text.el[0]).toMatch(/^Θεωρείται αναμμένο/)

    lampOf(scene, 'a-01').powerW = 0
    await eventually(async () => expect((await town.light('a-01')).state).toBe('dark'))
    const [incident] = await town.incidents('open')
    const dark = await read(lightExplanationSchema, 'luminaires/a-01/explanation')
    expect(dark).toMatchObject({ state: 'dark', reason: 'noPowerWhenExpectedOn', incident: incident?.id })
    const explained = await read(incidentExplanationSchema, `incidents/${incident?.id}/explanation`)
    expect(explained).toMatchObject({ fault: 'lampFailure', state: 'open', members: { total: 1, dark: 1 } })

    const indices = async () => (await read(indicesSchema, 'indices?by=community')).items[0]
    const before = await indices()
    expect(before).toMatchObject({
      id: 'village',
      lights: 3,
      darkEpisodes: 1,
      incidents: 1,
      foundBeforeCallPercent: 100,
    })
    await platform.kill()
    await platform.start()
    await letPass(fleet.lamps, 20 + 5 * reportIntervalS)
    const after = await indices()
    expect(after).toMatchObject({ lights: 3, darkEpisodes: 1, incidents: 1 })
    expect(after?.darkHours).toBeGreaterThan(before?.darkHours ?? 0)
    expect(after?.litHours).toBeGreaterThan(before?.litHours ?? 0)
  })

  test('what is not there is said to be not there', async (context) => {
    const { platform, scene } = await setUp(context)
    const ask = async (path: string) => (await platform.api.call('GET', `${scene.town.path}/${path}`)).status
    expect(await ask('luminaires/nobody/explanation')).toBe(404)
    expect(await ask('incidents/none/explanation')).toBe(404)
    expect(await ask('roll-calls?night=tomorrow')).toBe(400)
    expect(await ask('indices?from=2026-01-02&to=2026-01-01')).toBe(400)
    expect(await ask('indices?from=2001-01-01&to=2001-01-02')).toBe(200)
  })
})
