import type { NightGroup, NightQueries, NightSums } from '@fanari/contracts'
import type { Detector } from '../detection/index.ts'
import type { LightNight, NightAccumulator } from './night-accumulator.ts'
import type { LightSums, NightStore } from './night-store.ts'
import { tally } from './stretches.ts'

/** Closed nights from the store, the present one as it stands, added up by group. */
export const createNightQueries = (options: {
  store: Pick<NightStore, 'sums' | 'rollCalls'>
  jurisdictionOf: (
    municipality: string,
  ) => { nights: Pick<NightAccumulator, 'night' | 'present'>; detector: Pick<Detector, 'boundsOf'> } | undefined
}): NightQueries => {
  const { store, jurisdictionOf } = options
  return {
    night: (municipality) => jurisdictionOf(municipality)?.nights.night() ?? null,
    boundsOf: (municipality, night) => jurisdictionOf(municipality)?.detector.boundsOf(night) ?? null,
    rollCalls: (municipality, night) => store.rollCalls(municipality, night),
    sums(municipality, range) {
      const nights = jurisdictionOf(municipality)?.nights
      const present = nights?.night() ?? null
      const sums = store.sums(municipality, range)
      if (nights !== undefined && present !== null && present >= range.from && present <= range.to)
        sums.push(...nights.present().flatMap((row) => sumsOf(municipality, row, range.by)))
      return byGroup(sums)
    },
  }
}

const sumsOf = (municipality: string, row: LightNight, by: NightGroup): LightSums[] => {
  const group = { municipality, community: row.community, circuit: row.circuit }[by]
  if (group === null) return []
  const { lit, dark, unknown, maintenance, episodes } = tally(row.stretches, row.darkBefore)
  const { luminaire } = row
  return [{ luminaire, group, litMs: lit, darkMs: dark, unknownMs: unknown, maintenanceMs: maintenance, episodes }]
}

const byGroup = (sums: readonly LightSums[]): NightSums[] => {
  const groups = new Map<string, { lights: Set<string>; sums: NightSums }>()
  for (const it of sums) {
    let group = groups.get(it.group)
    if (group === undefined) {
      const none = { lights: 0, litMs: 0, darkMs: 0, unknownMs: 0, maintenanceMs: 0, episodes: 0 }
      group = { lights: new Set(), sums: { group: it.group, ...none } }
      groups.set(it.group, group)
    }
    group.lights.add(it.luminaire)
    group.sums.litMs += it.litMs
    group.sums.darkMs += it.darkMs
    group.sums.unknownMs += it.unknownMs
    group.sums.maintenanceMs += it.maintenanceMs
    group.sums.episodes += it.episodes
  }
  return [...groups.values()]
    .map((group) => ({ ...group.sums, lights: group.lights.size }))
    .sort((a, b) => (a.group < b.group ? -1 : 1))
}
