import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { readLines } from './read-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'fanari-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'lines.ndjson')

const read = (text: string, pieceBytes?: number): string[] => {
  writeFileSync(file, text)
  return [...readLines(file, pieceBytes)]
}

describe('the lines of a file', () => {
  test.each([
    ['an empty file has none', '', []],
    ['the last line may be without an end', 'a\nb', ['a', 'b']],
    ['or have one', 'a\nb\n', ['a', 'b']],
    ['empty lines are lines', 'a\n\n\nb\n', ['a', '', '', 'b']],
    ['letters of several bytes stay whole', 'Ορεστιάδα\n🏮\n', ['Ορεστιάδα', '🏮']],
  ])('%s', (_, text, lines) => {
    expect(read(text)).toEqual(lines)
  })

  test('where a piece ends makes no difference', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'φ', '🏮', ' ') })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), (lines, pieceBytes) => {
        expect(read(`${lines.join('\n')}\n`, pieceBytes)).toEqual(lines)
      }),
    )
  })
})
