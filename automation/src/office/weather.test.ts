import { hourMs, type LuminaireStatus, minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { calm, raiseLights, resumeLights, weatherAsked } from './weather.ts'

const now = Date.parse('2026-11-25T20:00:00Z')
const realTime = { now, speed: 1 }
const light = (device: string, state: LuminaireStatus['state'], lightLevel: number | undefined): LuminaireStatus => ({
  id: device,
  device,
  community: 'v',
  state,
  since: '2026-11-25T16:00:00.000Z',
  reason: 'poweredAsExpected',
  lastSeen: null,
  lastReading: {
    at: '2026-11-25T19:59:00.000Z',
    receivedAt: '2026-11-25T19:59:00.000Z',
    ...(lightLevel === undefined ? {} : { lightLevel }),
  },
})

describe('in heavy weather', () => {
  test.for([
    ['dimmed', 'lit', 50, [], true],
    ['in full already', 'lit', 100, [], false],
    ['in full by our command', 'lit', 100, ['x'], true],
    ['of unknown level', 'lit', undefined, [], false],
    ['off by its program', 'off', 0, [], false],
    ['off by its program after our command', 'off', 100, ['x'], false],
    ['burning though its night is over', 'unexpectedlyOn', 100, ['x'], false],
    ['dark', 'dark', 50, [], false],
    ['unknown', 'unknown', 50, [], false],
  ] as const)('a light that is %s', ([, state, level, raised, isRaised]) => {
    const { commands, state: after } = raiseLights(
      { until: now + hourMs, raised },
      [light('x', state, level)],
      now,
      realTime,
    )
    expect(commands).toEqual(
      isRaised ? [{ device: 'x', command: { type: 'setLevel', level: 100, until: now + 10 * minuteMs } }] : [],
    )
    expect(after.raised).toEqual(isRaised ? ['x'] : [])
  })

  test('no override outlasts the weather', () => {
    const { commands } = raiseLights({ until: now + minuteMs, raised: [] }, [light('x', 'lit', 50)], now, realTime)
    expect(commands[0]?.command.until).toBe(now + minuteMs)
  })

  test.for([
    ['holds for ten minutes of its time', hourMs, 10 * minuteMs],
    ['not beyond the end', minuteMs / 12, 5 * minuteMs],
  ] as const)('a light of a town that lives a minute each second %s', ([, leftMs, heldMs]) => {
    const clock = { now: Date.parse('2026-11-24T22:00:00Z'), speed: 60 }
    const { commands } = raiseLights({ until: now + leftMs, raised: [] }, [light('x', 'lit', 50)], now, clock)
    expect(commands[0]?.command.until).toBe(clock.now + heldMs)
  })

  test('the end gives lights back to their program', () => {
    expect(resumeLights({ until: now, raised: ['x', 'y'] })).toEqual({
      state: calm,
      commands: [
        { device: 'x', command: { type: 'resume' } },
        { device: 'y', command: { type: 'resume' } },
      ],
    })
  })
})

test.for([
  [true, { hours: 6 }],
  ['on', { hours: 6 }],
  [false, { hours: 0 }],
  ['off', { hours: 0 }],
  [2.5, { hours: 2.5 }],
  [1e9, { hours: 72 }],
  [-1, null],
  [Number.NaN, null],
  ['maybe', null],
  [{ storm: true }, null],
  [undefined, null],
] as const)('a switch that says %o', ([payload, asked]) => {
  expect(weatherAsked(payload, 6)).toEqual(asked)
})
