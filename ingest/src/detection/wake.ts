import { isSettled } from './apply-reading.ts'
import { reviewBlindness } from './blindness.ts'
import type { Group } from './groups.ts'
import { judgeOther } from './judge-others.ts'
import { type Light, nextDue, silenceOf } from './light.ts'
import { type Community, enterSegment, type Other, type PlatformWatch, touch, type World } from './world.ts'

type Due = Light | Other | Group | Community | PlatformWatch

/** Takes from the timers what is due now. */
export const dueAt = (world: World): Due[] => {
  const due: Due[] = []
  for (let item = world.timers.take(world.now); item !== null; item = world.timers.take(world.now)) due.push(item)
  return due
}

/** It has reported since its deadline was set, and nothing else is due. */
const isInOrder = (world: World, light: Light): boolean =>
  world.now < light.segment.until && isSettled(light, world.rules) && silenceOf(light, world).missed === 0

/** Looks at everything whose deadline has come: lights and groups when the instant is settled, the rest now, in a fixed order. */
export const wake = (world: World, due: readonly Due[]): void => {
  const others: Other[] = []
  for (const item of due) {
    if ('gaspAt' in item) {
      if (item.solar !== null && item.solar.tellAt > 0 && world.now >= item.solar.tellAt) world.dirtySolar.add(item)
      if (isInOrder(world, item)) {
        item.due = nextDue(item, world)
        world.timers.schedule(item)
        continue
      }
      if (world.now >= item.segment.until) enterSegment(world, item)
      touch(world, item)
    } else if ('supplyLostAt' in item) world.dirtyGroups.add(item)
    else if ('calledUntil' in item) world.dueRollCalls.add(item)
    else if ('hearing' in item) others.push(item)
  }
  if (due.includes(world.platform)) reviewBlindness(world)
  for (const other of others.sort((a, b) => (a.hearing.device < b.hearing.device ? -1 : 1))) judgeOther(world, other)
}
