import { describe, expect, test } from 'vitest'
import { readOptions, UsageError } from './options.ts'

describe('the command line of evaluate', () => {
  test.each([
    ['7', [7]],
    ['51-54', [51, 52, 53, 54]],
    ['1,3,10-12,3', [1, 3, 10, 11, 12]],
  ])('--seeds %s', (text, seeds) => {
    expect(readOptions(['--seeds', text])).toMatchObject({ seeds, output: 'table', check: false })
  })

  test('everything at once', () => {
    const args = ['--seeds', '1', '--jobs', '3', '--lights', '50', '--days', '2', '--json']
    expect(readOptions(args)).toEqual({ seeds: [1], jobs: 3, lights: 50, days: 2, output: 'json', check: false })
  })

  test('--help asks for help, --explain for one seed', () => {
    expect(readOptions(['--help'])).toBeNull()
    expect(readOptions(['--explain', '7'])).toMatchObject({ seeds: [7], output: 'explain' })
  })

  test.each([
    [[], /exactly one of/],
    [['--seeds', '1', '--check'], /exactly one of/],
    [['--check', '--days', '2'], /has its own/],
    [['--seeds', ''], /--seeds must be/],
    [['--seeds', '1-'], /--seeds must be/],
    [['--seeds', '5-1'], /--seeds must be/],
    [['--seeds', '-5'], /seeds/],
    [['--seeds', '1-99999'], /at most/],
    [['--seeds', '99999999999'], /--seeds must be/],
    [['--seeds', '1', '--jobs', '0'], /--jobs must be/],
    [['--seeds', '1', '--lights', 'many'], /--lights must be/],
    [['--seeds', '1', '--days', '1.5'], /--days must be/],
    [['--sedes', '1'], /sedes/],
    [['51-100'], /51-100/],
  ])('%j is refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError)
    expect(() => readOptions(args)).toThrow(message)
  })
})
