import type { AssetFeature } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { cabinet, ids, lamps, lastOf, meter, reporting, type Story, tell, told } from './story.ts'

const stopFor = (story: Story, hours: number): void => {
  story.tell({ kind: 'platform', state: 'stop' })
  story.now += hours * 3_600_000
  story.tell({ kind: 'platform', state: 'start' })
}

describe("a wider cause across the platform's own stop", () => {
  const quick = lamps('a', 8, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' })
  const slow = lamps('b', 8, { circuit: 'c2', cabinet: 'k1', gateway: 'g1', reportInterval: 900 })
  const others = lamps('z', 6, { circuit: 'c9', gateway: 'g1' })
  const lights = [...quick, ...slow, ...others]
  const report = (story: Story, features: readonly AssetFeature[]) => {
    const names = ids([...features])
    const isSlow = (id: string): boolean => id.startsWith('b')
    const quickly = reporting(
      story,
      names.filter((id) => !isSlow(id)),
      300,
    )
    const slowly = reporting(story, names.filter(isSlow), 900)
    return (second: number): void => {
      quickly(second)
      slowly(second)
    }
  }
  const metered = (story: Story, load: () => number, each: (second: number) => void) => (second: number) => {
    each(second)
    if (second % 300 !== 150) return
    meter(story, 'k1', { activePower: load() })
  }

  test('gathers who announced it before the stop and who was only not heard after it', () => {
    const story = tell({ assets: lights })
    story.pass(3_600, report(story, lights))
    for (const id of ['a01', 'a02', 'a03']) story.gasp(id)
    stopFor(story, 3)
    story.pass(6_000, report(story, others))
    expect(told(story)).toEqual(['opened cabinetOutage cabinet:k1 ×16'])
  })

  test('is as old as the last gasps, though the cabinet can say only after the stop that it carries no load', () => {
    const story = tell({ assets: [cabinet('k1'), ...lights] })
    story.pass(
      3_600,
      metered(story, () => 900, report(story, lights)),
    )
    for (const id of ['a01', 'a02', 'a03', 'a05', 'a06']) story.gasp(id)
    stopFor(story, 1)
    story.pass(
      3_600,
      metered(story, () => 0, report(story, others)),
    )
    expect(told(story)).toEqual(['opened cabinetOutage cabinet:k1 ×16'])
  })

  test.each([
    ['takes over the circuit that went out', 'minutes before its other lights were last heard', 1_000, true],
    ['leaves alone the circuit that went out', 'long before its other lights were last heard', 4_500, false],
  ])('%s %s', (_name, _when, othersForS, isTakenOver) => {
    const story = tell({ assets: lights })
    story.pass(3_600, report(story, lights))
    for (const id of ids(quick)) story.gasp(id)
    story.pass(othersForS, report(story, [...slow, ...others]))
    expect(told(story)).toEqual(['opened circuitOutage circuit:c1 ×8'])
    stopFor(story, 3)
    story.pass(6_000, report(story, others))
    expect(told(story).slice(1)).toEqual(
      isTakenOver
        ? ['opened cabinetOutage cabinet:k1 ×16', 'resolved circuitOutage circuit:c1 ×8 absorbed']
        : ['opened circuitOutage circuit:c2 ×8'],
    )
  })
})

describe('a circuit that is lost while its gateway is out', () => {
  test('is dark from when others are heard again: what was before nobody knows', () => {
    const town = [
      ...lamps('a', 6, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
      ...lamps('b', 6, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' }),
      ...lamps('d', 6, { circuit: 'c3', cabinet: 'k2', gateway: 'g2' }),
    ]
    const story = tell({ assets: town })
    const heard = (prefixes: string) => ids(town).filter((id) => prefixes.includes(id.slice(0, 1)))
    story.pass(600, reporting(story, heard('abd'), 300))
    story.pass(3_600, reporting(story, heard('d'), 300))
    expect(told(story)).toEqual([expect.stringMatching(/^opened gatewayOutage gateway:g1/)])
    const backAt = story.now
    story.pass(1_800, reporting(story, heard('bd'), 300))
    const incident = lastOf(story, 'circuit:c1')
    expect(incident).toMatchObject({ fault: 'circuitOutage', members: heard('a') })
    const startedAt = Date.parse(incident?.startedAt ?? '')
    expect(startedAt).toBeGreaterThan(backAt)
    expect(startedAt).toBeLessThanOrEqual(backAt + 600_000)
  })
})
