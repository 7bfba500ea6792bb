import type { Instant } from '@fanari/contracts'
import { z } from 'zod'
import type { Night } from '../nights.ts'
import { type FaultKind, faultKinds } from './faults.ts'
import { parseDuration, parseMoment, type TimeOrigin } from './times.ts'

/** A fault to begin, for a while or until it is repaired; or a repair. */
export interface PlannedFault {
  at: Instant
  action: 'break' | 'repair'
  fault: FaultKind
  target: string
  /** Without it, until repaired. */
  forMs?: number
}

/** What breaks in a night. */
export type Scenario = (night: Night) => PlannedFault[]

const when = z.string().default('+0s')
const lineSchema = z.union([
  z.strictObject({ at: when, fault: z.enum(faultKinds), target: z.string(), for: z.string().optional() }),
  z.strictObject({ at: when, repair: z.enum(faultKinds), target: z.string() }),
])

/**
 * Reads one line of a scenario: `{"at":"dusk+25m","fault":"circuitTrip","target":"…","for":"40m"}` or
 * `{"at":"+2h","repair":"lamp","target":"…"}`; without `at`, at once.
 * @throws Error saying what is wrong
 */
const parseScenarioLine = (line: unknown, origin: TimeOrigin): PlannedFault => {
  const parsed = lineSchema.safeParse(line)
  const shape = `{"at","fault","target","for"} or {"at","repair","target"}, fault one of ${faultKinds.join(', ')}`
  if (!parsed.success) throw new Error(`a scenario line is ${shape}; got ${JSON.stringify(line)}`)
  const { data } = parsed
  const at = parseMoment(data.at, origin)
  if (at === null) throw new Error(`"at" must be ISO 8601 with zone, +90s, dusk+25m or dawn-1h; got "${data.at}"`)
  if ('repair' in data) return { at, action: 'repair', fault: data.repair, target: data.target }
  const planned = { at, action: 'break', fault: data.fault, target: data.target } as const
  if (data.for === undefined) return planned
  const forMs = parseDuration(data.for)
  if (forMs === null || forMs === 0) throw new Error(`"for" must be like 90s, 40m or 1h30m; got "${data.for}"`)
  return { ...planned, forMs }
}

/**
 * Reads a scenario: a JSON array, or one JSON object a line (empty lines and lines that begin with # count for nothing).
 * @throws Error naming the line
 */
export const parseScenario = (text: string, origin: TimeOrigin): PlannedFault[] => {
  const isArray = text.trimStart().startsWith('[')
  const entries = isArray
    ? [{ where: 'scenario', json: text }]
    : text.split('\n').flatMap((json, i) => (/^\s*(#|$)/.test(json) ? [] : [{ where: `line ${i + 1}`, json }]))
  return entries.flatMap(({ where, json }) => {
    try {
      const value: unknown = JSON.parse(json)
      return (Array.isArray(value) ? value : [value]).map((line) => parseScenarioLine(line, origin))
    } catch (error) {
      throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
}

/** A scenario of faults at known times. */
export const scripted = (faults: readonly PlannedFault[]): Scenario => {
  let told = false
  return () => {
    if (told) return []
    told = true
    return [...faults]
  }
}
