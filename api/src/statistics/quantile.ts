/**
 * The value below which `share` (0 to 1) of the values lie, between two neighbours in proportion: what MEDIAN and PERCENTILE.INC of a
 * spreadsheet give. `null` for none. Linear in time, because reports come by the hundred thousand; puts `values` in another order.
 */
export const quantileOf = (values: Float64Array, share: number): number | null =>
  quantilesOf(values, [share])[0] ?? null

/** The same for several shares, least first: each is looked for behind the one before. */
export const quantilesOf = (values: Float64Array, shares: readonly number[]): (number | null)[] => {
  let first = 0
  return shares.map((share) => {
    if (values.length === 0) return null
    const rank = share * (values.length - 1)
    const low = Math.floor(rank)
    const lower = select(values, first, low)
    first = low
    if (rank === low) return lower
    // After the selection everything behind `low` is at least as great: the next in order is the least of it.
    let upper = Number.POSITIVE_INFINITY
    for (let index = low + 1; index < values.length; index++) {
      const value = values[index] ?? upper
      if (value < upper) upper = value
    }
    return lower + (rank - low) * (upper - lower)
  })
}

/** Hoare's selection: puts the value of rank `wanted` at its place, nothing greater before it and nothing less behind it, from `from` on. */
const select = (values: Float64Array, from: number, wanted: number): number => {
  let first = from
  let last = values.length - 1
  while (first < last) {
    const pivot = values[(first + last) >> 1] ?? Number.NaN
    let left = first
    let right = last
    while (left <= right) {
      while ((values[left] ?? Number.NaN) < pivot) left++
      while ((values[right] ?? Number.NaN) > pivot) right--
      if (left > right) break
      const swapped = values[left] ?? Number.NaN
      values[left++] = values[right] ?? Number.NaN
      values[right--] = swapped
    }
    if (wanted <= right) last = right
    else if (wanted >= left) first = left
    else break
  }
  return values[wanted] ?? Number.NaN
}
