import type { Clock, Instant, ReportRecord } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import type { PersonalDataHolder, Whose } from './holders.ts'
import { reportIsHeld } from './holds.ts'
import { writeLedger } from './ledger.ts'

/** How a person showed that the address is theirs. Only the way is written down. */
export const identityProofs = ['codeSent', 'inPerson', 'govGr', 'calledBack'] as const

/** A person, by an address they use. */
export interface PersonRequest {
  email: string | null
  phone: string | null
  proof: (typeof identityProofs)[number]
}

/** Everything about one person, as it is handed over (GDPR articles 15 and 20). */
export interface PersonExport {
  at: Instant
  reports: ReportRecord[]
  /** By the name of who holds it. */
  held: Record<string, unknown[]>
}

export interface PersonErasure {
  reports: number
  erased: Record<string, number>
  /** Reports that a legal hold keeps. */
  kept: number
}

export interface Persons {
  export(municipality: string, request: PersonRequest, by: string): PersonExport
  /** GDPR article 17: who it was, what they wrote, and their photos. What was reported stays. */
  erase(municipality: string, request: PersonRequest, by: string): PersonErasure
}

/** A number as it is compared: `+30 691…`, `0030691…` and `691…` are one. */
const significantDigits = 10

export const createPersons = (options: {
  database: Database
  clock: Clock
  holders: readonly PersonalDataHolder[]
}): Persons => {
  const { database, clock, holders } = options

  const reportsOf = (municipality: string, { email, phone }: PersonRequest): { id: string; held: number }[] =>
    database.all(
      `SELECT r.id, ${reportIsHeld} AS held FROM report_contacts c
       JOIN reports r ON r.municipality = c.municipality AND r.id = c.report
       WHERE c.municipality = ? AND (lower(c.email) = ? OR substr(c.phone_digits, -${significantDigits}) = ?)
       ORDER BY r.created_at, r.id`,
      municipality,
      email?.toLowerCase() ?? null,
      phone?.replaceAll(/\D/g, '').slice(-significantDigits) ?? null,
    )
  const whoseOf = (municipality: string, { email, phone }: PersonRequest, reports: string[]): Whose => ({
    municipality,
    reports,
    email: email?.toLowerCase() ?? null,
    phoneDigits: phone?.replaceAll(/\D/g, '') ?? null,
  })
  const audit = (municipality: string, by: string, event: string, note: string) =>
    writeAudit(database, { municipality, at: clock.now(), by, subject: 'privacy/person', event, note })

  return {
    export: (municipality, request, by) => {
      const ids = reportsOf(municipality, request).map(({ id }) => id)
      const whose = whoseOf(municipality, request, ids)
      const at = clock.now()
      return database.transaction(() => {
        for (const id of ids) {
          const subject = { kind: 'report', id } as const
          writeLedger(database, { municipality, at, by, action: 'exported', why: 'request', subject })
        }
        audit(municipality, by, 'personExported', `${ids.length} reports; ${request.proof}`)
        return {
          at,
          reports: ids.flatMap((id) =>
            database
              .all<{ document: string }>(
                'SELECT document FROM reports WHERE municipality = ? AND id = ?',
                municipality,
                id,
              )
              .map(({ document }) => JSON.parse(document) as ReportRecord),
          ),
          held: Object.fromEntries(holders.map((holder) => [holder.name, holder.collect(whose)])),
        }
      })
    },
    erase: (municipality, request, by) => {
      const all = reportsOf(municipality, request)
      const free = all.filter(({ held }) => held === 0).map(({ id }) => id)
      const at = clock.now()
      const outcome = database.transaction(() => {
        const whose = whoseOf(municipality, request, free)
        const erased = Object.fromEntries(
          holders.map((holder) => [holder.name, holder.erase(whose, { at, by, why: 'request' })]),
        )
        for (const id of free) {
          // What they wrote may say who they are; place and category belong to the matter.
          database.run(
            `UPDATE reports SET document = json_remove(document, '$.description') WHERE municipality = ? AND id = ?`,
            municipality,
            id,
          )
          const subject = { kind: 'report', id } as const
          writeLedger(database, { municipality, at, by, action: 'reportReduced', why: 'request', subject })
        }
        audit(municipality, by, 'personErased', `${free.length} reports; ${request.proof}`)
        return { reports: free.length, erased, kept: all.length - free.length }
      })
      database.get('PRAGMA wal_checkpoint(TRUNCATE)')
      return outcome
    },
  }
}
