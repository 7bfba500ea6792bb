/**
 * The value below which `share` (0 to 1) of the values lie, between two neighbours in proportion: what MEDIAN and PERCENTILE.INC of a
 * spreadsheet give. `null` for none. Linear in time, because reports come by the hundred thousand; puts `values` in another order.
 */
export const quantileOf = (values: Float64Array, share: number): number | null => {
  if (values.length === 0) return null
  const rank = share * (values.length - 1)
  const low = Math.floor(rank)
  const lower = select(values, low)
  if (rank === low) return lower
  // After the selection everything behind `low` is at least as great: the next in order is the least of it.
  let upper = Number.POSITIVE_INFINITY
  for (let index = low + 1; index < values.length; index++) upper = Math.min(upper, values[index] ?? upper)
  return lower + (rank - low) * (upper - lower)
}

/** Hoare's selection: puts the value of rank `wanted` at its place, nothing greater before it and nothing less behind it. */
const select = (values: Float64Array, wanted: number): number => {
  const at = (index: number): number => values[index] ?? Number.NaN
  let first = 0
  let last = values.length - 1
  while (first < last) {
    const pivot = at((first + last) >> 1)
    let left = first
    let right = last
    while (left <= right) {
      while (at(left) < pivot) left++
      while (at(right) > pivot) right--
      if (left > right) break
      const swapped = at(left)
      values[left++] = at(right)
      values[right--] = swapped
    }
    if (wanted <= right) last = right
    else if (wanted >= left) first = left
    else break
  }
  return at(wanted)
}
