/** The value below which `share` (0–1) of the values lie: the nearest rank, so always a value that was seen. `null` for none. */
export const quantile = (values: readonly number[], share: number): number | null => {
  const ordered = values.toSorted((a, b) => a - b)
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)] ?? null
}

/** `null` when there is nothing to divide by. */
export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
