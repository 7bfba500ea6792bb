import type { PersonalDataHolder } from '../privacy/holders.ts'
import { writeLedger } from '../privacy/ledger.ts'
import type { Database } from '../store/database.ts'

/** Who follows an area. Kept while it is wanted: each message can end it. */
export const createSubscriptionHolder = (database: Database): PersonalDataHolder => ({
  name: 'subscriptions',
  collect: ({ municipality, email }) =>
    email === null
      ? []
      : database.all(
          `SELECT id, email, language, interest, created_at AS createdAt, confirmed_at AS confirmedAt
           FROM area_subscriptions WHERE municipality = ? AND email = ?`,
          municipality,
          email,
        ),
  erase: ({ municipality, email }, context) => {
    if (email === null) return 0
    const sql = 'SELECT id FROM area_subscriptions WHERE municipality = ? AND email = ?'
    const found = database.all<{ id: string }>(sql, municipality, email)
    for (const { id } of found) {
      database.run('DELETE FROM area_subscriptions WHERE municipality = ? AND id = ?', municipality, id)
      writeLedger(database, {
        municipality,
        ...context,
        action: 'subscriptionErased',
        subject: { kind: 'subscription', id },
      })
    }
    return found.length
  },
})
