import { minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { type Broken, dawnAt, end, intervalMs, lights, night, noon, scoreNight, told } from './small-town.fixture.ts'

const lampOut: Broken = {
  fault: 'lamp',
  scope: { kind: 'luminaire', id: 'a1' },
  affected: ['a1'],
  from: night(2),
  to: night(8),
  dark: true,
}
const circuit = ['a1', 'a2', 'a3', 'a4']
const tripped: Broken = {
  fault: 'circuitTrip',
  scope: { kind: 'circuit', id: 'a' },
  affected: circuit,
  from: night(2),
  to: night(5),
  dark: true,
}
const a1 = { kind: 'luminaire', id: 'a1' } as const
const when = { from: night(2), detectedAt: night(2) + intervalMs, to: night(8) }

describe('a burnt-out lamp', () => {
  test('told by its name is found, right, and one ticket', () => {
    const score = scoreNight({ broken: [lampOut], outputs: told('lampFailure', a1, ['a1'], when) })
    expect(score.causes).toMatchObject([{ id: 'f1', found: true, right: true, tickets: ['t-a1'] }])
    expect(score.tickets).toMatchObject([{ cause: 'f1', right: true }])
    expect(score.names.lampFailure).toEqual({ told: 1, true: 1 })
  })

  test('its delay counts from the reading that shows it first', () => {
    const late = { ...when, detectedAt: night(2) + 1_000 + 2 * intervalMs }
    const [cause] = scoreNight({ broken: [lampOut], outputs: told('lampFailure', a1, ['a1'], late) }).causes
    expect(cause?.evidence).toEqual({ visible: true, sign: 'reading', from: night(2) + 1_000 })
    expect(cause?.latency).toEqual({ sinceEvidenceMs: 2 * intervalMs, sinceOnsetMs: 2 * intervalMs + 1_000 })
  })

  test('that burnt out by day shows ten minutes after the light should have come on', () => {
    const [cause] = scoreNight({ broken: [{ ...lampOut, from: noon + 1 }] }).causes
    expect(cause?.evidence).toEqual({ visible: true, sign: 'reading', from: night(0) + 10 * minuteMs + 1_000 })
  })

  test('of which nothing is told is missed', () => {
    const [cause] = scoreNight({ broken: [lampOut] }).causes
    expect(cause).toMatchObject({ found: false, right: false, latency: null, evidence: { visible: true } })
  })

  test('called a lost link is missed: no ticket tells of it', () => {
    const outputs = told('communicationFailure', a1, ['a1'], when, null)
    expect(scoreNight({ broken: [lampOut], outputs }).causes).toMatchObject([{ found: false }])
  })

  test('called something else is found, but not rightly', () => {
    const outputs = told('supplyLoss', a1, ['a1'], when)
    const score = scoreNight({ broken: [lampOut], outputs })
    expect(score.causes).toMatchObject([{ found: true, right: false }])
    expect(score.tickets).toMatchObject([{ cause: 'f1', right: false }])
  })

  test('that is repaired before three readings showed it could not be seen', () => {
    const [cause] = scoreNight({ broken: [{ ...lampOut, to: night(2) + 2 * intervalMs }] }).causes
    expect(cause?.evidence).toEqual({ visible: false, why: 'tooShort' })
  })
})

describe('false tickets', () => {
  test('where nothing is wrong', () => {
    const outputs = told('lampFailure', { kind: 'luminaire', id: 'a2' }, ['a2'], when)
    const score = scoreNight({ broken: [lampOut], outputs })
    expect(score.tickets).toMatchObject([{ cause: null, afterRestart: false }])
    expect(score.names.lampFailure).toEqual({ told: 1, true: 0 })
  })

  test('for a whole cabinet where one lamp is out', () => {
    const all = lights.filter((id) => id !== 's1')
    const outputs = told('cabinetOutage', { kind: 'cabinet', id: 'k' }, all, when)
    const score = scoreNight({ broken: [lampOut], outputs })
    expect(score.tickets).toMatchObject([{ cause: null }])
    expect(score.causes).toMatchObject([{ found: false }])
  })

  test('long before or after what was wrong', () => {
    const early = { from: night(0.5), detectedAt: night(0.6), to: night(1) }
    const late = { from: night(9), detectedAt: night(9.1) }
    const outputs = [...told('lampFailure', a1, ['a1'], early, 't1'), ...told('lampFailure', a1, ['a1'], late, 't2')]
    expect(scoreNight({ broken: [lampOut], outputs }).tickets).toMatchObject([{ cause: null }, { cause: null }])
  })

  test('for what needs none', () => {
    const hang: Broken = { ...lampOut, fault: 'controllerHang', dark: false }
    const score = scoreNight({ broken: [hang], outputs: told('supplyLoss', a1, ['a1'], when) })
    expect(score.tickets).toMatchObject([{ cause: null }])
  })

  test('within half an hour of a restart are laid to the restart', () => {
    const stops = [{ from: night(1), to: night(2) }]
    const outputs = told('lampFailure', a1, ['a1'], when)
    expect(scoreNight({ stops, outputs }).tickets).toMatchObject([{ cause: null, afterRestart: true }])
  })
})

describe('a tripped circuit', () => {
  const silent = [{ devices: circuit, from: night(2), to: night(5) }]
  const scope = { kind: 'circuit', id: 'a' } as const

  test('told as one is right; its delay is one of silence', () => {
    const outputs = told('circuitOutage', scope, circuit, { ...when, detectedAt: night(2) + 3 * intervalMs })
    const [cause] = scoreNight({ broken: [tripped], silent, outputs }).causes
    expect(cause).toMatchObject({ found: true, right: true, tickets: ['t-a'] })
    expect(cause?.evidence).toEqual({ visible: true, sign: 'silence', from: night(2) })
  })

  test('with a last gasp, its delay counts from there', () => {
    const gasps = [{ device: 'a3', at: night(2) + 2_000 }]
    const [cause] = scoreNight({ broken: [tripped], silent, gasps }).causes
    expect(cause?.evidence).toEqual({ visible: true, sign: 'gasp', from: night(2) + 3_000 })
  })

  test('told as single lights is one cause with many tickets, none of them right', () => {
    const outputs = circuit.flatMap((id) => told('supplyLoss', { kind: 'luminaire', id }, [id], when))
    const score = scoreNight({ broken: [tripped], silent, outputs })
    expect(score.causes).toMatchObject([{ found: true, right: false, tickets: ['t-a1', 't-a2', 't-a3', 't-a4'] }])
    expect(score.tickets.every(({ cause }) => cause === 'f1')).toBe(true)
  })

  test('told first as a light and then as a circuit is right, with two tickets', () => {
    const outputs = [
      ...told('supplyLoss', a1, ['a1'], { ...when, to: night(2.5), resolution: 'absorbed' }),
      ...told('circuitOutage', scope, circuit, { ...when, detectedAt: night(2.5) }),
    ]
    expect(scoreNight({ broken: [tripped], silent, outputs }).causes).toMatchObject([
      { found: true, right: true, tickets: ['t-a1', 't-a'] },
    ])
  })

  test('told of the wrong circuit is missed, and the ticket false', () => {
    const outputs = told('circuitOutage', { kind: 'circuit', id: 'b' }, ['b1', 'b2'], when)
    const score = scoreNight({ broken: [tripped], silent, outputs })
    expect(score.causes).toMatchObject([{ found: false }])
    expect(score.tickets).toMatchObject([{ cause: null }])
  })

  test('told together with the other circuit that tripped is no false ticket', () => {
    const other: Broken = { ...tripped, scope: { kind: 'circuit', id: 'b' }, affected: ['b1', 'b2'] }
    const all = lights.filter((id) => id !== 's1')
    const outputs = told('cabinetOutage', { kind: 'cabinet', id: 'k' }, all, when)
    const score = scoreNight({ broken: [tripped, other], silent, outputs })
    expect(score.tickets).toMatchObject([{ cause: 'f1', right: false }])
  })

  test('that takes all lights of its cabinet may be told as the cabinet', () => {
    const wide: Broken = { ...tripped, scope: { kind: 'cabinet', id: 'k' }, fault: 'cabinetSupply' }
    const all = lights.filter((id) => id !== 's1')
    const outputs = told('cabinetOutage', { kind: 'cabinet', id: 'k' }, all, when)
    expect(scoreNight({ broken: [{ ...wide, affected: all }], silent, outputs }).causes).toMatchObject([
      { right: true },
    ])
  })

  test('a lamp that burns out in a lit circuit meanwhile is a cause of its own', () => {
    const other: Broken = { ...lampOut, scope: { kind: 'luminaire', id: 'b1' }, affected: ['b1'] }
    const outputs = [
      ...told('circuitOutage', scope, circuit, when),
      ...told('lampFailure', { kind: 'luminaire', id: 'b1' }, ['b1'], when),
    ]
    expect(scoreNight({ broken: [tripped, other], silent, outputs }).tickets).toMatchObject([
      { cause: 'f1', right: true },
      { cause: 'f2', right: true },
    ])
  })

  test('while the platform is down nobody could see it', () => {
    const stops = [{ from: night(2), to: night(5) }]
    expect(scoreNight({ broken: [tripped], silent, stops }).causes).toMatchObject([
      { evidence: { visible: false, why: 'tooShort' } },
    ])
  })
})

describe('a blown fuse', () => {
  const blown: Broken = { ...lampOut, fault: 'poleFuse' }
  const silent = [{ devices: ['a1'], from: night(2), to: night(8) }]

  test('without last gasp and meter cannot be told from a lost link', () => {
    expect(scoreNight({ broken: [blown], silent, unmetered: true }).causes).toMatchObject([
      { evidence: { visible: false, why: 'silentAlone' } },
    ])
  })

  test('a last gasp tells it', () => {
    const gasps = [{ device: 'a1', at: night(2) }]
    expect(scoreNight({ broken: [blown], silent, gasps, unmetered: true }).causes).toMatchObject([
      { evidence: { visible: true, sign: 'gasp' } },
    ])
  })

  test('the last gasp of a cabinet is not its own', () => {
    const gasps = [{ device: 'meter', at: night(2) }]
    expect(scoreNight({ broken: [blown], silent, gasps, unmetered: true }).causes).toMatchObject([
      { evidence: { visible: false, why: 'silentAlone' } },
    ])
  })

  test('so does the meter of its cabinet', () => {
    expect(scoreNight({ broken: [blown], silent }).causes).toMatchObject([
      { evidence: { visible: true, sign: 'meter' } },
    ])
  })
})

describe('a lost link', () => {
  const lost = { from: night(2), detectedAt: night(2.5), to: night(4) }
  const silent = [{ devices: ['a1'], from: night(2), to: night(4) }]

  test('told of a light that is silent is so, though nothing broke', () => {
    const score = scoreNight({ silent, outputs: told('communicationFailure', a1, ['a1'], lost, null) })
    expect(score.names.communicationFailure).toEqual({ told: 1, true: 1 })
    expect(score.tickets).toEqual([])
  })

  test.each([
    ['of a light that reports', { silent: [] }],
    ['when it is the platform that does not hear', { silent, stops: [{ from: night(2), to: night(2.4) }] }],
  ])('told %s is not', (_, change) => {
    const score = scoreNight({ ...change, outputs: told('communicationFailure', a1, ['a1'], lost, null) })
    expect(score.names.communicationFailure).toEqual({ told: 1, true: 0 })
  })
})

describe('a day burner', () => {
  const burning: Broken = { ...lampOut, fault: 'dayBurner', from: noon, to: end, dark: false }

  test('shows by day, once twilight is over', () => {
    const [cause] = scoreNight({ broken: [burning] }).causes
    expect(cause?.evidence).toEqual({ visible: true, sign: 'reading', from: noon + 75 * minuteMs + 1_000 })
  })
})

describe('a solar light without energy', () => {
  const s1 = { kind: 'luminaire', id: 's1' } as const
  const empty = (from: number, to: number) =>
    [
      { at: from, event: 'light.changed', light: 's1', from: 'lit', to: 'dark', cause: 'lowVoltageDisconnect' },
      { at: to, event: 'light.changed', light: 's1', from: 'dark', to: 'off', cause: 'program' },
    ] as const

  test('is a cause of its own, whatever the reason', () => {
    const outputs = told('batteryEmpty', s1, ['s1'], { from: night(9), detectedAt: night(9.2) })
    const score = scoreNight({ truth: empty(night(9), dawnAt), outputs })
    expect(score.causes).toMatchObject([{ kind: 'solarDark', found: true, right: true, tickets: ['t-s1'] }])
  })

  test('foretold before dusk is found in advance', () => {
    const outputs = told('autonomyAtRisk', s1, ['s1'], { from: noon, detectedAt: noon + 5 * minuteMs })
    const score = scoreNight({ truth: empty(night(9), dawnAt), outputs })
    expect(score.causes).toMatchObject([{ found: true, right: true, latency: { sinceEvidenceMs: 0 } }])
    expect(score.tickets).toMatchObject([{ cause: 'dark-s1-1', right: true }])
  })

  test('a warning for a night that stays lit is a false ticket', () => {
    const outputs = told('autonomyAtRisk', s1, ['s1'], { from: noon, detectedAt: noon + 5 * minuteMs, to: dawnAt })
    expect(scoreNight({ outputs }).tickets).toMatchObject([{ cause: null }])
  })
})
