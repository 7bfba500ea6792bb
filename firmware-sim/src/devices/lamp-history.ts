import { dayMs, type Instant } from '@fanari/contracts'
import { between, type Random } from '../random.ts'

const latestInstallation = Date.UTC(2026, 0, 1)
const meanNightHours = 10.78
const winterExtraHours = 3.05
const yearDays = 365.25
/** A December solstice: the longest night [days since 1970]. */
const solstice = Date.UTC(2000, 11, 21) / dayMs

/** Hours of civil night in Thrace since 1970: the integral of a mean and a yearly wave. */
const nightHoursUntil = (at: Instant): number => {
  const days = at / dayMs
  const wave = Math.sin((2 * Math.PI * (days - solstice)) / yearDays)
  return meanNightHours * days + (winterExtraHours * yearDays * wave) / (2 * Math.PI)
}

/** The lifetime counters of a lamp by `now`: what they would be had it burnt every night since it was put up. */
export const lampHistory = (random: Random, now: Instant, ratedPowerW: number) => {
  const installedAt = latestInstallation - between(random, 100, 2_900) * dayMs
  const operatingHours = Math.max(0, nightHoursUntil(now) - nightHoursUntil(installedAt))
  return {
    operatingHours,
    energyKWh: (operatingHours * ratedPowerW * 0.97) / 1_000,
    switchOns: Math.max(0, Math.floor((now - installedAt) / dayMs)),
    supplyLosses: Math.floor(Math.max(0, (now - installedAt) / dayMs / yearDays) * between(random, 1, 4)),
  }
}
