import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shippedRules } from '@fanari/contracts'
import { afterAll, describe, expect, test } from 'vitest'
import { RulesFileError, readRules } from './rules-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'fanari-rules-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (text: string): string => {
  const file = join(folder, 'rules.json')
  writeFileSync(file, text)
  return file
}

describe('a file of changed rules', () => {
  test('without one, the rules are those of the catalogue', () => {
    expect(readRules(undefined)).toBe(shippedRules)
    expect(shippedRules.lampFailure.powerShare).toBe(0.2)
  })

  test('changes what it names and nothing else', () => {
    const rules = readRules(write('{"lampFailure":{"powerShare":0.3}}'))
    expect(rules.lampFailure).toEqual({ ...shippedRules.lampFailure, powerShare: 0.3 })
    expect(rules.supplyLoss).toEqual(shippedRules.supplyLoss)
  })

  test.each([
    ['a fault that there is not', '{"lampFailed":{"powerShare":0.3}}', 'lampFailed'],
    ['a threshold that the fault has not', '{"lampFailure":{"share":0.3}}', 'share'],
    ['a threshold that is no number', '{"lampFailure":{"powerShare":"low"}}', 'lampFailure'],
    ['no JSON', 'powerShare = 0.3', 'rules.json'],
  ])('%s is refused by name', (_, text, named) => {
    expect(() => readRules(write(text))).toThrow(RulesFileError)
    expect(() => readRules(write(text))).toThrow(named)
  })

  test('a file that is not there is refused', () => {
    expect(() => readRules(join(folder, 'none.json'))).toThrow(RulesFileError)
  })
})
