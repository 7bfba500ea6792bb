import type { Instant } from '@fanari/contracts'
import type { Photos } from '../photos/photos.ts'
import type { Database } from '../store/database.ts'
import { type LedgerEntry, writeLedger } from './ledger.ts'

/** Whose data: by reports, and by the addresses of one person where they are known. */
export interface Whose {
  municipality: string
  reports: readonly string[]
  /** Lower case. */
  email: string | null
  /** Digits alone. */
  phoneDigits: string | null
}

export interface ErasureContext {
  at: Instant
  by: string
  why: LedgerEntry['why']
}

/** A part of the platform that keeps personal data. Whatever keeps some is one of these, or a person's request misses it. */
export interface PersonalDataHolder {
  name: string
  /** What it holds, to be handed to the person. */
  collect(whose: Whose): unknown[]
  /** Inside a transaction. Answers how many records it erased; a second time there are none. */
  erase(whose: Whose, context: ErasureContext): number
}

/** Who sent a report. */
export const createContactHolder = (database: Database): PersonalDataHolder => ({
  name: 'contacts',
  collect: ({ municipality, reports }) =>
    reports.flatMap((report) =>
      database.all(
        `SELECT report, name, phone, email, notify, consent_at AS consentAt, unsubscribed_at AS unsubscribedAt
         FROM report_contacts WHERE municipality = ? AND report = ?`,
        municipality,
        report,
      ),
    ),
  erase: ({ municipality, reports }, context) => {
    let erased = 0
    for (const id of reports) {
      database.run('DELETE FROM call_backs WHERE municipality = ? AND report = ?', municipality, id)
      if (database.run('DELETE FROM report_contacts WHERE municipality = ? AND report = ?', municipality, id) === 0) {
        continue
      }
      erased++
      writeLedger(database, { municipality, ...context, action: 'contactErased', subject: { kind: 'report', id } })
    }
    return erased
  },
})

/** Photos of a report that nobody has let be seen: who judged them fit for all has looked for people on them. */
export const createPhotoHolder = (database: Database, photos: Photos): PersonalDataHolder => ({
  name: 'photos',
  collect: ({ municipality, reports }) =>
    reports.flatMap((id) => photos.ofSubject(municipality, { kind: 'report', id })),
  erase: ({ municipality, reports }, context) => {
    const isAsked = context.why === 'request'
    let erased = 0
    for (const report of reports) {
      for (const photo of photos.ofSubject(municipality, { kind: 'report', id: report })) {
        if (photo.public && !isAsked) continue
        // The file goes with the next sweep, when no other record names it.
        database.run('DELETE FROM attachments WHERE municipality = ? AND id = ?', municipality, photo.id)
        writeLedger(database, {
          municipality,
          ...context,
          action: 'photoErased',
          subject: { kind: 'attachment', id: photo.id },
        })
        erased++
      }
    }
    return erased
  },
})
