/** Memory for one count after another: what each of them would take and leave behind is tens of megabytes. */
export interface Scratch {
  /** All that was lent is free again. */
  reset(): void
  /** With whatever was in them before. */
  integers(length: number): Int32Array
  floats(length: number): Float64Array
}

export const createScratch = (): Scratch => {
  const integers = createShelf((length) => new Int32Array(length))
  const floats = createShelf((length) => new Float64Array(length))
  return {
    reset: () => {
      integers.reset()
      floats.reset()
    },
    integers: integers.lend,
    floats: floats.lend,
  }
}

const createShelf = <Kept extends { length: number; subarray(begin: number, end: number): Kept }>(
  make: (length: number) => Kept,
) => {
  const kept: Kept[] = []
  let lent = 0
  return {
    reset: () => {
      lent = 0
    },
    lend: (length: number): Kept => {
      const old = kept[lent]
      // A little more than is asked for, so that it need not be given up when there is one report more.
      const own = old === undefined || old.length < length ? make(length + (length >> 2)) : old
      kept[lent++] = own
      return own.subarray(0, length)
    },
  }
}
