import { type AssetFeature, rulesWith, shippedRules } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ReplayInputError } from './lines.ts'
import { createReplay } from './replay-traffic.ts'

const start = Date.parse('2026-01-15T20:00:00Z')
const lights = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3']
const assets = lights.map(
  (id) =>
    ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [26.53, 41.5] },
      properties: {
        kind: 'luminaire',
        id,
        community: 'v',
        circuit: `c-${id[0]}`,
        supply: 'grid',
        ratedPower: 60,
        reportInterval: 60,
        owner: 'municipality',
        program: 'duskToDawn',
      },
    }) as AssetFeature,
)

const line = (second: number, device: string, payload: unknown): string =>
  JSON.stringify({ receivedAt: start + second * 1_000, municipality: 'm', device, channel: 'telemetry', payload })

/** Half an hour in which circuit a goes dark after ten minutes and comes back after twenty. */
const evening = (): string[] => {
  const lines: string[] = []
  for (let second = 0; second < 1_800; second++)
    for (const [i, id] of lights.entries()) {
      if ((second + i * 9) % 60 !== 0) continue
      const dark = id.startsWith('a') && second >= 600 && second < 1_200
      lines.push(line(second, id, { at: start + second * 1_000, seq: second, activePower: dark ? 0 : 58 }))
    }
  return [...lines, JSON.stringify({ receivedAt: start + 1_800_000, tick: true })]
}

const told = (lines: readonly string[]): string[] => {
  const replay = createReplay({ assets, timeZone: 'Europe/Athens', rules: [shippedRules] })
  return lines.flatMap((it) => {
    replay.take(it)
    return replay.drain(0).map((output) => JSON.stringify(output))
  })
}

describe('replay', () => {
  test('recorded traffic gives the incident and its ticket, from opening to close', () => {
    const types = told(evening()).map((text) => JSON.parse(text) as { type: string; ticket?: unknown })
    const main = types.map(({ type }) => type).filter((type) => !type.endsWith('updated'))
    expect(main.filter((type) => type.startsWith('ticket.'))).toEqual([
      'ticket.opened',
      'ticket.resolved',
      'ticket.closed',
    ])
    expect(main.filter((type) => type === 'incident.opened')).toHaveLength(2)
  })

  test('adds up the nights of the traffic when asked to', async () => {
    const replay = createReplay({ assets, timeZone: 'Europe/Athens', rules: [shippedRules], indices: true })
    for (const it of evening()) replay.take(it)
    replay.drain(0)
    const [town, community, circuit] = await replay.closeIndices()
    expect(town).toMatchObject({ type: 'indices', by: 'municipality', from: '2026-01-15', to: '2026-01-15' })
    // Dark together from 20:10:00; the second lit readings come at 20:21:00, 20:21:51 and 20:21:42.
    expect(town?.items).toMatchObject([
      { id: 'm', lights: 6, darkEpisodes: 3, incidents: 1, foundBeforeCallPercent: 100 },
    ])
    expect(town?.items[0]?.darkHours).toBeCloseTo((660 + 711 + 702) / 3_600, 3)
    expect(community?.items.map(({ id }) => id)).toEqual(['v'])
    expect(circuit?.items.map(({ id, darkEpisodes }) => [id, darkEpisodes])).toEqual([
      ['c-a', 3],
      ['c-b', 0],
    ])
  })

  test('every run gives the same answer', () => {
    expect(told(evening())).toEqual(told(evening()))
  })

  test('repeated lines change nothing', () => {
    expect(told(evening().flatMap((it) => [it, it]))).toEqual(told(evening()))
  })

  test('what the live intake would set aside is set aside and counted', () => {
    const replay = createReplay({ assets, timeZone: 'Europe/Athens', rules: [shippedRules] })
    replay.take(line(0, 'a1', { at: start, activePower: 'much' }))
    replay.take(line(1, 'stranger', { at: start }))
    replay.take(line(2, 'a1', { at: start + 3_600_000 }))
    expect(Object.fromEntries(replay.quarantined())).toEqual({ invalidField: 1, unknownDevice: 1, futureTime: 1 })
  })

  test.each([
    ['not JSON', '{', /not JSON/],
    ['no line of traffic', '{"receivedAt":1}', /not a line of traffic/],
  ])('%s is refused', (_, text, message) => {
    const replay = createReplay({ assets, timeZone: 'Europe/Athens', rules: [shippedRules] })
    expect(() => replay.take(text)).toThrow(ReplayInputError)
    expect(() => replay.take(text)).toThrow(message)
  })

  test('what is decided does not depend on how often it is asked for', () => {
    const replay = createReplay({ assets, timeZone: 'Europe/Athens', rules: [shippedRules] })
    for (const it of evening()) replay.take(it)
    expect(replay.drain(0).map((output) => JSON.stringify(output))).toEqual(told(evening()))
  })

  test('two rule sets judge the same traffic, each for itself', () => {
    const deaf = rulesWith({ circuitOutage: { minimumMembers: 4 } })
    const replay = createReplay({ assets, timeZone: 'Europe/Athens', rules: [shippedRules, deaf] })
    for (const it of evening()) replay.take(it)
    const ticketsOf = (index: number) => replay.drain(index).filter(({ type }) => type === 'ticket.opened').length
    expect([ticketsOf(0), ticketsOf(1)]).toEqual([1, 3])
  })

  test('a second municipality is refused', () => {
    const replay = createReplay({ assets, timeZone: 'Europe/Athens', rules: [shippedRules] })
    replay.take(line(0, 'a1', { at: start }))
    expect(() => replay.take(line(1, 'a1', { at: start }).replace('"m"', '"other"'))).toThrow(/one municipality a run/)
  })

  test('time that goes back is refused', () => {
    const replay = createReplay({ assets, timeZone: 'Europe/Athens', rules: [shippedRules] })
    replay.take(line(60, 'a1', { at: start }))
    expect(() => replay.take(line(59, 'a1', { at: start }))).toThrow(/before that of the line ahead|lies before/)
  })
})
