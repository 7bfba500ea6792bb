import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { readPieces } from './read-pieces.ts'
import type { ScanOrder } from './recording.ts'
import { scanLines } from './scan-lines.ts'

/*
 * Reads a recording ahead of who judges it, on a core of its own. It waits when it is far ahead: a recording need not fit into memory.
 */

const { file, taken, mostAhead } = workerData as ScanOrder
const port = parentPort as MessagePort

let sent = 0
for (const batch of scanLines(readPieces(file))) {
  for (let seen = taken[0] ?? 0; sent - seen >= mostAhead; seen = taken[0] ?? 0) Atomics.wait(taken, 0, seen)
  port.postMessage(batch, [batch.numbers.buffer])
  sent++
}
port.postMessage(null)
