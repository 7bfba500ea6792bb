import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { diskSpaceMetrics } from './disk-space.ts'

const bytesOf = (folder: string) =>
  Object.fromEntries(diskSpaceMetrics(folder).map(({ name, values }) => [name, values[0]?.value ?? 0]))

test('the disk of a folder has some space left, and not more than it has', () => {
  const { fanari_disk_free_bytes: free = 0, fanari_disk_total_bytes: total = 0 } = bytesOf(temporaryFolder())
  expect(total).toBeGreaterThan(1_000_000)
  expect(free).toBeGreaterThan(0)
  expect(free).toBeLessThanOrEqual(total)
})

test('of a folder that is not there nothing is said', () => {
  expect(diskSpaceMetrics(join(temporaryFolder(), 'gone'))).toEqual([])
})
