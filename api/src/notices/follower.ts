import { setImmediate } from 'node:timers/promises'
import type { CitizenEvent } from '@fanari/contracts'
import { citizenEventsAfter } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'

/** Events taken in one transaction: others wait for no longer than these take. */
const batchSize = 50

/** Who is to be told of an event. Called inside a transaction. */
export type Teller = (event: CitizenEvent) => void

/**
 * Follows the log of events by a cursor of its own. What is to be told of an event is stored in the transaction that moves the cursor:
 * a crash at any moment makes no message twice and loses none.
 */
export const createFollower = (database: Database, tellers: readonly Teller[]): { follow(): Promise<void> } => ({
  follow: async () => {
    let taken = batchSize
    while (taken === batchSize) {
      const position = database.get<{ position: number }>('SELECT position FROM notice_cursor')?.position ?? 0
      const events = citizenEventsAfter(database, null, position, batchSize)
      taken = events.length
      if (taken === 0) return
      database.transaction(() => {
        for (const event of events) for (const tell of tellers) tell(event)
        database.run('UPDATE notice_cursor SET position = ?', events.at(-1)?.id ?? position)
      })
      await setImmediate()
    }
  },
})
