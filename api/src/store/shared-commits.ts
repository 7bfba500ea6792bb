import type { DatabaseSync } from 'node:sqlite'

/** Wall time of work that one commit takes together [ms]: what reads meanwhile waits for no longer than this and the disk. */
const longestTogetherMs = 10

interface Waiting {
  /** Within the transaction; answers what to say after the commit. */
  run(sqlite: DatabaseSync): () => void
  refuse(error: unknown): void
}

/**
 * Gathers the transactions that are asked for in one turn of the event loop into one, with a savepoint each.
 * @param inTransaction commits what `work` has done, or undoes all of it and throws
 */
export const createSharedCommits = (inTransaction: (work: (sqlite: DatabaseSync) => void) => void) => {
  let waiting: Waiting[] = []

  const commit = (): void => {
    const taken: { one: Waiting; answer: () => void }[] = []
    const begun = performance.now()
    try {
      inTransaction((sqlite) => {
        for (const one of waiting) {
          if (taken.length > 0 && performance.now() - begun > longestTogetherMs) break
          taken.push({ one, answer: one.run(sqlite) })
        }
      })
      for (const { answer } of taken) answer()
    } catch (error) {
      // Also of those it did not come to: whatever is the matter with the disk is the matter with theirs.
      for (const one of waiting) one.refuse(error)
      waiting = []
      return
    }
    waiting = waiting.slice(taken.length)
    if (waiting.length > 0) setImmediate(commit)
  }

  return <Result>(work: () => Result): Promise<Result> =>
    new Promise((resolve, reject) => {
      waiting.push({
        run: (sqlite) => {
          sqlite.exec('SAVEPOINT one')
          try {
            const result = work()
            sqlite.exec('RELEASE one')
            return () => resolve(result)
          } catch (error) {
            // A full disk has already rolled all of them back.
            if (!sqlite.isTransaction) throw error
            sqlite.exec('ROLLBACK TO one; RELEASE one')
            return () => reject(error)
          }
        },
        refuse: reject,
      })
      if (waiting.length === 1) setImmediate(commit)
    })
}
