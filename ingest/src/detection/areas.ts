import { type Instant, minuteMs } from '@fanari/contracts'
import { type Group, mayYetStand, togetherMs, type Verdict, weigh } from './groups.ts'
import type { Light } from './light.ts'
import { groupKey, type World } from './world.ts'

/** Cabinets so near each other hang on the same low- or medium-voltage supply, as far as anyone can tell from outside [km]. */
const neighbourhoodKm = 1.5
/** A medium-voltage line of the countryside feeds villages so far apart; then they must have gone at the same minute [km, ms]. */
const lineKm = 30
const sameMinuteMs = minuteMs
const kmPerDegree = 111.2
/** What a lost supply may be apart at two cabinets, by clocks and reports [ms]. */
const apartMs = (intervalMs: number): number => Math.max(togetherMs(intervalMs), 10 * minuteMs)

/** What a cabinet's neighbours say when it is about to be called: they went with it, may yet prove to, or did not. */
export interface Neighbours {
  /** Cabinets that lost their supply together with it, itself included, in the order of their ids. */
  lost: Group[]
  /** Until when another may still prove to be one of them; 0 when none can. */
  waitUntil: Instant
}

const centreOf = ({ lights }: Group): { lat: number; lon: number } => {
  const mean = (pick: (light: Light) => number): number => lights.reduce((sum, it) => sum + pick(it), 0) / lights.length
  return { lat: mean(({ asset }) => asset.lat), lon: mean(({ asset }) => asset.lon) }
}

const areNeighbours = (one: Group, other: Group, apart: number): boolean => {
  if (one.lights.length === 0 || other.lights.length === 0) return false
  const communities = new Set(one.lights.map(({ asset }) => asset.community))
  if (other.lights.some(({ asset }) => communities.has(asset.community))) return true
  const [a, b] = [centreOf(one), centreOf(other)]
  const eastKm = (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180) * kmPerDegree
  const km = Math.hypot(eastKm, (a.lat - b.lat) * kmPerDegree)
  return km <= neighbourhoodKm || (km <= lineKm && apart <= sameMinuteMs)
}

/** Looks from `group`, about to be called a cabinet outage that began with `verdict`, to its neighbours and theirs. */
export const askNeighbours = (world: World, group: Group, verdict: Verdict): Neighbours => {
  const others = [...world.groups.values()].filter((it) => it.kind === 'cabinet' && it !== group)
  const lost = [group]
  let waitUntil = 0
  for (let i = 0; i < lost.length; i++) {
    const from = lost[i] as Group
    for (const other of others) {
      if (lost.includes(other)) continue
      const open = world.book.get(other.key)
      if (open !== undefined) {
        const apart = Math.abs(open.startedAt - verdict.startedAt)
        const together = apart <= apartMs(verdict.longestIntervalMs) && areNeighbours(from, other, apart)
        if (together && open.fault === 'cabinetOutage' && open.reason !== 'contactorOpen') lost.push(other)
        continue
      }
      const theirs = weigh(other, world)
      const apart = Math.abs(theirs.startedAt - verdict.startedAt)
      const together = apart <= apartMs(theirs.longestIntervalMs) && areNeighbours(from, other, apart)
      if (theirs.affected.length === 0 || !together || isFed(other, theirs)) continue
      if (theirs.stands && world.now >= theirs.decideAt) lost.push(other)
      else if (mayYetStand(theirs, world)) waitUntil = Math.max(waitUntil, theirs.decideAt, theirs.chanceEnds)
    }
  }
  return { lost: lost.sort((a, b) => (a.key < b.key ? -1 : 1)), waitUntil }
}

/** Its meter shows a supply: whatever its lights suffer from, it is no lost supply. */
const isFed = ({ meter, supplyLostAt }: Group, { onset }: Verdict): boolean =>
  supplyLostAt === 0 && meter !== null && (meter.unloadedSince > 0 || meter.suppliedAt > onset)

/** The area of these cabinets: named after the first of them, so that the same outage has the same name. */
export const areaGroup = (cabinets: readonly Group[]): Group => {
  const id = cabinets[0]?.scope.id ?? ''
  return {
    key: groupKey('area', id),
    kind: 'area',
    scope: { kind: 'area', id },
    lights: lightsOf(cabinets),
    device: null,
    meter: null,
    supplyLostAt: Math.max(...cabinets.map((it) => it.supplyLostAt)),
    cabinets: cabinets.map((it) => it.scope.id),
    due: Number.POSITIVE_INFINITY,
    surfacesAt: Number.POSITIVE_INFINITY,
  }
}

const lightsOf = (cabinets: readonly Group[]): Light[] =>
  cabinets.flatMap((it) => it.lights).sort((a, b) => (a.asset.id < b.asset.id ? -1 : 1))

/** Takes a further cabinet into an area that is out already. */
export const joinArea = (world: World, area: Group, cabinet: Group): void => {
  area.cabinets = [...area.cabinets, cabinet.scope.id].sort()
  putArea(world, area)
  world.dirtyGroups.add(area)
}

/** Registers an area, and which cabinets are its. */
export const putArea = (world: World, area: Group): void => {
  world.groups.set(area.key, area)
  for (const id of area.cabinets) world.areas.set(id, area)
  area.lights = lightsOf(area.cabinets.flatMap((id) => world.groups.get(groupKey('cabinet', id)) ?? []))
}

/** The area is over: its cabinets stand for themselves again. */
export const dropArea = (world: World, area: Group): void => {
  world.groups.delete(area.key)
  // Or its timer would wake it when another outage has its name.
  area.due = Number.POSITIVE_INFINITY
  for (const id of area.cabinets) world.areas.delete(id)
}

/** An open area outage next to `cabinet` that began with `verdict`. */
export const areaBeside = (world: World, cabinet: Group, verdict: Verdict): Group | null => {
  for (const area of new Set(world.areas.values())) {
    const open = world.book.get(area.key)
    if (open === undefined) continue
    const apart = Math.abs(open.startedAt - verdict.startedAt)
    if (apart > apartMs(verdict.longestIntervalMs)) continue
    const near = area.cabinets.some((id) => {
      const member = world.groups.get(groupKey('cabinet', id))
      return member !== undefined && areNeighbours(member, cabinet, apart)
    })
    if (near) return area
  }
  return null
}
