import type { Database } from '../store/database.ts'
import type { StoredNotice } from './notice-store.ts'
import { mobileOf } from './phone-number.ts'

/** Whom a message goes to, as it is now: who stopped messages or was erased since is not there. */
export interface AddressBook {
  /** `null`: nobody. */
  of(notice: Pick<StoredNotice, 'municipality' | 'channel' | 'recipient'>): string | null
}

export const createAddressBook = (options: {
  database: Database
  /** The number that is rung in danger. */
  dutyNumberOf: (municipality: string) => string
}): AddressBook => {
  const { database, dutyNumberOf } = options

  const ofReport = (municipality: string, id: string, channel: 'email' | 'sms'): string | null => {
    const contact = database.get<{ email: string | null; phone: string | null }>(
      `SELECT email, phone FROM report_contacts WHERE municipality = ? AND report = ? AND notify = ?
         AND consent_at IS NOT NULL AND unsubscribed_at IS NULL`,
      municipality,
      id,
      channel,
    )
    if (contact === null) return null
    return channel === 'email' ? contact.email : contact.phone === null ? null : mobileOf(contact.phone)
  }

  return {
    of: ({ municipality, channel, recipient: { kind, id } }) => {
      if (channel === 'webhook') return ''
      switch (kind) {
        case 'report':
          return ofReport(municipality, id, channel)
        case 'subscription':
          return (
            database.get<{ email: string }>(
              'SELECT email FROM area_subscriptions WHERE municipality = ? AND id = ?',
              municipality,
              id,
            )?.email ?? null
          )
        case 'user':
          return (
            database.get<{ email: string }>('SELECT email FROM users WHERE id = ? AND active = 1', id)?.email ?? null
          )
        case 'team':
          return (
            database.get<{ email: string | null }>(
              "SELECT document ->> '$.email' AS email FROM teams WHERE municipality = ? AND id = ?",
              municipality,
              id,
            )?.email ?? null
          )
        case 'duty':
          return mobileOf(dutyNumberOf(municipality))
      }
    },
  }
}
