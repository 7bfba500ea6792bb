import { hourMs, type Instant } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import type { FaultKind } from './scenario/faults.ts'
import type { SolarNight } from './truth.ts'
import { between, breaking, changes, find, type Run, record } from './village.fixture.ts'

const sun = find('solar')
const morning = Date.parse('2026-11-17T04:00:00Z')
const noon = Date.parse('2026-11-17T10:15:00Z')
const sunset = Date.parse('2026-11-17T15:00:00Z')
/** What came out of the panel [A·readings]; a battery that is full takes no more, so both halves of the day are looked at apart. */
const harvest = (run: Run, from: Instant, to: Instant): number =>
  between(run, sun.id, from, to).reduce((sum, { panelCurrent = 0 }) => sum + panelCurrent, 0)
const usual = record(12, { start: morning })
const day = (fault: FaultKind): Run =>
  record(12, { start: morning, faults: breaking(fault, sun.id, morning + 1, 20 * hourMs) })
const nights = (run: Run): SolarNight[] =>
  run.truth.flatMap((entry) => (entry.event === 'solar.night' && entry.light === sun.id ? [entry] : []))

describe('the signature of a panel or its charger', () => {
  test('a soiled panel yields a third to two thirds', () => {
    const share = harvest(day('panelSoiled'), morning, noon) / harvest(usual, morning, noon)
    expect(share).toBeGreaterThan(0.3)
    expect(share).toBeLessThan(0.65)
  })

  test('a shaded panel loses one half of the day', () => {
    const run = day('panelShaded')
    const shares = [harvest(run, morning, noon - 2 * hourMs), harvest(run, noon + 2 * hourMs, sunset)].map(
      (sum, i) =>
        sum / (i === 0 ? harvest(usual, morning, noon - 2 * hourMs) : harvest(usual, noon + 2 * hourMs, sunset)),
    )
    expect(Math.min(...shares)).toBeLessThan(0.25)
    expect(Math.max(...shares)).toBeGreaterThan(0.9)
  })

  test.each([
    ['chargerFault', 'fault', true],
    ['panelDisconnected', 'night', false],
  ] as const)('%s: no current all day', (fault, state, isLive) => {
    const run = day(fault)
    expect(harvest(run, morning, sunset)).toBe(0)
    const [reading] = between(run, sun.id, noon, noon + hourMs)
    expect(reading?.chargerState).toBe(state)
    expect((reading?.panelVoltage ?? 0) > 18).toBe(isLive)
    const [healthy] = between(usual, sun.id, noon, noon + hourMs)
    expect(healthy?.panelVoltage).toBeGreaterThan(15)
  })

  test('snow covers all panels until sun or thaw, and the truth tells from when to when', () => {
    const start = Date.parse('2027-01-10T10:00:00Z')
    const spell = { kind: 'snow', from: start, to: start + 72 * hourMs } as const
    const run = record(24 * 8, { start, spell })
    const covered = run.truth.flatMap((entry) => ('fault' in entry && entry.target === sun.id ? [entry] : []))
    expect(covered.map(({ event, fault }) => [event, fault])).toEqual([
      ['fault.started', 'panelCovered'],
      ['fault.repaired', 'panelCovered'],
    ])
    const [began, ended] = covered.map((entry) => entry.at)
    expect((ended ?? 0) - (began ?? 0)).toBeGreaterThan(24 * hourMs)
    expect((ended ?? 0) - (began ?? 0)).toBeLessThan(5 * 24 * hourMs)
    for (const { panelCurrent } of between(run, sun.id, (began ?? 0) + 1, ended ?? 0)) expect(panelCurrent).toBe(0)
  })
})

describe('nights of a solar light', () => {
  const dead = breaking('chargerFault', sun.id, morning, 30 * 24 * hourMs)
  const alone = record(24 * 9, { start: morning, faults: dead })
  const firstDark = (run: Run) => nights(run).find(({ dark }) => dark)

  test('each is told after its dawn; without charge they end in darkness, told with its hour', () => {
    expect(nights(alone).length).toBeGreaterThanOrEqual(8)
    const [first] = nights(alone).slice(1)
    expect(first).toMatchObject({ night: '2026-11-17', dark: false, darkAt: null })
    expect(first?.plannedHours).toBeGreaterThan(13)
    expect(first?.plannedHours).toBeLessThan(13.5)
    expect(first?.litHours).toBe(first?.plannedHours)
    const dark = firstDark(alone)
    const wentDark = changes(alone, sun.id).filter((entry) => entry.to === 'dark')
    expect(wentDark.map((entry) => entry.at)).toContain(dark?.darkAt)
    expect(wentDark[0]?.cause).toBe('lowVoltageDisconnect')
    expect(dark?.litHours).toBeLessThan(dark?.plannedHours ?? 0)
  })

  test('an aged battery is dark a night or more earlier', () => {
    const aged = record(24 * 9, {
      start: morning,
      faults: [...dead, ...breaking('batteryAged', sun.id, morning, 30 * 24 * hourMs)],
    })
    expect(firstDark(aged)?.at).toBeLessThan((firstDark(alone)?.at ?? 0) - 20 * hourMs)
  })
})
