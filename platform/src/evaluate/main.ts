import { RulesFileError, readRules } from '../rules-file.ts'
import { explainWeek } from './explain.ts'
import { checkFloors, floors } from './floors.ts'
import { type EvaluateOptions, help, readOptions, UsageError } from './options.ts'
import { summarize } from './summary.ts'
import { showSummary } from './tables.ts'
import type { WeekOptions } from './week.ts'
import { scoreWeeks } from './weeks.ts'

const run = async (options: EvaluateOptions): Promise<void> => {
  const { seeds, lights, days } = options.check ? floors : options
  const size: WeekOptions = {
    ...(lights === undefined ? {} : { lights }),
    ...(days === undefined ? {} : { days }),
    rules: readRules(options.rules),
  }
  let done = 0
  const weeks = await scoreWeeks(seeds, size, {
    jobs: options.jobs,
    onScored: ({ seed, season }) => {
      done++
      if (process.stderr.isTTY) process.stderr.write(`${done} of ${seeds.length}: seed ${seed}, ${season}\n`)
    },
  })
  const summary = summarize(weeks)
  if (options.output === 'explain') process.stdout.write(weeks.map(explainWeek).join('\n'))
  else process.stdout.write(options.output === 'json' ? `${JSON.stringify(summary, null, 2)}\n` : showSummary(summary))
  if (!options.check) return
  const fallen = checkFloors(summary)
  for (const line of fallen) process.stderr.write(`evaluate: ${line}\n`)
  if (fallen.length > 0) process.exitCode = 1
}

const start = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2))
  if (options === null) process.stdout.write(help)
  else await run(options)
}

start().catch((error: unknown) => {
  const isUsage = error instanceof UsageError
  process.stderr.write(`evaluate: ${error instanceof Error ? error.message : String(error)}\n${isUsage ? help : ''}`)
  process.exitCode = isUsage || error instanceof RulesFileError ? 2 : 1
})
