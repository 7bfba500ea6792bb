import { closeSync, openSync, readSync } from 'node:fs'

const newline = 0x0a

/** Whole lines of a file: they begin at 0, and every one of them ends with a line feed before `end`. Valid until the next piece is asked for. */
export interface Piece {
  bytes: Buffer
  end: number
}

/** A file in large pieces, cut between its lines; the last line gets its end also when nothing ends it. */
export function* readPieces(file: string, pieceBytes = 1024 * 1024): Generator<Piece> {
  const handle = openSync(file, 'r')
  try {
    let bytes = Buffer.allocUnsafe(pieceBytes)
    let held = 0
    for (;;) {
      // A line longer than a piece; one byte is kept for the end of the last line.
      if (held >= bytes.length - 1) bytes = Buffer.concat([bytes], 2 * bytes.length)
      const count = readSync(handle, bytes, held, bytes.length - 1 - held, null)
      if (count === 0) break
      const end = held + count
      const last = bytes.lastIndexOf(newline, end - 1)
      if (last < 0) held = end
      else {
        yield { bytes, end: last + 1 }
        bytes.copyWithin(0, last + 1, end)
        held = end - last - 1
      }
    }
    if (held === 0) return
    bytes[held] = newline
    yield { bytes, end: held + 1 }
  } finally {
    closeSync(handle)
  }
}
