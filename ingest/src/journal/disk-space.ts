import { statfsSync } from 'node:fs'
import type { Metric } from '@fanari/contracts'

/** Space on the disk that holds a folder: what anybody may still write, and all of it. None while the folder is not there. */
export const diskSpaceMetrics = (folder: string): Metric[] => {
  const gauge = (name: string, help: string, value: number): Metric => ({
    name,
    help,
    type: 'gauge',
    values: [{ value }],
  })
  try {
    const { bavail, blocks, bsize } = statfsSync(folder)
    return [
      gauge('fanari_disk_free_bytes', 'Space left where the journal lies [bytes]', bavail * bsize),
      gauge('fanari_disk_total_bytes', 'All space where the journal lies [bytes]', blocks * bsize),
    ]
  } catch {
    return []
  }
}
