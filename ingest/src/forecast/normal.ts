/** Share of a normal distribution below `z`: Abramowitz and Stegun 26.2.17, within 7.5e−8. */
export const normalShare = (z: number): number => {
  if (z < -8) return 0
  if (z > 8) return 1
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const tail =
    0.3989422804 *
    Math.exp((-z * z) / 2) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z > 0 ? 1 - tail : tail
}

/** Six equally likely values that stand for `sorted`. */
export const spreadOf = (sorted: readonly number[]): number[] => {
  if (sorted.length <= 6) return [...sorted]
  return [1, 3, 5, 7, 9, 11].map((twelfth) => sorted[Math.floor((twelfth * sorted.length) / 12)] ?? 0)
}
