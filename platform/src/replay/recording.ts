import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LineBatch } from './line-batch.ts'

/** What the thread that reads is told. */
export interface ScanOrder {
  file: string
  /** One number: how many batches have been taken. */
  taken: Int32Array<SharedArrayBuffer>
  /** So many batches may wait. */
  mostAhead: number
}

/** Some 30 MB of lines. */
const mostAhead = 100
/** A thread that is far ahead is woken this seldom: for each batch, the two would do little else than wait for each other. */
const wakeEvery = mostAhead / 2

/** The lines of a recording, read and taken apart by another thread while those before are judged. */
export async function* readRecording(file: string): AsyncGenerator<LineBatch> {
  const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const order: ScanOrder = { file, taken, mostAhead }
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData: order })
  try {
    // An error of the thread, such as a file that is not there, is thrown here.
    for await (const [batch] of on(worker, 'message') as AsyncIterable<[LineBatch | null]>) {
      if (batch === null) return
      yield batch
      const before = Atomics.add(taken, 0, 1)
      if ((before + 1) % wakeEvery === 0) Atomics.notify(taken, 0)
    }
  } finally {
    await worker.terminate()
  }
}
