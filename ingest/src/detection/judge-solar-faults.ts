import { type FaultName, hourMs, type Reason, type Resolution } from '@fanari/contracts'
import { harvestOn, medianOf, medianOn, nightBalance } from '../forecast/index.ts'
import { isUnderMaintenance, type Light } from './light.ts'
import { ruleKey } from './rules/light-incidents.ts'
import { nightPlanAt, type SolarWatch, solarKey } from './solar.ts'
import { fact, type World } from './world.ts'

export const percent = (share: number): string => `${Math.round(share * 100)} %`
const wh = (energy: number): string => `${Math.round(energy)} Wh`

/** How long ago a neighbour may have reported to say how the sun is now [ms]. */
const neighbourFreshMs = hourMs

/** What is wrong with panel, charger and battery themselves, whether or not it leaves the light dark. */
export const judgeSolarFaults = (world: World, light: Light, solar: SolarWatch, switchesOn: boolean): void => {
  if (light.asset.solar === null) return
  if (isUnderMaintenance(light, world.now)) {
    for (const key of keysOf(light)) world.book.resolve(key, 'underMaintenance', world.now)
    return
  }
  judgeCharging(world, light, solar)
  if (solar.judgedDay !== solar.memory.night) {
    solar.judgedDay = solar.memory.night
    judgePanel(world, light, solar)
    judgeAge(world, light, solar)
  }
  judgeLevel(world, light, solar, switchesOn)
}

const keysOf = (light: Light): string[] => [
  solarKey(light, 'notCharging'),
  solarKey(light, 'panelUnderperforming'),
  solarKey(light, 'batteryAged'),
  solarKey(light, 'batteryLevelTooLow'),
]

const open = (
  world: World,
  light: Light,
  key: string,
  found: { fault: FaultName; reason: Reason; startedAt: number; detail: string },
): void => {
  const { id, community } = light.asset
  const { detail, ...incident } = found
  // The device has said so before us.
  if (world.book.get(ruleKey(light, found.fault)) !== undefined) return
  world.book.open(
    key,
    {
      ...incident,
      scope: { kind: 'luminaire', id },
      community,
      members: [id],
      evidence: [fact('reading', id, world.now, detail)],
    },
    world.now,
  )
}

const close = (world: World, light: Light, key: string, resolution: Resolution, detail: string): void => {
  if (world.book.get(key) === undefined) return
  world.book.resolve(key, resolution, world.now, { evidence: fact('reading', light.asset.id, world.now, detail) })
}

/** No charge under a strong sun, while neighbours under the same sun charge; alone in its town, for the sun of two days. */
const judgeCharging = (world: World, light: Light, solar: SolarWatch): void => {
  const key = solarKey(light, 'notCharging')
  const { day } = solar.memory
  const { sunHours, sunHoursAlone, minimumNeighbours, chargingShare } = world.rules.notCharging
  if (world.book.get(key) !== undefined) {
    if (day.idleMs === 0)
      close(world, light, key, 'chargingAgain', `charging with ${Math.round(solar.memory.powerW ?? 0)} W`)
    return
  }
  if (day.idleMs < sunHours * hourMs || day.full || day.takenClear < tellingSun || solar.memory.charge > 0.95) return
  const { panelPowerW } = light.asset.solar ?? { panelPowerW: 0 }
  if (day.takenWh >= (idleYield * day.takenClear * panelPowerW) / 1_000) return
  // A panel in the shade of the morning charges later: its day must have passed its middle.
  const plan = nightPlanAt(world, light, world.now)
  if (plan === null || world.now < (plan.startAt + plan.onAt) / 2) return
  const neighbours = chargingNeighbours(world, light)
  const known = neighbours.charging + neighbours.idle
  const stands =
    known >= minimumNeighbours
      ? neighbours.charging >= chargingShare * known
      : day.idleMs >= sunHoursAlone * hourMs && neighbours.idle === 0
  if (!stands) return
  open(world, light, key, {
    fault: 'notCharging',
    reason: 'noChargeUnderSun',
    startedAt: world.now - day.idleMs,
    detail: `${Math.round(day.idleMs / hourMs)} h of strong sun without charge; ${neighbours.charging} of ${known} neighbours charge`,
  })
}

