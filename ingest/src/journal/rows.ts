/** Stands for "no sequence number"; real ones start at 0. */
export const noSeq = -1

/**
 * Where the records of one key lie in one segment, sorted by `at` [ms], then `seq`. Columns instead of objects: a full segment has
 * hundreds of thousands of rows.
 */
export interface Rows {
  at: number[]
  seq: number[]
  offset: number[]
}

export const emptyRows = (): Rows => ({ at: [], seq: [], offset: [] })

/** The first row not before (`at`, `seq`). */
export const lowerBound = (rows: Rows, at: number, seq = Number.NEGATIVE_INFINITY): number => {
  let low = 0
  let high = rows.at.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const middleAt = rows.at[middle] as number
    if (middleAt < at || (middleAt === at && (rows.seq[middle] as number) < seq)) low = middle + 1
    else high = middle
  }
  return low
}

/** Adds a row at its place; nearly always the end, since devices report in order. */
export const insertRow = (rows: Rows, at: number, seq: number, offset: number): void => {
  const last = rows.at.length - 1
  const lastAt = rows.at[last]
  if (lastAt === undefined || at > lastAt || (at === lastAt && seq >= (rows.seq[last] as number))) {
    rows.at.push(at)
    rows.seq.push(seq)
    rows.offset.push(offset)
    return
  }
  const place = lowerBound(rows, at, seq)
  rows.at.splice(place, 0, at)
  rows.seq.splice(place, 0, seq)
  rows.offset.splice(place, 0, offset)
}

export const hasRow = (rows: Rows, at: number, seq: number): boolean => {
  const place = lowerBound(rows, at, seq)
  return rows.at[place] === at && rows.seq[place] === seq
}

/** Forgets the rows at or beyond `offset`: those of a write that failed. */
export const dropRowsFrom = (rows: Rows, offset: number): void => {
  for (let row = rows.at.length - 1; row >= 0; row -= 1) {
    if ((rows.offset[row] as number) < offset) continue
    rows.at.splice(row, 1)
    rows.seq.splice(row, 1)
    rows.offset.splice(row, 1)
  }
}
