import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createBatchReader } from './line-batch.ts'
import { readPieces } from './read-pieces.ts'
import { scanLines } from './scan-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'fanari-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'lines.ndjson')

const scan = (text: string, pieceBytes?: number): unknown[] => {
  writeFileSync(file, text)
  const linesOf = createBatchReader()
  return [...scanLines(readPieces(file, pieceBytes))].flatMap((batch) => [...linesOf(batch)])
}

const line = (payload: string, device = 'a-1'): string =>
  `{"receivedAt":1768507200400,"municipality":"m","device":"${device}","channel":"telemetry","payload":${payload}}`

describe('the lines of a recording', () => {
  test.each([
    ['an empty file has none', '', []],
    ['the last line may be without an end', 'a\nb', ['a', 'b']],
    ['or have one', 'a\nb\n', ['a', 'b']],
    ['empty lines are lines', 'a\n\n\nb\n', ['a', '', '', 'b']],
    ['letters of several bytes stay whole', 'Ορεστιάδα\n🏮\n', ['Ορεστιάδα', '🏮']],
  ])('%s', (_, text, lines) => {
    expect(scan(text)).toEqual(lines)
  })

  test('where a piece ends makes no difference', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'φ', '🏮', ' ') })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), fc.integer({ min: 2, max: 40 }), (lines, pieceBytes) => {
        expect(scan(`${lines.join('\n')}\n`, pieceBytes)).toEqual(lines)
      }),
    )
  })

  test('a line like one before comes as what it says, and the first of a kind as it stands', () => {
    const first = line('{"at":1,"loadState":"on","activePower":58.25,"tilt":-0.5}')
    const second = line('{"at":20,"loadState":"on","activePower":0.1,"tilt":0}')
    expect(scan(`${first}\n${second}\n`)).toEqual([first, JSON.parse(second)])
  })

  test('ticks are taken apart', () => {
    expect(scan('{"receivedAt":1768507200400,"tick":true}')).toEqual([{ receivedAt: 1_768_507_200_400, tick: true }])
  })

  const known = line('{"at":1,"seq":2}')
  test.each([
    ['a device that was not seen', line('{"at":1,"seq":2}', 'a-2')],
    ['a device of another municipality', known.replace('"m"', '"n"')],
    ['another field', line('{"at":1,"rssi":2}')],
    ['a field more', line('{"at":1,"seq":2,"rssi":3}')],
    ['a space', line('{"at":1, "seq":2}')],
    ['a space after it', `${known} `],
    ['the end of a line of other systems', `${known}\r`],
    ['more after it', `${known}}`],
    ['less than all', known.slice(0, -1)],
    ['another channel', known.replace('telemetry', 'status')],
    ['a number with an exponent', line('{"at":1,"seq":2e1}')],
    ['a number with more digits than can be added up', line('{"at":1,"seq":0.1234567890123456}')],
    ['a number that begins with 0', line('{"at":1,"seq":02}')],
    ['a number that ends with a point', line('{"at":1,"seq":2.}')],
    ['a number that begins with a point', line('{"at":1,"seq":.2}')],
    ['a sign without a number', line('{"at":1,"seq":-}')],
    ['a text for a number', line('{"at":1,"seq":"2"}')],
    ['a time of reception that is no integer', known.replace('400', '400.5')],
    ['a tick with more in it', '{"receivedAt":1,"tick":true,"x":1}'],
  ])('%s is left to be read as JSON', (_, text) => {
    expect(scan(`${known}\n${text}\n`)).toEqual([known, text])
  })

  test.each([
    ['of two fields with one name the last counts', '{"at":1,"seq":2,"seq":"x"}'],
    ['a list is no plain reading', '[{"at":1}]'],
    ['nor is what holds another object', '{"at":1,"measurements":{"a":1}}'],
    ['nor what holds a list', '{"at":1,"faults":["lampFailure"],"seq":1}'],
    ['nor what names its fields in another way', '{"at":1,"s\\u0065q":1}'],
    ['nor what would change what an object is', '{"at":1,"__proto__":1}'],
    ['nor an empty one', '{}'],
  ])('%s: every such line is read as JSON', (_, payload) => {
    expect(scan(`${line(payload)}\n${line(payload)}\n`)).toEqual([line(payload), line(payload)])
  })

  test('numbers are those that JSON.parse reads, to the last bit', () => {
    const number = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.tuple(fc.integer(), fc.integer({ min: 0, max: 6 })).map(([value, decimals]) => value / 10 ** decimals),
      fc.constantFrom(0, -0),
    )
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), (numbers) => {
        const lines = numbers.map((it) => line(`{"at":${Object.is(it, -0) ? '-0' : JSON.stringify(it)}}`))
        const found = scan([line('{"at":1}'), ...lines].join('\n'))
        const read = found.slice(1).map((it) => (typeof it === 'string' ? JSON.parse(it) : it))
        expect(read).toEqual(lines.map((it) => JSON.parse(it)))
      }),
    )
  })
})
