import { hourMs, type Instant, type Scope } from '@fanari/contracts'
import type { TruthEntry } from '@fanari/firmware-sim'
import type { CauseKind } from './diagnoses.ts'
import type { Span } from './facts.ts'
import { isEnergyDark, type Timelines } from './timeline.ts'

/** One thing that was really wrong, from its beginning to its repair or the end of the week. */
export interface Cause extends Span {
  id: string
  kind: CauseKind
  scope: Pick<Scope, 'kind' | 'id'>
  lights: readonly string[]
}

/** Dark again within this time is the same want of energy: the ticket rules take the old ticket up for as long. */
const sameWantMs = 72 * hourMs

/** The causes of the `scored` time and before, in order of their beginning; its end is that of the truth log. */
export const causesOf = (truth: readonly TruthEntry[], timelines: Timelines, scored: Span): Cause[] => {
  const { from: since, to: until } = scored
  const faults = new Map<string, Cause>()
  const lights = new Set<string>()
  for (const entry of truth) {
    switch (entry.event) {
      case 'fault.started': {
        const { id, at, fault, scope, affected } = entry
        faults.set(id, { id, kind: fault, scope, lights: affected, from: at, to: until })
        break
      }
      case 'fault.repaired': {
        const cause = faults.get(entry.id)
        if (cause !== undefined) cause.to = entry.at
        break
      }
      case 'light.changed':
        lights.add(entry.light)
        break
      case 'solar.night':
        break
    }
  }
  const drained = new Set([...faults.values()].flatMap(({ kind, lights }) => (kind === 'drainedBattery' ? lights : [])))
  const wants = [...lights]
    .filter((light) => !drained.has(light))
    .flatMap((light) => wantsOf(light, timelines, since - sameWantMs))
  return [...faults.values(), ...wants].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1))
}

/** When a light was dark for want of energy after `since`; dark hours that belong together are one cause. */
const wantsOf = (light: string, timelines: Timelines, since: Instant): Cause[] => {
  const causes: Cause[] = []
  for (const stretch of timelines.of(light)) {
    if (!isEnergyDark(stretch) || stretch.to < since) continue
    const last = causes.at(-1)
    if (last !== undefined && stretch.from - last.to <= sameWantMs) last.to = stretch.to
    else
      causes.push({
        id: `dark-${light}-${causes.length + 1}`,
        kind: 'solarDark',
        scope: { kind: 'luminaire', id: light },
        lights: [light],
        from: stretch.from,
        to: stretch.to,
      })
  }
  return causes
}
