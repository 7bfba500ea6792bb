import type { Evidence, FaultName, Resolution } from '@fanari/contracts'
import type { Light } from '../light.ts'
import { solarKey } from '../solar.ts'
import { fact, type World } from '../world.ts'
import { clockFault } from './clock.ts'
import { isLikeItsKind } from './cohort.ts'
import { poorDelivery } from './delivery.ts'
import { isEveryonesClock, isOfTheLamp, isShared, isStorm } from './guards.ts'
import { consequencesOf, isHit } from './impact.ts'
import { isBurner } from './judge-burning.ts'
import { judgeVoltage } from './judge-voltage.ts'
import { openForLight, ruleKey } from './light-incidents.ts'
import { lightRules } from './light-rules.ts'
import { absenceThatEnds, type Run, without } from './runs.ts'

/** How a rule that has no table entry of its own clears: by the device's word. */
const clearingOf = (fault: FaultName) =>
  fault === 'clockFault' ? clockFault : fault === 'communicationFailure' ? poorDelivery : lightRules.get(fault)

/** Opens and resolves what the light's runs have come to. */
export const judgeLightRules = (world: World, light: Light): void => {
  const { memory } = light
  if (memory.runs === null) return
  for (const [fault, run] of Object.entries(memory.runs) as [FaultName, Run][]) {
    // The device's word on its lamp supports what is measured; it is no fault of its own.
    if (fault === 'lampFailure') continue
    if (fault === 'supplyVoltageTooHigh' || fault === 'supplyVoltageTooLow') {
      judgeVoltage(world, light, fault, run)
      continue
    }
    if (run.open) review(world, light, fault, run)
    else if (run.confirmed && mayOpen(world, light, fault, run)) open(world, light, fault, run)
  }
}

const review = (world: World, light: Light, fault: FaultName, run: Run): void => {
  const { memory } = light
  const dead = fault === 'cyclingFailure' ? world.book.get(`dark:${light.asset.id}`) : undefined
  if (dead !== undefined) {
    world.book.resolve(ruleKey(light, fault), 'absorbed', world.now, { parent: dead.id })
    memory.runs = without(memory.runs, fault)
    memory.cycles = null
    return
  }
  if (run.absent < absenceThatEnds(clearingOf(fault), run, world.rules)) return
  world.book.resolve(ruleKey(light, fault), resolutionOf(fault, run), world.now)
  memory.runs = without(memory.runs, fault)
  if (fault === 'lampPowerTooLow') memory.slump = 0
  if (fault === 'cyclingFailure') memory.cycles = null
}

/** What the device has said of its driver or relay, its dark lamp now shows: one incident, told as dark. */
export const yieldToDarkness = (world: World, light: Light): void => {
  const { memory, darkFault } = light
  if (memory.runs?.[darkFault]?.open !== true) return
  world.book.resolve(ruleKey(light, darkFault), 'absorbed', world.now)
  memory.runs = without(memory.runs, darkFault)
}

const resolutionOf = (fault: FaultName, run: Run): Resolution => {
  if (fault === 'communicationFailure') return 'stillRunning'
  return run.seen > 0 ? 'withinLimits' : 'clearedByDevice'
}

const mayOpen = (world: World, light: Light, fault: FaultName, run: Run): boolean => {
  const { memory, asset } = light
  switch (fault) {
    case 'lampPowerTooLow':
    case 'lampPowerTooHigh':
      if (run.reason === 'powerOffRating' && isLikeItsKind(world, light, fault)) {
        memory.runs = without(memory.runs, fault)
        return false
      }
      break
    case 'dimmingFailure':
      // It burns past its controller, or cannot be switched off: that is told already, and over with it.
      if (isBurner(world, light)) {
        memory.runs = without(memory.runs, fault)
        return false
      }
      break
    case 'orientationChanged':
      if (isHit(light)) return false
      break
    case 'controlGearFailure':
    case 'relayFailure':
      if (light.darkRun > 0 || world.book.get(`dark:${asset.id}`) !== undefined) return false
      break
    case 'communicationFailure':
      if (world.book.get(`silence:${asset.id}`) !== undefined) return false
      break
    case 'clockFault':
      if (isEveryonesClock(world)) return false
      break
    default:
      break
  }
  // Said already from what the battery and the panel show.
  if (world.book.get(solarKey(light, fault)) !== undefined) return false
  // A lamp without light has one fault, and one ticket.
  if (run.seen === 0 && isOfTheLamp(fault) && world.book.get(`dark:${asset.id}`) !== undefined) return false
  if (isShared(world, light, fault, run)) {
    // Whatever all of them showed, the one that still shows it when the others do not must say so anew.
    run.confirmed = false
    run.seen = Math.min(run.seen, 1)
    return false
  }
  return !isStorm(world, fault)
}

const open = (world: World, light: Light, fault: FaultName, run: Run): void => {
  if (fault === 'controlGearFailure' && !(light.counted === 'on' && light.sign === 'lit'))
    return openAsDark(world, light, run)
  run.open = true
  const dark = `dark:${light.asset.id}`
  const takes =
    fault === 'impactDetected' ? consequencesOf(world, light, run) : fault === 'cyclingFailure' ? [dark] : []
  openForLight(
    world,
    light,
    ruleKey(light, fault),
    { fault, reason: run.reason, startedAt: run.since, evidence: evidenceOf(light, fault, run) },
    takes,
  )
}

/** A dead driver that nothing contradicts is a dark lamp already: from here on light proves its repair. */
const openAsDark = (world: World, light: Light, run: Run): void => {
  light.memory.runs = without(light.memory.runs, 'controlGearFailure')
  openForLight(world, light, `dark:${light.asset.id}`, {
    fault: 'controlGearFailure',
    reason: run.reason,
    startedAt: run.since,
    evidence: evidenceOf(light, 'controlGearFailure', run),
  })
}

const evidenceOf = (light: Light, fault: FaultName, run: Run): Evidence[] => {
  const facts: Evidence[] = []
  if (run.detail !== '') facts.push(fact('reading', light.asset.id, run.since, run.detail))
  if (run.named > 0) facts.push(fact('reading', light.asset.id, run.since, `raised ${fault}`))
  return facts
}
