import type { NightGroup, NightQueries, NightSums } from '@fanari/contracts'
import type { Detector } from '../detection/index.ts'
import type { LightNight, NightAccumulator } from './night-accumulator.ts'
import type { NightStore } from './night-store.ts'
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
    night: async (municipality) => jurisdictionOf(municipality)?.nights.night() ?? null,
    boundsOf: async (municipality, night) => jurisdictionOf(municipality)?.detector.boundsOf(night) ?? null,
    rollCalls: async (municipality, night) => store.rollCalls(municipality, night),
    async sums(municipality, range) {
      const nights = jurisdictionOf(municipality)?.nights
      const present = nights?.night() ?? null
      const past = store.sums(municipality, range)
      if (nights === undefined || present === null || present < range.from || present > range.to) return past
      const groups = new Map(past.map((sums) => [sums.group, sums]))
      for (const sums of presentSums(municipality, nights.present(), range.by)) {
        const known = groups.get(sums.group)
        groups.set(sums.group, known === undefined ? sums : together(known, sums))
      }
      return [...groups.values()].sort((a, b) => (a.group < b.group ? -1 : 1))
    },
  }
}

const presentSums = (municipality: string, rows: readonly LightNight[], by: NightGroup): Iterable<NightSums> => {
  const groups = new Map<string, NightSums>()
  for (const { community, circuit, stretches, darkBefore } of rows) {
    const group = { municipality, community, circuit }[by]
    if (group === null) continue
    const { lit, dark, unknown, maintenance, episodes } = tally(stretches, darkBefore)
    const known = groups.get(group) ?? {
      group,
      lights: 0,
      litMs: 0,
      darkMs: 0,
      unknownMs: 0,
      maintenanceMs: 0,
      episodes: 0,
    }
    known.lights++
    known.litMs += lit
    known.darkMs += dark
    known.unknownMs += unknown
    known.maintenanceMs += maintenance
    known.episodes += episodes
    groups.set(group, known)
  }
  return groups.values()
}

const together = (a: NightSums, b: NightSums): NightSums => ({
  group: a.group,
  lights: Math.max(a.lights, b.lights),
  litMs: a.litMs + b.litMs,
  darkMs: a.darkMs + b.darkMs,
  unknownMs: a.unknownMs + b.unknownMs,
  maintenanceMs: a.maintenanceMs + b.maintenanceMs,
  episodes: a.episodes + b.episodes,
})
