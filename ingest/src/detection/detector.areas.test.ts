import type { AssetFeature } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamps, reporting, tell, told } from './story.ts'

describe('supply of an area', () => {
  const near = [
    ...lamps('a', 6, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
    ...lamps('b', 6, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' }),
    ...lamps('d', 6, { circuit: 'c3', cabinet: 'k2', gateway: 'g1' }),
    ...lamps('e', 6, { circuit: 'c4', cabinet: 'k2', gateway: 'g1' }),
  ]
  const far: AssetFeature[] = lamps('z', 6, { circuit: 'c9', cabinet: 'k9', gateway: 'g1', community: 'hamlet' }).map(
    (it) => ({ ...it, geometry: { type: 'Point', coordinates: [26.8, 41.7] } }) as AssetFeature,
  )
  const town = [...near, ...far]

  test('neighbouring cabinets that lose their supply together are one incident; a far one lives on', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(near)) story.gasp(id)
    story.pass(700, reporting(story, ids(far), 300))
    expect(told(story)).toEqual(['opened supplyLoss area:k1 ×24'])
    expect(story.changes.find((it) => it.incident.scope.kind === 'area')?.incident.reason).toBe('neighbouringCabinets')
    story.pass(900, reporting(story, ids(town), 300))
    expect(told(story).slice(1)).toEqual(['resolved supplyLoss area:k1 ×24 supplyRestored'])
  })

  test('a cabinet that does not come back with its neighbour is an outage of its own', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(near)) story.gasp(id)
    story.pass(700, reporting(story, ids(far), 300))
    story.pass(
      2_400,
      reporting(
        story,
        ids(town).filter((id) => id < 'd' || id.startsWith('z')),
        300,
      ),
    )
    expect(told(story).slice(1)).toEqual([
      'resolved supplyLoss area:k1 ×24 split',
      'opened cabinetOutage cabinet:k2 ×12',
    ])
  })

  test('one cabinet alone stays a cabinet outage', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(near).filter((it) => it < 'd')) story.gasp(id)
    story.pass(
      700,
      reporting(
        story,
        ids(town).filter((id) => id >= 'd'),
        300,
      ),
    )
    expect(told(story)).toEqual(['opened cabinetOutage cabinet:k1 ×12'])
  })

  test('a supply that is back just when the outage would have been called opens nothing, though not all lights are back yet', () => {
    const slow = near.map((it) => ({ ...it, properties: { ...it.properties, reportInterval: 900 } })) as AssetFeature[]
    const story = tell({ assets: slow })
    story.pass(3_600, reporting(story, ids(slow), 900))
    for (const [i, id] of ids(slow).entries()) if (i % 3 > 0) story.gasp(id)
    story.pass(880)
    const bootAt = story.now
    const boot = (id: string): void => story.read(id, { seq: 0, uptime: (story.now - bootAt) / 1_000 })
    const order = [...ids(slow).filter((_, i) => i % 3 === 0), ...ids(slow).filter((_, i) => i % 3 > 0)]
    story.pass(60, (second) => {
      if (second > 10 && second % 2 === 0 && second < 2 * order.length) boot(order[second / 2] ?? '')
    })
    story.pass(
      2_700,
      reporting(story, ids(slow), 900, () => ({ uptime: (story.now - bootAt) / 1_000 })),
    )
    expect(told(story)).toEqual([])
  })
})