/** Clear-sky sum after which a day so far says whether a light charges [Wh/m²], and the least yield that is charging. */
const tellingSun = 400
const idleYield = 0.02
const chargingYield = 0.06

/** Lights with the same kind of battery that are not full: have they charged today. Those of the community, or else of the whole town. */
const chargingNeighbours = (world: World, light: Light): { charging: number; idle: number } => {
  const near = { charging: 0, idle: 0 }
  const all = { charging: 0, idle: 0 }
  for (const { solar, asset } of world.solarLights) {
    if (solar === null || asset.id === light.asset.id || asset.solar?.chemistry !== light.asset.solar?.chemistry)
      continue
    const { memory } = solar
    const { day } = memory
    if (asset.solar === null || world.now - memory.at > neighbourFreshMs || day.takenClear < tellingSun) continue
    const charged = day.takenWh >= (chargingYield * day.takenClear * asset.solar.panelPowerW) / 1_000
    const state = charged ? 'charging' : 'idle'
    all[state]++
    if (asset.community === light.asset.community) near[state]++
  }
  return near.charging + near.idle >= world.rules.notCharging.minimumNeighbours ? near : all
}

/** Seven days of harvests beside the neighbours', day by day, so that the weather falls out; days that ended full do not count. */
const judgePanel = (world: World, light: Light, solar: SolarWatch): void => {
  const key = solarKey(light, 'panelUnderperforming')
  const chemistry = light.asset.solar?.chemistry ?? 'lifepo4'
  const { days, minimumDays, minimumNeighbours, yieldShare, clearShare } = world.rules.panelUnderperforming
  const shares: number[] = []
  for (let day = solar.memory.harvestsUntil; day > solar.memory.harvestsUntil - days; day--) {
    const own = harvestOn(solar.memory, day)
    const others = medianOn(world.sky, chemistry, day)
    // On a dull day, or under snow, everybody's yield is noise.
    if (own === null || others === null || others.lights < minimumNeighbours || others.harvest < 0.2) continue
    shares.push(own / others.harvest)
  }
  const share = medianOf(shares)
  if (share === null) return
  if (share >= clearShare)
    return close(world, light, key, 'yieldRegained', `${percent(share)} of the neighbours' yield`)
  // Repaired lately: the last day already yields again.
  if ((shares[0] ?? 1) >= clearShare) return
  if (share >= yieldShare || shares.length < minimumDays || world.book.get(key) !== undefined) return
  if (world.book.get(solarKey(light, 'notCharging')) !== undefined) return
  // Shade takes some hours of the day, dirt takes all alike.
  const { morning, afternoon } = solar.memory
  const shaded = Math.min(morning, afternoon) < 0.6 * Math.max(morning, afternoon)
  open(world, light, key, {
    fault: 'panelUnderperforming',
    reason: shaded ? 'yieldShortSomeHours' : 'yieldShortAllDay',
    startedAt: world.now,
    detail: `median of ${shares.length} days: ${percent(share)} of the neighbours' yield per Wp; mornings ${percent(morning)}, afternoons ${percent(afternoon)} of clear sky`,
  })
}

/** Capacity learned from what the battery gave between full and empty. */
const judgeAge = (world: World, light: Light, solar: SolarWatch): void => {
  const key = solarKey(light, 'batteryAged')
  const { capacityShare, clearShare, certainty, disconnects } = world.rules.batteryAged
  const { capacity, capacityVariance } = solar.memory
  const error = Math.sqrt(capacityVariance)
  const detail = `${percent(capacity)} ± ${percent(error)} of the nameplate's ${wh(light.asset.solar?.capacityWh ?? 0)}`
  if (capacity - error > clearShare) return close(world, light, key, 'capacityRegained', detail)
  if (solar.memory.disconnects < disconnects || capacity + certainty * error >= capacityShare) return
  if (world.book.get(key) !== undefined) return
  open(world, light, key, { fault: 'batteryAged', reason: 'capacityLost', startedAt: world.now, detail })
}

