import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export interface EvaluateOptions {
  seeds: number[]
  jobs: number
  lights?: number
  days?: number
  /** A file of changed rules. */
  rules?: string
  output: 'table' | 'json' | 'explain'
  check: boolean
}

export const help = `Plays simulated weeks through the shipped rules and compares what they decide with what was really so.

npm run --silent evaluate -- --seeds 51-100 [--jobs N] [--lights N] [--days N] [--rules FILE] [--json]
npm run --silent evaluate -- --explain 7
npm run --silent evaluate -- --check

--seeds LIST   seeds of the weeks: 7, 51-100, or 1,3,10-12
--jobs N       weeks at a time; default: as many as there are processors
--lights N     street lights in each town
--days N       days scored of each week
--rules FILE   judge by changed thresholds, such as {"lampFailure":{"powerShare":0.3}}; names as in GET /api/v1/catalogue
--json         the figures as JSON instead of tables
--explain N    every miss, wrong cause and false ticket of the week with this seed
--check        the short evaluation of continuous integration: fails when a figure falls below its floor

Exit status: 0 done, 1 failed or below a floor, 2 wrong usage or rules. How it is scored: docs/accuracy.md
`

/** A command line that cannot be followed. */
export class UsageError extends Error {}

/** Reads the command line; `null` asks for help. @throws {UsageError} */
export const readOptions = (args: string[]): EvaluateOptions | null => {
  const values = parse(args)
  if (values.help) return null
  const given = [values.seeds, values.explain, values.check ? 'check' : undefined].filter((it) => it !== undefined)
  if (given.length !== 1) throw new UsageError('give exactly one of --seeds, --explain and --check')
  if (values.check && [values.lights, values.days, values.rules].some((it) => it !== undefined))
    throw new UsageError('--check has its own --lights, --days and rules')
  const lights = values.lights === undefined ? {} : { lights: wholeNumber('lights', values.lights, 1, 100_000) }
  const days = values.days === undefined ? {} : { days: wholeNumber('days', values.days, 1, 31) }
  return {
    seeds:
      values.seeds !== undefined
        ? seedList(values.seeds)
        : values.explain !== undefined
          ? [wholeNumber('explain', values.explain, 0, largestSeed)]
          : [],
    jobs: values.jobs === undefined ? availableParallelism() : wholeNumber('jobs', values.jobs, 1, 256),
    ...lights,
    ...days,
    ...(values.rules === undefined ? {} : { rules: values.rules }),
    output: values.explain !== undefined ? 'explain' : values.json ? 'json' : 'table',
    check: values.check,
  }
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        seeds: { type: 'string' },
        explain: { type: 'string' },
        jobs: { type: 'string' },
        lights: { type: 'string' },
        days: { type: 'string' },
        rules: { type: 'string' },
        json: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const largestSeed = 2 ** 31 - 1
const mostSeeds = 10_000

const wholeNumber = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, got "${text}"`)
  return value
}

/** `1,3,10-12` → 1, 3, 10, 11, 12 */
const seedList = (text: string): number[] => {
  const seeds = new Set<number>()
  for (const part of text.split(',')) {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (first === '' || to < from || to > largestSeed)
      throw new UsageError(`--seeds must be like 7, 51-100 or 1,3,10-12, got "${text}"`)
    if (to - from >= mostSeeds) throw new UsageError(`--seeds: at most ${mostSeeds} weeks`)
    for (let seed = from; seed <= to; seed++) seeds.add(seed)
  }
  return [...seeds]
}
