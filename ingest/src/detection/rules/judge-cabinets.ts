import { type DeviceEvent, type FaultName, faultNameSchema, type Reading } from '@fanari/contracts'
import { fact, groupKey, type Other, type World } from '../world.ts'
import { cabinetRules } from './cabinet-rules.ts'
import { compareWithLamps, energyMismatch, loadOf } from './energy-mismatch.ts'
import { openVoltageIncident, voltageKey } from './judge-voltage.ts'
import { wordSamples } from './rule.ts'
import { absenceThatEnds, countFinding, countReadingByRules, countWord, type Run, without } from './runs.ts'

const isApart = (fault: FaultName): boolean => fault === 'energyMismatch'
const accepts = (fault: FaultName): boolean => cabinetRules.has(fault)

/** Counts a cabinet's reading by its rules; judged when the instant is over, so that the order of its lamps' readings does not matter. */
export const countCabinetReading = (world: World, cabinet: Other, reading: Reading): void => {
  if (cabinet.maintenanceUntil > world.now) return
  const options = { sample: { reading }, rules: world.rules, accepts, isApart }
  cabinet.runs = countReadingByRules(cabinet.runs, cabinetRules, reading, options)
  cabinet.load = loadOf(reading)
  if (cabinet.load !== null || cabinet.runs !== null) world.dirtyOthers.add(cabinet)
}

/** An event of a cabinet that names one of its faults. */
export const countCabinetEvent = (world: World, cabinet: Other, event: DeviceEvent): void => {
  const fault = faultNameSchema.safeParse(event.type)
  const rule = fault.success ? cabinetRules.get(fault.data) : undefined
  if (rule === undefined || cabinet.maintenanceUntil > world.now) return
  cabinet.runs = countWord(cabinet.runs, rule.fault, event.at, rule.holdMs === undefined ? wordSamples : Infinity)
  world.dirtyOthers.add(cabinet)
}

/** Judges every cabinet touched in this instant. */
export const judgeCabinets = (world: World): void => {
  const cabinets = [...world.dirtyOthers].sort((a, b) => (a.asset.id < b.asset.id ? -1 : 1))
  world.dirtyOthers.clear()
  for (const cabinet of cabinets) {
    if (cabinet.maintenanceUntil > world.now) {
      endUnderMaintenance(world, cabinet)
      continue
    }
    if (cabinet.load !== null) countMismatch(world, cabinet)
    for (const [fault, run] of Object.entries(cabinet.runs ?? {}) as [FaultName, Run][])
      judge(world, cabinet, fault, run)
  }
}

const countMismatch = (world: World, cabinet: Other): void => {
  const { load } = cabinet
  cabinet.load = null
  const lights = world.groups.get(groupKey('cabinet', cabinet.asset.id))?.lights ?? []
  const sample = load === null ? null : compareWithLamps(load, lights, world.now)
  if (load === null || sample === null) return
  const shown = energyMismatch.shows(sample, world.rules)
  cabinet.runs = countFinding(cabinet.runs, {
    fault: 'energyMismatch',
    at: load.at,
    rule: energyMismatch,
    shown,
    named: false,
    sample,
    rules: world.rules,
  })
}

const keyOf = (cabinet: Other, fault: FaultName): string => {
  const scope = { kind: 'cabinet', id: cabinet.asset.id } as const
  return fault === 'supplyVoltageTooHigh' || fault === 'supplyVoltageTooLow'
    ? voltageKey(fault, scope)
    : `rule:${fault}:cabinet:${cabinet.asset.id}`
}

const judge = (world: World, cabinet: Other, fault: FaultName, run: Run): void => {
  const key = keyOf(cabinet, fault)
  const rule = fault === 'energyMismatch' ? energyMismatch : cabinetRules.get(fault)
  if (run.open) {
    if (rule === undefined || run.absent < absenceThatEnds(rule, run, world.rules)) return
    cabinet.runs = without(cabinet.runs, fault)
    // Lamps that still measure it keep the incident.
    const members = world.book.get(key)?.members ?? []
    const isKept = key.startsWith('voltage:') && members.some((id) => world.lights.get(id)?.memory.runs?.[fault]?.open)
    if (!isKept) world.book.resolve(key, run.seen > 0 ? 'withinLimits' : 'clearedByDevice', world.now)
    return
  }
  if (!run.confirmed) return
  run.open = true
  const { id, community } = cabinet.asset
  const scope = { kind: 'cabinet', id } as const
  const evidence = [fact('reading', id, run.since, run.detail === '' ? `raised ${fault}` : run.detail)]
  if (world.book.get(key) !== undefined) return
  if (fault === 'supplyVoltageTooHigh' || fault === 'supplyVoltageTooLow') {
    const lights = world.groups.get(groupKey('cabinet', id))?.lights ?? []
    const showing = lights.filter((light) => light.memory.runs?.[fault]?.confirmed)
    openVoltageIncident(world, { fault, scope, community, lights: showing, startedAt: run.since, evidence })
  } else
    world.book.open(
      key,
      { fault, scope, reason: run.reason, community, startedAt: run.since, members: [], evidence },
      world.now,
    )
}

const endUnderMaintenance = (world: World, cabinet: Other): void => {
  for (const fault of Object.keys(cabinet.runs ?? {}) as FaultName[])
    world.book.resolve(keyOf(cabinet, fault), 'underMaintenance', world.now)
  cabinet.runs = null
  cabinet.load = null
}
