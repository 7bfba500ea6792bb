import { type ReadingField, readingFields, readingSchema } from '@fanari/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkReading } from './check-reading.ts'

const at = 1_767_225_600_000

/** Values around the edge of what a field takes, and values of every other type. */
const strangeValue = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, 1, -1, 1.5, 100, 100.0000001, 500, 1_000, 1_000_000, 1e308, Number.MAX_SAFE_INTEGER, 2 ** 53),
  fc.constantFrom(
    '',
    'on',
    'bulk',
    'lampFailure',
    '1',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00',
    null,
    true,
    false,
  ),
  fc.jsonValue({ maxDepth: 2 }),
)

const goodValue = (field: ReadingField): fc.Arbitrary<unknown> => {
  switch (field.kind) {
    case 'number':
      return fc.double({ min: field.min, max: field.max, noNaN: true })
    case 'integer':
      return fc.maxSafeInteger().filter((value) => value >= field.min && value <= field.max)
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...field.values)
    case 'names':
      return fc.array(fc.constantFrom(...field.values), { maxLength: 40 })
    case 'measurements':
      return fc.dictionary(
        fc.string({ maxLength: 66 }),
        fc.oneof({ weight: 9, arbitrary: fc.double() }, strangeValue),
        {
          maxKeys: 70,
        },
      )
  }
}

const field = fc
  .constantFrom(...Object.entries<ReadingField>(readingFields))
  .chain(([name, description]) =>
    fc.tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.constant(name) },
        fc.constantFrom('extra', '__proto__', 'constructor', 'toString'),
      ),
      fc.oneof({ weight: 6, arbitrary: goodValue(description) }, strangeValue),
    ),
  )
const time = fc.oneof(
  { weight: 4, arbitrary: fc.constant(at) },
  fc.constantFrom(
    '2026-01-01T00:00:00Z',
    '2026-01-01T02:00:00.5+02:00',
    '2026-01-01',
    '2026-13-01T00:00:00Z',
    'now',
    8.64e15,
    8.64e15 + 1,
  ),
  strangeValue,
)

/** As a payload would hold it: `__proto__` is a name like any other in JSON. */
const payload = fc.tuple(fc.option(time, { freq: 20 }), fc.array(field, { maxLength: 12 })).map(([when, fields]) => {
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'}`)
  if (when !== null) members.push(`"at":${JSON.stringify(when) ?? 'null'}`)
  return `{${members.join(',')}}`
})

describe('checkReading', () => {
  test('decides as the schema of the contract does, and gives the same reading', () => {
    let accepted = 0
    fc.assert(
      fc.property(payload, (json) => {
        const bySchema = readingSchema.safeParse(JSON.parse(json))
        const checked = checkReading(JSON.parse(json))
        expect(checked.ok).toBe(bySchema.success)
        if (!checked.ok) return
        accepted += 1
        expect(checked.reading).toEqual(bySchema.data)
        expect(Object.keys(checked.reading).sort()).toEqual(Object.keys(bySchema.data ?? {}).sort())
      }),
      { numRuns: 10_000 },
    )
    expect(accepted).toBeGreaterThan(1_000)
  })

  test.for(['null', '1', '"reading"', '[]', '[{"at":1}]', 'true', '{}'])('takes no %s for a reading', (json) => {
    expect(checkReading(JSON.parse(json)).ok).toBe(false)
  })

  const rejected: { name: string; json: string; problem: RegExp }[] = [
    { name: 'a value above the range', json: '{"at":1,"activePower":1000001}', problem: /^activePower: Too big/ },
    { name: 'a value below the range', json: '{"at":1,"supplyVoltage":-0.1}', problem: /^supplyVoltage: Too small/ },
    { name: 'a number as text', json: '{"at":1,"lightLevel":"80"}', problem: /^lightLevel: Invalid input/ },
    { name: 'null', json: '{"at":1,"rssi":null}', problem: /^rssi: Invalid input/ },
    { name: 'a fraction where a count is due', json: '{"at":1,"seq":1.5}', problem: /^seq: / },
    { name: 'a number beyond doubles', json: '{"at":1,"measurements":{"x":1e999}}', problem: /^measurements\.x: / },
    { name: 'an unknown fault', json: '{"at":1,"faults":["lampFailure","sadness"]}', problem: /^faults\.1: / },
    { name: 'no time', json: '{"seq":1}', problem: /^at: must be ISO 8601/ },
    { name: 'a time without zone', json: '{"at":"2026-01-01T00:00:00"}', problem: /^at: must be ISO 8601/ },
    { name: 'a time in fractions', json: '{"at":1.5}', problem: /^at: must be ISO 8601/ },
  ]
  test.for(rejected)('names the field and what is wrong: $name', ({ json, problem }) => {
    expect(checkReading(JSON.parse(json))).toEqual({ ok: false, problem: expect.stringMatching(problem) })
  })

  test('keeps unknown fields out and names them', () => {
    const checked = checkReading(JSON.parse('{"at":1,"seq":2,"Colour":"red","__proto__":{"polluted":1}}'))
    expect(checked).toEqual({ ok: true, reading: { at: 1, seq: 2 }, unknown: ['Colour', '__proto__'] })
    expect('polluted' in {}).toBe(false)
  })
})
