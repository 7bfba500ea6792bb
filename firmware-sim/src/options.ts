import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Instant } from '@fanari/contracts'
import { parseDuration } from './scenario/times.ts'

export interface CliOptions {
  broker: string
  credentials: string | null
  /** A running platform to register the town with, and an administrator's token. */
  register: { platform: string; token: string } | null
  settlements: string | null
  lights: number | null
  seed: number
  epoch: Instant
  wallEpoch: number | null
  speed: number
  reportIntervalS: number
  scenario: string
  truth: string | null
  assets: string | null
  output: string | null
  untilMs: number | null
  week: number | null
  readsStdin: boolean
}

export type Cli =
  | { kind: 'help'; text: string }
  | { kind: 'wrong'; problem: string }
  | { kind: 'run'; options: CliOptions }

/** A quarter of an hour before dusk of an autumn evening in Orestiada. */
const defaultEpoch = '2026-11-16T15:10:00Z'
const defaultUntil = '1d'

const help = `The simulated town of Fanari: street lights, cabinets, gateways and sensors that stand in for missing hardware.

npm run sim -- [options]

  --broker URL            mqtt://, mqtts://, ws:// or wss:// (default mqtt://127.0.0.1:1883)
  --credentials FILE      {"device","username","password"}, a JSON array or one a line; without it, anonymous
  --register URL          register the town with the platform at this http:// address first; the token of an administrator comes
                          from FANARI_ADMIN_TOKEN or FANARI_ADMIN_TOKEN_FILE, and --credentials names where passwords are kept
  --town NAME             orestiada, the only one there is
  --settlements FILE      CSV with the columns of firmware-sim/data/orestiada-settlements.csv
  --lights N              how many street lights (default: as many as the populations need, about 4000)
  --seed N                whole number; the same seed gives the same town, weather and traffic (default 1)
  --report-interval S     seconds between a light's reports (default 300)
  --epoch ISO|now         simulated time at the start (default ${defaultEpoch})
  --wall-epoch MS         wall time, in ms since 1970, at which simulated time is the epoch (default now)
  --speed N               simulated seconds a second, 1 to 100000 (default 60)
  --scenario WHAT         demo (default), none, or a file: {"at","fault","target","for"} or {"at","repair","target"},
                          a JSON array or one a line; "at" is ISO 8601, +90s, dusk+25m or dawn-1h
  --stdin                 take such lines from standard input as well, relative to the moment they come
  --truth FILE            write what really happens, JSON lines
  --assets FILE           write the town as GeoJSON for PUT …/assets, and exit
  --output FILE           write the traffic as replay input, as fast as possible, instead of using a broker
  --until DURATION        end after so much simulated time: 90m, 12h, 2d (default never; ${defaultUntil} with --output)
  --week SEED             a whole week drawn from the seed: town, season, weather, devices, causes, platform stops; writes
                          --output, --truth and --assets (at least one), and exits. Of the rest it takes --lights (default 300)
  --help                  this text

Exit status: 0 ended as asked, 1 failed, 2 wrong usage. Standard output is one line of JSON an event.
`

class UsageError extends Error {}

const wholeNumber = (name: string, text: string, low: number, high: number): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < low || value > high)
    throw new UsageError(`--${name} must be a whole number from ${low} to ${high}, got "${text}"`)
  return value
}

const positive = (name: string, text: string, low: number, high: number): number => {
  const value = Number(text)
  if (text.trim() === '' || !(value >= low && value <= high))
    throw new UsageError(`--${name} must be a number from ${low} to ${high}, got "${text}"`)
  return value
}

const url = (text: string): string => {
  if (!/^(mqtts?|wss?):$/.test(URL.parse(text)?.protocol ?? ''))
    throw new UsageError(`--broker must be an mqtt://, mqtts://, ws:// or wss:// address, got "${text}"`)
  return text
}

const instant = (text: string): Instant => {
  if (text === 'now') return Date.now()
  const at = Date.parse(text)
  if (Number.isNaN(at) || !/(Z|[+-]\d\d:\d\d)$/.test(text))
    throw new UsageError(`--epoch must be ISO 8601 with zone or now, such as ${defaultEpoch}, got "${text}"`)
  return at
}

const registration = (
  address: string | undefined,
  credentials: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): CliOptions['register'] => {
  if (address === undefined) return null
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? ''))
    throw new UsageError(`--register must be an http:// or https:// address, got "${address}"`)
  if (credentials === undefined) throw new UsageError('--register needs --credentials, a file to keep passwords in')
  const { FANARI_ADMIN_TOKEN: token, FANARI_ADMIN_TOKEN_FILE: file } = environment
  const given = file ? readFileSync(file, 'utf8').trim() : token
  if (!given) throw new UsageError('--register needs FANARI_ADMIN_TOKEN or FANARI_ADMIN_TOKEN_FILE')
  return { platform: address, token: given }
}

const span = (text: string): number => {
  const ms = parseDuration(text)
  if (ms === null || ms === 0) throw new UsageError(`--until must be like 90m, 12h or 2d, got "${text}"`)
  return ms
}

const string = { type: 'string' } as const

/** Reads the command line; a wrong one is a value that says what is wrong. */
export const parseCli = (args: string[], environment: Readonly<Record<string, string | undefined>> = {}): Cli => {
  try {
    const { values } = parseArgs({
      args,
      options: {
        broker: { ...string, default: 'mqtt://127.0.0.1:1883' },
        credentials: string,
        register: string,
        town: { ...string, default: 'orestiada' },
        settlements: string,
        lights: string,
        seed: { ...string, default: '1' },
        'report-interval': { ...string, default: '300' },
        epoch: { ...string, default: defaultEpoch },
        'wall-epoch': string,
        speed: { ...string, default: '60' },
        scenario: { ...string, default: 'demo' },
        stdin: { type: 'boolean', default: false },
        truth: string,
        assets: string,
        output: string,
        until: string,
        week: string,
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help', text: help }
    if (values.town !== 'orestiada') throw new UsageError(`--town must be orestiada, got "${values.town}"`)
    if (values.week !== undefined && (values.output ?? values.truth ?? values.assets) === undefined)
      throw new UsageError('--week needs --output, --truth or --assets')
    const until = values.until ?? (values.output === undefined ? undefined : defaultUntil)
    const options: CliOptions = {
      broker: url(values.broker),
      credentials: values.credentials ?? null,
      register: registration(values.register, values.credentials, environment),
      settlements: values.settlements ?? null,
      lights: values.lights === undefined ? null : wholeNumber('lights', values.lights, 1, 100_000),
      seed: wholeNumber('seed', values.seed, 0, 2 ** 32),
      epoch: instant(values.epoch),
      wallEpoch:
        values['wall-epoch'] === undefined
          ? null
          : wholeNumber('wall-epoch', values['wall-epoch'], 0, Number.MAX_SAFE_INTEGER),
      speed: positive('speed', values.speed, 1, 100_000),
      reportIntervalS: wholeNumber('report-interval', values['report-interval'], 1, 86_400),
      scenario: values.scenario,
      truth: values.truth ?? null,
      assets: values.assets ?? null,
      output: values.output ?? null,
      untilMs: until === undefined ? null : span(until),
      week: values.week === undefined ? null : wholeNumber('week', values.week, 0, 2 ** 32),
      readsStdin: values.stdin,
    }
    return { kind: 'run', options }
  } catch (error) {
    // parseArgs throws TypeErrors whose messages name the option that is wrong.
    if (error instanceof UsageError || error instanceof TypeError) return { kind: 'wrong', problem: error.message }
    throw error
  }
}
