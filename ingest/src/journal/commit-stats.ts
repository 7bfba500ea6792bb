import type { Metric } from '@fanari/contracts'

/** Upper bounds of the latency buckets [ms]; an fdatasync takes 0.2 ms on a good disk and a second on a bad day. */
const boundsMs = [1, 2, 5, 10, 20, 50, 100, 500, 1_000, Number.POSITIVE_INFINITY]

export interface CommitStats {
  committed(latencyMs: number, entries: number): void
  failed(): void
  metrics(): Metric[]
}

/** Counts group commits as a Prometheus histogram would. */
export const createCommitStats = (): CommitStats => {
  const buckets = boundsMs.map(() => 0)
  let commits = 0
  let entries = 0
  let sumMs = 0
  let maxMs = 0
  let largestBatch = 0
  let failures = 0

  return {
    committed(latencyMs, batchEntries) {
      commits += 1
      entries += batchEntries
      sumMs += latencyMs
      maxMs = Math.max(maxMs, latencyMs)
      largestBatch = Math.max(largestBatch, batchEntries)
      for (let bucket = boundsMs.length - 1; bucket >= 0 && latencyMs <= (boundsMs[bucket] as number); bucket -= 1) {
        buckets[bucket] = (buckets[bucket] as number) + 1
      }
    },
    failed() {
      failures += 1
    },
    metrics: () => [
      {
        name: 'fanari_journal_commit_milliseconds_bucket',
        help: 'Group commits that took at most le milliseconds from write to fdatasync',
        type: 'counter',
        values: boundsMs.map((bound, bucket) => ({
          labels: { le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound) },
          value: buckets[bucket] as number,
        })),
      },
      counter('fanari_journal_commits_total', 'Group commits', commits),
      counter('fanari_journal_commit_milliseconds_total', 'Time spent in group commits [ms]', sumMs),
      counter('fanari_journal_entries_total', 'Entries made durable since the start', entries),
      counter('fanari_journal_commit_failures_total', 'Group commits the disk refused', failures),
      gauge('fanari_journal_commit_milliseconds_max', 'Longest group commit since the start [ms]', maxMs),
      gauge('fanari_journal_batch_entries_max', 'Largest group commit since the start [entries]', largestBatch),
    ],
  }
}

const counter = (name: string, help: string, value: number): Metric => ({
  name,
  help,
  type: 'counter',
  values: [{ value }],
})
const gauge = (name: string, help: string, value: number): Metric => ({
  name,
  help,
  type: 'gauge',
  values: [{ value }],
})
