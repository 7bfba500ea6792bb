import { createJournal } from '../journal/journal.ts'

/*
 * Run as a process of its own, to be killed: appends readings without end and prints the sequence number of each as it becomes durable,
 * or `refused`.
 * Each round begins again with the numbers that the one before may not have seen acknowledged, as a device would.
 */
const [folder, round] = process.argv.slice(2) as [string, string]
const journal = createJournal({
  folder,
  now: Date.now,
  log: () => {},
  segmentBytes: 50_000,
  maxBatchBytes: 5_000,
  roomAhead: { bytes: 12_000, afterBytes: 3_000 },
})
await journal.start()

let seq = Math.max(0, journal.head - 500)
const appendSome = (): void => {
  for (let count = 0; count < 40; count += 1) {
    const own = seq
    seq += 1
    const at = 1_767_225_600_000 + own
    const acknowledge = (error: Error | null): void => {
      process.stdout.write(error === null ? `${own}\n` : 'refused\n')
    }
    if (journal.hasReading('m', 'd', at, own)) journal.barrier(acknowledge)
    else
      journal.append(
        { kind: 'reading', municipality: 'm', device: 'd', reading: { at, seq: own, rssi: Number(round) } },
        acknowledge,
      )
  }
  setImmediate(appendSome)
}
appendSome()
