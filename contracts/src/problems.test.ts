import { describe, expect, test } from 'vitest'
import { ProblemError, problemCodes } from './problems.ts'

/** Clients depend on these: a code keeps its status and its promise about trying again. */
const published = {
  'invalid-request': [400, false],
  'invalid-json': [400, false],
  unauthenticated: [401, false],
  forbidden: [403, false],
  'not-found': [404, false],
  'method-not-allowed': [405, false],
  conflict: [409, false],
  'too-large': [413, false],
  'unsupported-media-type': [415, false],
  'too-many-requests': [429, true],
  internal: [500, true],
  'not-ready': [503, true],
}

describe('problem codes', () => {
  test('keep their status and say whether a repeat can help', () => {
    const now = Object.entries(problemCodes).map(([code, { status, retry }]) => [code, [status, retry]])
    expect(Object.fromEntries(now)).toEqual(published)
  })

  test.each(Object.entries(problemCodes))('%s may stand in an address and has a title', (code, { title }) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(title).toMatch(/^[A-Z].+[^.]$/)
  })

  test('a refusal carries its code and what is wrong', () => {
    const errors = [{ path: 'name', message: 'is missing' }]
    expect(new ProblemError('invalid-request', 'The name is missing', errors)).toMatchObject({
      name: 'ProblemError',
      message: 'The name is missing',
      code: 'invalid-request',
      errors,
    })
  })
})
