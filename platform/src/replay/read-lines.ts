import { closeSync, openSync, readSync } from 'node:fs'

const newline = 0x0a

/**
 * The lines of a UTF-8 file without their ends, the last one also when nothing ends it. Reads in large pieces and splits each piece once, so that
 * a line costs little more than its characters.
 */
export function* readLines(file: string, pieceBytes = 1024 * 1024): Generator<string> {
  const handle = openSync(file, 'r')
  try {
    let bytes = Buffer.allocUnsafe(pieceBytes)
    let held = 0
    for (;;) {
      // A line longer than a piece.
      if (held === bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length)
      const count = readSync(handle, bytes, held, bytes.length - held, null)
      if (count === 0) break
      const end = held + count
      const last = bytes.lastIndexOf(newline, end - 1)
      if (last < 0) held = end
      else {
        yield* linesOf(bytes.toString('utf8', 0, last))
        bytes.copyWithin(0, last + 1, end)
        held = end - last - 1
      }
    }
    if (held > 0) yield bytes.toString('utf8', 0, held)
  } finally {
    closeSync(handle)
  }
}

function* linesOf(text: string): Generator<string> {
  let from = 0
  for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
    yield text.slice(from, to)
    from = to + 1
  }
  yield text.slice(from)
}
