import { parseArgs } from 'node:util'
import { defaultTimeZone, municipalitySchema } from '@fanari/contracts'

export interface ReplayOptions {
  assets: string
  input: string
  timeZone: string
  /** Files of changed rules. */
  rules: string | undefined
  diff: string | undefined
  indices: boolean
}

export const help = `Recorded traffic through the shipped rules, in its own time.

npm run --silent replay -- --assets assets.geojson --input traffic.ndjson [--time-zone Europe/Athens]
                           [--rules rules.json] [--diff other-rules.json | --indices]

--rules FILE   judge by changed thresholds, such as {"lampFailure":{"powerShare":0.3}}; names as in GET /api/v1/catalogue
--diff FILE    judge by these as well, and print only what differs from the rules without it
--indices      add the indices of all nights at the end, by municipality, community and circuit (docs/indices.md)

Input, one JSON line each, ordered by receivedAt:
  {"receivedAt","municipality","device","channel":"telemetry|status|event","payload"}
  {"receivedAt","tick":true}                  time passes; the last line ends the run
  {"receivedAt","platform":"stop|start"}      the platform's own downtime
Output, one JSON line each with the moment "at": incident.opened|updated|resolved, ticket.opened|updated|resolved|closed|reopened,
forecast, rollCall. With --diff: incident.onlyInFirst|onlyInSecond|earlier|later, ticket.onlyInFirst|onlyInSecond, and at the end
diff.summary; the first are the rules without --diff.

Exit status: 0 done, 1 failed, 2 wrong usage or a file of rules that cannot be followed.
`

/** A command line that cannot be followed. */
export class UsageError extends Error {}

/** Reads the command line; `null` asks for help. @throws {UsageError} */
export const readOptions = (args: string[]): ReplayOptions | null => {
  const { help: asked, assets, input, rules, diff, indices, 'time-zone': timeZone } = parse(args)
  if (asked) return null
  if (assets === undefined) throw new UsageError('--assets is missing')
  if (input === undefined) throw new UsageError('--input is missing')
  if (!municipalitySchema.shape.timeZone.safeParse(timeZone).success)
    throw new UsageError(`--time-zone: there is no zone "${timeZone}"`)
  if (diff !== undefined && indices) throw new UsageError('--indices goes without --diff')
  return { assets, input, timeZone, rules, diff, indices }
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        assets: { type: 'string' },
        input: { type: 'string' },
        'time-zone': { type: 'string', default: defaultTimeZone },
        rules: { type: 'string' },
        diff: { type: 'string' },
        indices: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
