import { type JournalEntry, parseTopic } from '@fanari/contracts'
import { applyReading } from './apply-reading.ts'
import { declareDowntime } from './blindness.ts'
import { noteTick, noteUncovered } from './coverage.ts'
import { noteHeard, noteStatus } from './hearing.ts'
import { applyOtherEvent, applyOtherReading, schedule } from './judge-others.ts'
import { type Light, silenceBase } from './light.ts'
import { applyAssets, applyMaintenance } from './register.ts'
import { noteSetAside } from './rules/clock.ts'
import { noteEvent } from './rules/light-rules.ts'
import { enterSegment, type Other, touch, type World } from './world.ts'

/** Notes what an entry of the journal says, at its moment; it is judged when the moment is over. */
export const applyEntry = (world: World, entry: JournalEntry): void => {
  switch (entry.kind) {
    case 'reading': {
      world.coverage.heardUntil = world.now
      const who = world.byDevice.get(entry.device)
      if (who === undefined) return
      if (isLight(who)) applyReading(world, who, entry.reading)
      else applyOtherReading(world, who, entry.reading)
      return
    }
    case 'status': {
      const who = world.byDevice.get(entry.device)
      if (who === undefined) return
      const base = isLight(who) ? silenceBase(who, world.floor) : who.hearing.lastSeenAt
      const heard = noteStatus(who.hearing, entry.status, base, world.now)
      if (isLight(who)) {
        // Only a device with a supply can come online: its last gasp was a short interruption.
        if (heard && entry.status.state === 'online') who.gaspAt = 0
        touch(world, who)
      } else {
        schedule(world, who)
        const group = world.groups.get(`${who.asset.kind}:${who.asset.id}`)
        if (group !== undefined) world.dirtyGroups.add(group)
      }
      return
    }
    case 'event': {
      const who = world.byDevice.get(entry.device)
      if (who === undefined) return
      if (!isLight(who)) return applyOtherEvent(world, who, entry.event)
      if (entry.event.type !== 'supplyLoss') {
        // Whatever a device tells, it is there.
        who.hearing.lastSeenAt = world.now
        who.hearing.offlineAt = 0
        world.book.resolve(`silence:${who.asset.id}`, 'unknown', world.now)
        noteEvent(world, who, entry.event)
        return touch(world, who)
      }
      if (entry.event.at < who.hearing.lastAt) return
      who.hearing.lastSeenAt = world.now
      who.gaspAt = world.now
      who.litRun = 0
      who.litSince = 0
      who.gaspEventAt = entry.event.at
      who.gaspAlone = false
      touch(world, who)
      return
    }
    case 'tick':
      if (endsDowntime(world, entry)) resume(world)
      else noteTick(world.coverage, world.now)
      return
    case 'platform':
      world.coverage.stopped = entry.state === 'stop'
      if (entry.state === 'stop') {
        world.coverage.heardUntil = world.now
        return
      }
      // Connections did not outlive us: what was known of them is void.
      for (const who of world.byDevice.values()) who.hearing.offlineAt = 0
      resume(world)
      return
    case 'assets':
      return applyAssets(world, entry.features)
    case 'maintenance':
      return applyMaintenance(world, entry.scope, entry.until)
    case 'result': {
      const who = world.byDevice.get(entry.device)
      if (who !== undefined && isLight(who) && entry.result.status === 'applied') who.memory.commandedAt = world.now
      return
    }
    case 'quarantine':
      return applySetAside(world, entry)
    case 'municipality':
      return
  }
}

/** Whether the time up to this entry went unheard. */
export const endsDowntime = (world: World, entry: JournalEntry): boolean =>
  (entry.kind === 'platform' && entry.state === 'start') ||
  (entry.kind === 'tick' && (!entry.hearing || world.coverage.stopped))

/** Hearing begins again after a time in which nothing could be heard. */
export const resume = (world: World): void => {
  noteUncovered(world.coverage, world.now)
  // Switches planned in the time that was leapt over woke nobody.
  for (const light of world.lights.values()) if (world.now >= light.segment.until) enterSegment(world, light)
  declareDowntime(world)
  for (const other of world.others.values()) schedule(world, other)
}

/**
 * A reading that the intake set aside because of its time: the device is alive, and its clock is wrong. What the reading says of the lamp
 * is not known here.
 */
const applySetAside = (world: World, entry: Extract<JournalEntry, { kind: 'quarantine' }>): void => {
  const reason = entry.reason.startsWith('futureTime') ? 'futureTime' : 'ancientTime'
  if (!entry.reason.startsWith(reason)) return
  const topic = parseTopic(entry.topic)
  if (topic?.kind !== 'device') return
  const who = world.byDevice.get(topic.device)
  if (who === undefined) return
  if (!isLight(who)) {
    noteHeard(who.hearing, who.hearing.lastSeenAt, world.now)
    world.book.resolve(`silence:${who.asset.kind}:${who.asset.id}`, 'stillRunning', world.now)
    return schedule(world, who)
  }
  noteHeard(who.hearing, silenceBase(who, world.floor), world.now)
  world.book.resolve(`silence:${who.asset.id}`, 'stillRunning', world.now)
  noteSetAside(who.memory, reason, world.now, who.asset.intervalMs, world.rules)
  touch(world, who)
}

const isLight = (who: Light | Other): who is Light => 'gaspAt' in who
