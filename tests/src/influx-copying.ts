import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChangedRecord, DetectorOutput } from '@fanari/contracts'
import { createJournal } from '@fanari/ingest'
import { expect, type TestContext } from 'vitest'
import { eventually } from './eventually.ts'
import { createTestInflux, noRecords } from './test-influx.ts'

/** A citizen line and a judge that say what changed, and what copies it; `restart` is the platform's. */
export const copying = async (url: string, { onTestFinished }: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-tickets-'))
  const journal = createJournal({ folder: join(folder, 'journal'), now: Date.now, log: () => {} })
  await journal.start()
  const changes: ChangedRecord[] = []
  let asked = 0
  const create = () => {
    const influx = createTestInflux({
      url,
      folder,
      journal,
      records: {
        ...noRecords,
        async changedAfter(change) {
          asked = change
          // As the citizen line does: each document once, as it is now, in the order of their last changes.
          const last = new Map(changes.map((one) => [`${one.kind}/${one.document.id}`, one]))
          return [...last.values()].filter((one) => one.change > change).sort((a, b) => a.change - b.change)
        },
      },
      everyMs: { decisions: 50, records: 50, health: 10_000, rollups: 10_000, nights: 10_000 },
    })
    influx.start()
    influx.run()
    return influx
  }
  let influx = create()
  const stop = async () => {
    await influx.stop()
    influx.close()
  }
  onTestFinished(async () => {
    await stop()
    await journal.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    /** Resolves when the server has them. */
    async changed(...records: (Omit<ChangedRecord, 'change'> & Pick<ChangedRecord, 'kind'>)[]) {
      for (const record of records) changes.push({ ...record, change: changes.length + 1 } as ChangedRecord)
      await eventually(() => expect(asked).toBe(changes.length))
    },
    /** What a judge says; the server has it when this resolves. */
    async decided(...outputs: DetectorOutput[]) {
      influx.decisions.take('town', outputs)
      influx.decisions.keep()
      await eventually(() => {
        const spooled = influx.metrics().find(({ name }) => name === 'fanari_influx_spooled')
        expect(spooled?.values).toEqual([{ value: 0 }])
      })
    },
    async restart() {
      await stop()
      influx = create()
    },
    /** As `restart`, after what the copying had noted was lost. */
    async restartWithoutNotes() {
      await stop()
      for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `influx.sqlite${end}`), { force: true })
      influx = create()
    },
  }
}
