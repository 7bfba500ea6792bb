import { lightStates, readingFields, scopeKinds, ticketStatuses } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { el } from './el.ts'
import { en } from './en.ts'

type Table = { [key: string]: string | Table | ((...values: never[]) => string) }

const textsOf = (table: Table, path = ''): [path: string, text: unknown][] =>
  Object.entries(table).flatMap(([key, entry]): [string, unknown][] => {
    const here = `${path}${key}`
    if (typeof entry === 'object') return textsOf(entry, `${here}.`)
    return [[here, typeof entry === 'string' ? entry : (entry as (...values: unknown[]) => string)('①', '②', '③', '④')]]
  })

describe('the words', () => {
  test('are the same set in both languages', () => {
    expect(
      textsOf(en)
        .map(([path]) => path)
        .toSorted(),
    ).toEqual(
      textsOf(el)
        .map(([path]) => path)
        .toSorted(),
    )
  })

  test.each([
    ['Greek', el],
    ['English', en],
  ] as const)('in %s are never empty and leave no value out', (_name, table) => {
    for (const [path, text] of textsOf(table)) expect(text, path).toMatch(/\S/)
    const greekValues = new Map(
      textsOf(el).map(([path, text]) => [
        path,
        String(text)
          .match(/[①②③④]/g)
          ?.toSorted(),
      ]),
    )
    for (const [path, text] of textsOf(table)) {
      expect(
        String(text)
          .match(/[①②③④]/g)
          ?.toSorted(),
        path,
      ).toEqual(greekValues.get(path))
    }
  })

  test.each([
    ['light state', lightStates, (key: string) => key in el.stateOf && key in el.totalOf],
    ['incident scope', scopeKinds, (key: string) => key in el.scopeOf],
    ['ticket status', ticketStatuses, (key: string) => key in el.statusOf],
    ['reading field', Object.keys(readingFields), (key: string) => key in el.readingOf],
  ] as const)('name every %s of the contract', (_name, keys, isNamed) => {
    expect(keys.filter((key) => !isNamed(key))).toEqual([])
  })

  test('say one light in the singular and more in the plural', () => {
    expect([el.lightCount(1, '1'), el.lightCount(40, '40')]).toEqual(['1 φωτιστικό', '40 φωτιστικά'])
    expect([en.lightCount(1, '1'), en.lightCount(40, '40')]).toEqual(['1 light', '40 lights'])
  })
})
