import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
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
      onTestFinished(() => void child.kill('SIGKILL'))
      const ended = once(child, 'exit')
      const killAfter = 50 + round * 97
      let lines = 0
      for await (const line of createInterface({ input: child.stdout })) {
        expect(line).not.toBe('refused')
        acknowledged.add(Number(line))
        lines += 1
        if (lines === 1) await expect(openJournal({ folder })).rejects.toThrow('in use by another process')
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
    expect(acknowledged.size).toBeGreaterThan(rounds * 50)
  })
})

/** Of util-linux: sets the limits of a process, also of one that runs. */
const prlimit = '/usr/bin/prlimit'

describe.skipIf(!existsSync(prlimit))('a disk that is really full', () => {
  test('refuses for a while, and after it has room again everything acknowledged is there once', async () => {
    const folder = temporaryFolder()
    // No file may grow beyond 20 KiB: the kernel writes what fits and refuses the rest, as on a full disk.
    const limited = ['--fsize=20480:unlimited', process.execPath, writer, folder, '0']
    const child = spawn(prlimit, limited, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = once(child, 'exit')
    const acknowledged = new Set<number>()
    let refusals = 0
    let wanted = Number.POSITIVE_INFINITY
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'refused') refusals += 1
      else acknowledged.add(Number(line))
      if (refusals === 1 && wanted === Number.POSITIVE_INFINITY) {
        execFileSync(prlimit, ['--pid', String(child.pid), '--fsize=unlimited:unlimited'])
        wanted = acknowledged.size + 500
      }
      if (acknowledged.size === wanted) child.kill('SIGKILL')
    }
    await ended
    expect(refusals).toBeGreaterThan(0)

    const journal = await openJournal({ folder })
    const kept = (await readAll(journal)).map((entry) => (entry.kind === 'reading' ? entry.reading.seq : undefined))
    const keptOnce = new Set(kept)
    expect(keptOnce.size).toBe(kept.length)
    expect([...acknowledged].filter((seq) => !keptOnce.has(seq))).toEqual([])
  })
})
