import { createHash } from 'node:crypto'
import { deviceEventSchema, deviceStatusSchema, readingSchema } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createRecorder } from './edge/recorder.ts'
import { createDemo } from './scenario/demo.ts'
import { createSimulation, type Simulation, type SimulationOptions } from './simulation.ts'
import { loadOrestiada } from './town/orestiada.ts'
import { truthLine } from './truth.ts'
import { at, evening, find, type Run, record } from './village.fixture.ts'

describe('determinism', async () => {
  const town = await loadOrestiada(1, { lights: 300 })
  const run = (options: Partial<SimulationOptions> = {}) =>
    record(26, { town, scenario: createDemo(town, { seed: 1, epoch: evening }), radio: {}, ...options })
  const digest = ({ text, truth }: Run): string =>
    createHash('sha256').update(text).update(truth.map(truthLine).join('')).digest('hex')
  const first = run()

  test('the same seed gives the same bytes, of traffic and of truth', () => {
    expect(digest(run())).toBe(digest(first))
  })

  test('another seed gives other bytes', () => {
    expect(digest(run({ seed: 2 }))).not.toBe(digest(first))
  })

  test('how time is cut into steps changes nothing', () => {
    const recorder = createRecorder(town.municipality.id, () => simulation.now())
    const simulation: Simulation = createSimulation({
      town,
      seed: 1,
      start: evening,
      transport: recorder,
      scenario: createDemo(town, { seed: 1, epoch: evening }),
    })
    simulation.start()
    let text = ''
    for (let now = evening; now < at(3); ) {
      now = simulation.nextEventAt() ?? at(3)
      simulation.advanceTo(now)
      text += recorder.take(now)
    }
    expect(first.text.startsWith(text)).toBe(true)
  })

  test('one lamp more changes no other light', () => {
    const twin = { ...find('grid', town), id: 'one-more', pole: 'one-more', position: 99 }
    const more = run({ town: { ...town, luminaires: [twin, ...town.luminaires] } })
    const lightsOnly = (text: string): string[] =>
      text
        .split('\n')
        .filter((line) => /"device":"[a-z-]+-\d{4}"/.test(line))
        .toSorted()
    expect(more.readings.get('one-more')?.length).toBeGreaterThan(290)
    expect(lightsOnly(more.text)).toEqual(lightsOnly(first.text))
  })

  test('every message meets its schema and carries no unknown field', () => {
    const schemas = {
      telemetry: z.union([readingSchema.strict(), z.array(readingSchema.strict()).max(500)]),
      status: deviceStatusSchema.strict(),
      event: deviceEventSchema.strict(),
    }
    const wrong = first.lines.filter(({ channel, payload }) => !schemas[channel].safeParse(payload).success)
    expect(wrong).toEqual([])
    expect(first.lines.length).toBeGreaterThan(80_000)
  })

  test('lifetime counters never fall, and a repeated seq is a repeated reading', () => {
    for (const [, readings] of first.readings) {
      const inOrder = readings.toSorted((a, b) => a.at - b.at || (a.seq ?? 0) - (b.seq ?? 0))
      inOrder.slice(1).forEach((reading, i) => {
        for (const counter of ['activeEnergy', 'operatingHours', 'switchOnCount', 'supplyLossCount'] as const)
          expect(reading[counter] ?? 0).toBeGreaterThanOrEqual(inOrder[i]?.[counter] ?? 0)
      })
      const numbers = new Set(readings.map((reading) => `${reading.at} ${reading.seq}`))
      const contents = new Set(readings.map(({ receivedAt: _, ...reading }) => JSON.stringify(reading)))
      expect(contents.size).toBe(numbers.size)
    }
  })
})