/** Little charge at dusk, where nothing worse has been said yet. */
const judgeLevel = (world: World, light: Light, solar: SolarWatch, switchesOn: boolean): void => {
  const { id } = light.asset
  const key = solarKey(light, 'batteryLevelTooLow')
  const { batteryLevel, clearLevel } = world.rules.batteryLevelTooLow
  const { charge, chargeVariance, at } = solar.memory
  const worse = world.book.get(solarKey(light, 'autonomyAtRisk')) ?? world.book.get(`dark:${id}`)
  if (world.book.get(key) !== undefined) {
    if (worse !== undefined) world.book.resolve(key, 'absorbed', world.now, { parent: worse.id })
    else if (charge * 100 > clearLevel) close(world, light, key, 'chargingAgain', `charge ${percent(charge)}`)
    return
  }
  const heard = world.now - at < neighbourFreshMs
  if (!switchesOn || worse !== undefined || !heard || light.group !== null) return
  if ((charge + Math.sqrt(chargeVariance)) * 100 >= batteryLevel) return
  open(world, light, key, {
    fault: 'batteryLevelTooLow',
    reason: whyShort(world, light, solar),
    startedAt: world.now,
    detail: `charge ${percent(charge)} at dusk; ${balanceOf(world, light, solar)}`,
  })
}

/* ── Why energy is short ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/** A design whose usual day gives less than this share of what a night takes must run down in any season like this one. */
const sufficientShare = 1.1

/** A fault of its own, a design too small for its usual days, or else the weather. */
export const whyShort = (world: World, light: Light, solar: SolarWatch): Reason => {
  const faulty = [
    solarKey(light, 'notCharging'),
    solarKey(light, 'panelUnderperforming'),
    solarKey(light, 'batteryAged'),
  ].some((key) => world.book.get(key) !== undefined)
  if (faulty || recentYieldShare(world, light, solar) < 0.5) return 'energyShortFault'
  const balance = balanceFor(world, light, solar)
  return balance !== null && balance.usualDayWh < sufficientShare * balance.nightWh
    ? 'energyShortDesign'
    : 'energyShortWeather'
}

/** Own yield over the neighbours' on the last three days; 1 when it is not known. */
const recentYieldShare = (world: World, light: Light, { memory }: SolarWatch): number => {
  const chemistry = light.asset.solar?.chemistry ?? 'lifepo4'
  const shares: number[] = []
  for (let day = memory.harvestsUntil; day > memory.harvestsUntil - 3; day--) {
    const own = harvestOn(memory, day)
    const others = medianOn(world.sky, chemistry, day)
    if (own !== null && others !== null && others.lights >= 3 && others.harvest >= 0.1)
      shares.push(own / others.harvest)
  }
  return medianOf(shares) ?? 1
}

const balanceFor = (world: World, light: Light, solar: SolarWatch): ReturnType<typeof nightBalance> | null => {
  const plan = nightPlanAt(world, light, world.now)
  if (plan === null || light.asset.solar === null) return null
  return nightBalance(
    solar.memory,
    light.asset.solar,
    plan,
    solar.harvests.map((harvest) => harvest / 1_000),
  )
}

/** Energy of a usual day beside that of a night, in words. */
export const balanceOf = (world: World, light: Light, solar: SolarWatch): string => {
  const balance = balanceFor(world, light, solar)
  if (balance === null) return 'no night planned'
  const last = harvestOn(solar.memory, solar.memory.harvestsUntil)
  const lastDay = last === null ? '' : `, the last one ${percent(last)} of clear sky`
  return `a usual day brings ${wh(balance.usualDayWh)}${lastDay}; a night takes ${wh(balance.nightWh)}`
}
