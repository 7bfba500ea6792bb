/** An LED luminaire's driver takes so much of the rated power before the first lumen. */
const noLoadShare = 0.04
/** The controller and a driver at rest [W]. */
export const standbyPowerW = 0.4
const standbyPowerFactor = 0.35

/** Input power [W] at `level` %: P(d) = P₀ + (P_r − P₀)·d^1.05; a driver that is on clamps below 10 %. */
export const lampPowerW = (level: number, ratedPowerW: number): number => {
  if (level <= 0) return standbyPowerW
  const noLoadW = noLoadShare * ratedPowerW
  return noLoadW + (ratedPowerW - noLoadW) * (Math.max(10, level) / 100) ** 1.05
}

/** What a driver takes when its LEDs are an open circuit [W]. */
export const openCircuitPowerW = (ratedPowerW: number): number => noLoadShare * ratedPowerW

/** Active drivers hold 0.96 at full load and fall off below a half. */
export const lampPowerFactor = (powerW: number, ratedPowerW: number): number => {
  const load = powerW / ratedPowerW
  if (load < noLoadShare) return standbyPowerFactor
  return Math.max(standbyPowerFactor, 0.96 - 0.5 * Math.max(0, 0.5 - load))
}
