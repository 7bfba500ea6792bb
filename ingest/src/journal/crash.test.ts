import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { openJournal, readAll } from '../testing/journal.ts'

const writer = fileURLToPath(new URL('../testing/journal-writer.ts', import.meta.url))

describe('kill -9 while appending', () => {
  test('loses nothing that was acknowledged and doubles nothing, round after round', async () => {
    const folder = temporaryFolder()
    const acknowledged = new Set<number>()
    const rounds = 12
    for (let round = 0; round < rounds; round += 1) {
      const child = spawn(process.execPath, [writer, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'exit')
      const killAfter = 200 + round * 371
      let lines = 0
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged.add(Number(line))
        lines += 1
        if (lines === killAfter) child.kill('SIGKILL')
      }
      const [, signal] = await ended
      expect(signal).toBe('SIGKILL')
    }

    const journal = await openJournal({ folder })
    const kept = (await readAll(journal)).map((entry) => (entry.kind === 'reading' ? entry.reading.seq : undefined))
    const keptOnce = new Set(kept)
    expect(keptOnce.size).toBe(kept.length)
    expect([...acknowledged].filter((seq) => !keptOnce.has(seq))).toEqual([])
    expect(acknowledged.size).toBeGreaterThan(rounds * 200)
  })
})
