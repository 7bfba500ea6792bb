import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { parseSettlements } from './settlements.ts'
import { slug } from './slug.ts'

const header = 'elstat_code,settlement,community,municipal_unit,population_2011,lat,lon'
const csv = (...lines: string[]): string => [header, ...lines].join('\n')

describe('settlements', () => {
  test('the census of Orestiada has 42 settlements with residents', async () => {
    const file = new URL('../../data/orestiada-settlements.csv', import.meta.url)
    const settlements = parseSettlements(await readFile(file, 'utf8'))
    expect(settlements).toHaveLength(42)
    expect(settlements.reduce((sum, { population }) => sum + population, 0)).toBe(37_380)
    expect(settlements.find(({ name }) => name === 'Γαλήνη')).toBeUndefined()
  })

  test('a settlement without coordinates is put a few kilometres from the middle of its municipal unit, always the same', () => {
    const text = csv('1,Α,Α,Μονάδα,10,41.5,26.5', '2,Β,Β,Μονάδα,10,41.7,26.3', '3,Γ,Γ,Μονάδα,10,,')
    const [, , placed] = parseSettlements(text)
    const [latOff, lonOff] = [(placed?.lat ?? 0) - 41.6, (placed?.lon ?? 0) - 26.4]
    expect(Math.hypot(latOff / 0.035, lonOff / 0.045)).toBeCloseTo(1, 6)
    expect(parseSettlements(text)).toEqual(parseSettlements(text))
  })

  test('a byte order mark and carriage returns are no matter', () => {
    expect(parseSettlements(`\uFEFF${csv('1,Α,Α,Μ,10,41,26').replaceAll('\n', '\r\n')}`)).toHaveLength(1)
  })

  test.each([
    ['another header', 'a,b\n1,2', /line 1: the columns must be/],
    ['too few columns', csv('1,Α'), /line 2: expected 7/],
    ['quotes', csv('1,"Α, β",Α,Μ,10,41'), /line 2: expected 7 unquoted/],
    ['a code of letters', csv('x,Α,Α,Μ,10,41,26'), /line 2: elstat_code/],
    ['a missing name', csv('1,,Α,Μ,10,41,26'), /line 2: settlement has no name/],
    ['a negative population', csv('1,Α,Α,Μ,10,41,26', '2,Β,Β,Μ,-4,41,26'), /line 3: population_2011/],
    ['a missing population', csv('1,Α,Α,Μ,,41,26'), /line 2: population_2011/],
    ['a latitude beyond the polar circle', csv('1,Α,Α,Μ,10,91,26'), /line 2: lat and lon/],
    ['one coordinate without the other', csv('1,Α,Α,Μ,10,41,'), /line 2: lat and lon/],
    ['a repeated code', csv('1,Α,Α,Μ,10,41,26', '1,Β,Β,Μ,10,41,26'), /elstat_code 1 appears twice/],
    ['no residents at all', csv('1,Α,Α,Μ,0,41,26'), /no settlement with residents/],
    ['no coordinates in the whole unit', csv('1,Α,Α,Μ,10,,'), /no settlement of its municipal unit/],
  ])('%s is refused with the place and the reason', (_, text, reason) => {
    expect(() => parseSettlements(text)).toThrow(reason)
  })
})

test.each([
  ['Νέα Βύσσα', 'nea-vyssa'],
  ['Ορεστιάς', 'orestias'],
  ['Παλαιά Σαγήνη', 'palaia-sagini'],
  ['Θούριον', 'thourion'],
  ['Αμμόβουνον', 'ammovounon'],
  ['Χελιδών', 'chelidon'],
  ['Ευαγγελίστρια', 'evangelistria'],
  ['Ψυχικό', 'psychiko'],
])('the id of %s is %s', (name, id) => {
  expect(slug(name)).toBe(id)
})
