import type { DetectorOutput } from '@fanari/contracts'
import { balanceOf, judgeSolarFaults, percent, whyShort } from './judge-solar-faults.ts'
import { isUnderMaintenance, type Light } from './light.ts'
import { ruleKey } from './rules/light-incidents.ts'
import { forecastDocument, nightPlanAt, type SolarWatch, solarForecastOf, solarKey, tonightOf } from './solar.ts'
import { fact, type World } from './world.ts'

/** Judges every solar light that reported or whose switch-on has come: its forecast, its risk and its faults. */
export const judgeSolar = (world: World): DetectorOutput[] => {
  const told: DetectorOutput[] = []
  const lights = [...world.dirtySolar].sort((a, b) => (a.asset.id < b.asset.id ? -1 : 1))
  world.dirtySolar.clear()
  for (const light of lights) {
    const { solar } = light
    if (solar === null) continue
    const crossed = weighTonight(world, light, solar)
    const switchesOn = solar.tellAt > 0 && world.now >= solar.tellAt
    if (crossed || switchesOn) told.push(...tell(world, light))
    if (switchesOn || solar.tellAt === 0) planTelling(world, light, solar)
    judgeRisk(world, light, solar)
    judgeSolarFaults(world, light, solar, switchesOn)
  }
  return told
}

/** Brings the probability up to date; says whether it crossed one half. */
const weighTonight = (world: World, light: Light, solar: SolarWatch): boolean => {
  const outlook = tonightOf(world, light)
  if (outlook === null) return false
  const { probabilityDark, dayLeft } = world.rules.autonomyAtRisk
  solar.probability = Math.round(outlook.probabilityDark * 1e4) / 1e4
  // While most of the day is to come, its sun may make good what is missing: nobody is sent out yet.
  const early = outlook.dayLeft > dayLeft
  solar.riskRun = solar.probability >= probabilityDark && !early ? Math.min(99, solar.riskRun + 1) : 0
  solar.safeRun = solar.probability < probabilityDark / 2 ? Math.min(99, solar.safeRun + 1) : 0
  const likelyDark = solar.probability >= 0.5
  if (likelyDark === solar.likelyDark) return false
  solar.likelyDark = likelyDark
  return true
}

const tell = (world: World, light: Light): DetectorOutput[] => {
  const found = solarForecastOf(world, light)
  if (found === null) return []
  const { night, probabilityDark, expectedDarkAt, next } = forecastDocument(found, world.now)
  return [
    {
      type: 'forecast',
      at: world.now,
      device: light.asset.device,
      night,
      probabilityDark,
      ...(expectedDarkAt === undefined ? {} : { expectedDarkAt }),
      next,
    },
  ]
}

/** Looks at the light again at its next planned switch-on, whether it reports then or not. */
const planTelling = (world: World, light: Light, solar: SolarWatch): void => {
  const plan = nightPlanAt(world, light, world.now)
  const next =
    plan === null || world.now < plan.onAt ? plan : world.schedule.nightOf(light.asset, light.program, plan.number + 1)
  solar.tellAt = next?.onAt ?? 0
  if (solar.tellAt <= world.now) return
  light.due = Math.min(light.due, solar.tellAt)
  world.timers.schedule(light)
}

/** A light that will probably be dark before dawn: said ahead, and over when the night has ended lit or the risk has gone. */
const judgeRisk = (world: World, light: Light, solar: SolarWatch): void => {
  const { id, community } = light.asset
  const key = solarKey(light, 'autonomyAtRisk')
  const dark = world.book.get(`dark:${id}`)
  const known = world.book.get(key)
  if (known !== undefined) {
    if (isUnderMaintenance(light, world.now)) return world.book.resolve(key, 'underMaintenance', world.now)
    if (dark !== undefined) return world.book.resolve(key, 'absorbed', world.now, { parent: dark.id })
    const { clearSamples } = world.rules.autonomyAtRisk
    if (solar.safeRun < clearSamples) return
    const end = fact('reading', id, world.now, `probability of darkness down to ${percent(solar.probability)}`)
    return world.book.resolve(key, 'autonomyRegained', world.now, { evidence: end })
  }
  if (dark !== undefined || light.group !== null || isUnderMaintenance(light, world.now)) return
  if (solar.riskRun < world.rules.autonomyAtRisk.samples) return
  // The device has said so before us.
  if (world.book.get(ruleKey(light, 'autonomyAtRisk')) !== undefined) return
  const outlook = tonightOf(world, light)
  // A load that is cut by night makes the lamp dark: that is said by another rule.
  if (outlook === null || (solar.memory.latchedAt > 0 && light.segment.mode === 'on')) return
  const detail = `probability ${percent(solar.probability)}: ${Math.round(outlook.usableWh)} Wh left, ${Math.round(outlook.neededWh)} Wh needed until dawn, charge ${percent(solar.memory.charge)}`
  world.book.open(
    key,
    {
      fault: 'autonomyAtRisk',
      reason: whyShort(world, light, solar),
      scope: { kind: 'luminaire', id },
      community,
      startedAt: world.now,
      members: [id],
      evidence: [
        fact('reading', id, world.now, detail),
        fact('reading', id, world.now, balanceOf(world, light, solar)),
      ],
    },
    world.now,
  )
}
