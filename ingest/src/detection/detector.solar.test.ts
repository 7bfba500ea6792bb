import { type AssetFeature, type DetectorOutput, hourMs, type Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { lamp, m, type Story, tell } from './story.ts'

const dusk = Date.parse('2026-01-15T15:39:18Z')
const morning = Date.parse('2026-01-15T06:00:00Z')

const solar = (id: string, more: Partial<Record<string, unknown>> = {}): AssetFeature =>
  lamp(id, {
    supply: 'solar',
    ratedPower: 30,
    panelPower: 200,
    batteryCapacity: 1_280,
    batteryChemistry: 'lifepo4',
    batteryVoltageNominal: 12.8,
    reportInterval: 900,
    ...more,
  })

/** Lets time pass in steps of a minute; every light reports each quarter of an hour what `fields` says. */
const live = (story: Story, until: number, lights: string[], fields: (id: string, at: number) => Partial<Reading>) => {
  while (story.now < until) {
    story.now += 60_000
    if (story.now % 900_000 === 0)
      for (const device of lights)
        story.tell({
          kind: 'reading',
          municipality: m,
          device,
          reading: { at: story.now, ...fields(device, story.now) },
        })
    story.tell({ kind: 'tick', hearing: true })
  }
}

const charging = { batteryVoltage: 13.4, batteryCurrent: 5, chargerState: 'bulk', loadState: 'off' } as const
const full = { batteryVoltage: 13.6, batteryCurrent: 0, chargerState: 'float', loadState: 'off' } as const
const idle = { batteryVoltage: 12.4, batteryCurrent: -0.04, chargerState: 'bulk', loadState: 'off' } as const
const burning = (batteryVoltage: number) =>
  ({ batteryVoltage, batteryCurrent: -2.3, chargerState: 'night', loadState: 'on', activePower: 30 }) as const
const cut = {
  batteryVoltage: 11.8,
  batteryCurrent: 0,
  chargerState: 'night',
  loadState: 'lowVoltageDisconnect',
  activePower: 0.3,
} as const

const forecasts = (story: Story) =>
  story.outputs.filter((it): it is Extract<DetectorOutput, { type: 'forecast' }> => it.type === 'forecast')

describe('the forecast', () => {
  test('is told at the planned switch-on, for the night of the noon before and the three nights after', () => {
    const story = tell({ start: morning, assets: [solar('s')] })
    live(story, dusk + 120_000, ['s'], () => full)
    const told = forecasts(story)
    expect(told).toHaveLength(1)
    expect(Math.abs((told[0]?.at ?? 0) - dusk)).toBeLessThan(6_000)
    expect(told[0]).toMatchObject({ device: 's', night: '2026-01-15' })
    expect(told[0]?.probabilityDark).toBeLessThan(0.01)
    expect(told[0]?.next.map(({ night }) => night)).toEqual(['2026-01-16', '2026-01-17', '2026-01-18'])
  })

  test('is told again when the probability crosses one half', () => {
    const story = tell({ start: morning, assets: [solar('s')] })
    live(story, dusk + 60_000, ['s'], () => full)
    // A load far above the rated one empties the battery early.
    live(story, dusk + 8 * hourMs, ['s'], () => ({ ...burning(13), batteryCurrent: -11, activePower: 140 }))
    const [atDusk, crossed] = forecasts(story)
    expect(atDusk?.probabilityDark).toBeLessThan(0.5)
    expect(crossed?.probabilityDark).toBeGreaterThanOrEqual(0.5)
    expect(Date.parse(crossed?.expectedDarkAt ?? '')).toBeGreaterThan(dusk)
  })

  test('is not invented for a light that tells nothing of its battery, or is fed by the grid', () => {
    const story = tell({ start: morning, assets: [solar('mute'), lamp('grid')] })
    live(story, dusk + hourMs, ['mute', 'grid'], () => ({ activePower: 0.3, loadState: 'off' }))
    expect(forecasts(story)).toEqual([])
    expect(story.detector.forecast('mute')).toBeNull()
    expect(story.detector.forecast('grid')).toBeNull()
    expect(story.detector.forecast('nobody')).toBeNull()
  })
})

describe('a light that will not last the night', () => {
  test('is said before dusk, and its darkness takes the matter over', () => {
    const story = tell({ start: morning, assets: [solar('s')] })
    live(story, dusk, ['s'], () => idle)
    expect(story.heard().filter((line) => line.includes('autonomyAtRisk'))).toEqual([
      'opened autonomyAtRisk luminaire:s',
    ])
    const risk = story.changes.find(({ incident }) => incident.fault === 'autonomyAtRisk')?.incident
    expect(Date.parse(risk?.detectedAt ?? '')).toBeLessThan(dusk)
    expect(risk?.evidence[0]?.detail).toMatch(/Wh left, \d+ Wh needed until dawn/)
    live(story, dusk + hourMs, ['s'], () => burning(12.2))
    live(story, dusk + 2 * hourMs, ['s'], () => cut)
    const after = story.heard()
    expect(after).toContain('opened batteryEmpty luminaire:s')
    expect(after).toContain('resolved autonomyAtRisk luminaire:s absorbed')
    const empty = story.changes.find(({ incident }) => incident.fault === 'batteryEmpty')?.incident
    const absorbed = story.changes.find(({ incident }) => incident.resolution === 'absorbed')?.incident
    expect(absorbed?.parent).toBe(empty?.id)
  })
})

describe('a light that does not charge', () => {
  const village = ['n1', 'n2', 'n3', 'n4', 's']
  const assets = village.map((id) => solar(id))

  test('is found by noon beside neighbours that do, and is well again when it charges', () => {
    const story = tell({ start: morning, assets })
    live(story, morning + 6 * hourMs, village, (id) => (id === 's' ? { ...idle, batteryVoltage: 13.1 } : charging))
    expect(story.heard().filter((line) => line.includes('notCharging'))).toEqual(['opened notCharging luminaire:s'])
    live(story, morning + 7 * hourMs, village, () => charging)
    expect(
      story
        .heard()
        .filter((line) => line.includes('notCharging'))
        .at(-1),
    ).toBe('resolved notCharging luminaire:s chargingAgain')
  })

  test.each([
    ['under snow that all share', (_: string) => ({ ...idle, batteryVoltage: 13.1 })],
    ['when it is full', (id: string) => (id === 's' ? full : charging)],
    ['in frost', (id: string) => (id === 's' ? { ...idle, batteryVoltage: 13.1, batteryTemperature: -3 } : charging)],
  ])('is not blamed %s', (_, fields) => {
    const story = tell({ start: morning, assets })
    live(story, morning + 8 * hourMs, village, fields)
    expect(story.heard().filter((line) => line.includes('notCharging'))).toEqual([])
  })
})
