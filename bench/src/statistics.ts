/** The value below which `share` (0–1) of the values lie: the nearest rank, so always a value that was seen. NaN for none. */
export const quantile = (values: readonly number[], share: number): number => {
  const ordered = values.toSorted((a, b) => a - b)
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)] ?? Number.NaN
}

export interface Spread {
  median: number
  min: number
  max: number
}

export const spread = (values: readonly number[]): Spread => ({
  median: quantile(values, 0.5),
  min: quantile(values, 0),
  max: quantile(values, 1),
})

/** "41.2 (39.8–44.0)" */
export const showSpread = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
