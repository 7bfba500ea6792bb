import { type AssetFeature, type FaultName, hourMs, type Instant, minuteMs, type Scope, toIso } from '@fanari/contracts'
import type { TruthEntry } from '@fanari/firmware-sim'
import type { ReplayOutput } from '../replay/playback.ts'
import { causesOf } from './causes.ts'
import { decisionsOf } from './decisions.ts'
import { factsOf, type Span } from './facts.ts'
import { scoreForecast } from './forecast-score.ts'
import { createHeard } from './heard.ts'
import { type DetectionScore, scoreDetection } from './score.ts'
import { timelinesOf } from './timeline.ts'

/*
 * A town small enough to be written out by hand: circuit a with lights a1 to a4 and circuit b with b1 and b2, one cabinet k with a meter,
 * and a solar light s1. Everybody reports every five minutes, all through one winter day and night.
 */

export const noon = Date.parse('2026-01-15T10:00:00Z')
export const duskAt = noon + 6 * hourMs
export const dawnAt = noon + 19 * hourMs
export const end = noon + 24 * hourMs
/** An hour of the night, after dusk. */
export const night = (hours: number): Instant => duskAt + hours * hourMs
export const intervalMs = 5 * minuteMs

const gridLights = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2']
export const lights = [...gridLights, 's1']

const geometry = { type: 'Point', coordinates: [26.53, 41.5] }
const common = { kind: 'luminaire', community: 'v', ratedPower: 60, reportInterval: 300, owner: 'municipality' }
const assets = [
  ...gridLights.map((id) => ({ ...common, id, cabinet: 'k', circuit: id.slice(0, 1), phase: 'L1', supply: 'grid' })),
  { ...common, id: 's1', supply: 'solar', panelPower: 100, batteryCapacity: 500 },
  { kind: 'cabinet', id: 'k', community: 'v', device: 'meter' },
].map((properties) => ({ type: 'Feature', geometry, properties }) as unknown as AssetFeature)

type FaultStarted = Extract<TruthEntry, { event: 'fault.started' | 'fault.repaired' }>

/** What is broken, and which lights it leaves dark or burning meanwhile. */
export interface Broken {
  fault: FaultStarted['fault']
  scope: Pick<Scope, 'kind' | 'id'>
  affected: string[]
  from: Instant
  to: Instant
  dark?: boolean
}

/** The truth log of a night in which these things are broken. */
const truthOf = (broken: readonly Broken[]): TruthEntry[] => {
  const entries: TruthEntry[] = []
  for (const [i, { fault, scope, affected, from, to }] of broken.entries()) {
    const common = { id: `f${i + 1}`, fault, target: scope.id, scope: scope as FaultStarted['scope'], affected }
    entries.push({ at: from, event: 'fault.started', ...common })
    if (to < end) entries.push({ at: to, event: 'fault.repaired', ...common })
  }
  for (const light of lights) {
    const dark = broken.filter((it) => it.dark === true && it.affected.includes(light))
    const isDark = (at: Instant) => dark.find(({ from, to }) => at >= from && at < to)
    const turns = [duskAt, ...dark.flatMap(({ from, to }) => [from, to])].filter((at) => at >= duskAt && at < dawnAt)
    const change = (at: Instant, to: 'lit' | 'dark' | 'off', cause: 'program' | FaultStarted['fault']): void => {
      entries.push({ at, event: 'light.changed', light, from: null, to, cause })
    }
    change(noon, 'off', 'program')
    for (const at of turns.sort((a, b) => a - b)) {
      const by = isDark(at)
      change(at, by === undefined ? 'lit' : 'dark', by?.fault ?? 'program')
    }
    change(dawnAt, 'off', 'program')
  }
  return entries.sort((a, b) => a.at - b.at)
}

let serial = 0

/** An incident from its opening to its resolution, and the ticket it opens when its fault does. */
export const told = (
  fault: FaultName,
  scope: Scope,
  members: string[],
  times: { from: Instant; detectedAt: Instant; to?: Instant; resolution?: string },
  ticket: string | null = `t-${scope.id}`,
): ReplayOutput[] => {
  serial++
  const { from, detectedAt, to, resolution = 'litAgain' } = times
  const incident = {
    id: `i-${fault}-${scope.id}-${serial}`,
    fault,
    scope,
    members,
    startedAt: toIso(from),
    detectedAt: toIso(detectedAt),
    state: 'open',
  }
  const outputs = [
    { type: 'incident.opened', at: detectedAt, incident },
    ...(ticket === null
      ? []
      : [
          {
            type: 'ticket.opened',
            at: detectedAt,
            ticket: { id: ticket, incident: incident.id, createdAt: toIso(detectedAt) },
          },
        ]),
    ...(to === undefined
      ? []
      : [
          {
            type: 'incident.resolved',
            at: to,
            incident: { ...incident, state: 'resolved', resolvedAt: toIso(to), resolution },
          },
        ]),
  ]
  return outputs as unknown as ReplayOutput[]
}

export interface NightOptions {
  broken?: readonly Broken[]
  truth?: readonly TruthEntry[]
  outputs?: readonly ReplayOutput[]
  /** Who is silent when: nothing of it is received. */
  silent?: readonly (Span & { devices: string[] })[]
  gasps?: readonly { at: Instant; device: string }[]
  stops?: readonly Span[]
  /** When the scored time ends; default: the end of the night's day. */
  until?: Instant
  /** Without the cabinet's meter. */
  unmetered?: boolean
}

const observe = (options: NightOptions) => {
  const { silent = [], gasps = [], stops = [] } = options
  const heard = createHeard()
  for (let at = noon; at < end; at += intervalMs)
    for (const device of [...lights, ...(options.unmetered === true ? [] : ['meter'])])
      if (!silent.some(({ devices, from, to }) => devices.includes(device) && at >= from && at < to))
        heard.take(at + 1_000, device, 'telemetry', { at, activePower: 58, switchOnCount: 1 })
  for (const { at, device } of gasps) heard.take(at + 1_000, device, 'event', { type: 'supplyLoss', at })
  const truth = [...truthOf(options.broken ?? []), ...(options.truth ?? [])].sort((a, b) => a.at - b.at)
  const timelines = timelinesOf(truth, options.until ?? end)
  return { truth, timelines, observation: { facts: factsOf(assets), timelines, heard, stops, until: end } }
}

export const scoreNight = (options: NightOptions): DetectionScore => {
  const { truth, timelines, observation } = observe(options)
  const scored = { from: noon, to: end }
  const causes = causesOf(truth, timelines, scored)
  return scoreDetection(causes, decisionsOf(options.outputs ?? [], end), observation, scored)
}

export const scoreForecasts = (options: NightOptions) => {
  const { truth, observation } = observe(options)
  return scoreForecast(truth, options.outputs ?? [], observation, { from: noon, to: options.until ?? end })
}
