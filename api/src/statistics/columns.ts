type Arrays = Readonly<Record<string, Float64Array | Int32Array | Uint8Array>>

/** Rows of numbers, a typed array for each column: a hundred thousand of them are counted in a few milliseconds and never collected. */
export interface Columns<Of extends Arrays> {
  /** Rows there are. */
  readonly size: number
  /** Longer than `size`; others after a row is added. */
  readonly of: Of
  /** Adds a row and answers its number. */
  add(): number
}

const firstLength = 1_024

/** @param make columns of so many rows, as an object literal: of one that is put together by names every look-up would be a search */
export const createColumns = <Of extends Arrays>(make: (rows: number) => Of): Columns<Of> => {
  let size = 0
  let length = firstLength
  let of = make(length)

  return {
    get size() {
      return size
    },
    get of() {
      return of
    },
    add: () => {
      if (size === length) {
        length *= 2
        const longer = make(length)
        for (const [name, column] of Object.entries(longer)) column.set(of[name] ?? [])
        of = longer
      }
      return size++
    },
  }
}

/** Instants and durations [ms]; NaN is for what is not known. */
export const times = (rows: number): Float64Array => new Float64Array(rows).fill(Number.NaN)
/** Numbers of hours, words and rows. */
export const numbers = (rows: number): Int32Array => new Int32Array(rows)
export const bytes = (rows: number): Uint8Array => new Uint8Array(rows)
