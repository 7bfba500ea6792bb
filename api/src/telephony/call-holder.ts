import { dayMs } from '@fanari/contracts'
import type { PersonalDataHolder } from '../privacy/holders.ts'
import { writeLedger } from '../privacy/ledger.ts'
import type { Database } from '../store/database.ts'
import { callerDigits } from './caller-number.ts'

/** How long the number of a call without a report is kept [ms]. That of one with a report goes with the report's contact. */
const withoutReportMs = 30 * dayMs

/** Who called. */
export const createCallHolder = (database: Database): PersonalDataHolder => ({
  name: 'calls',
  collect: ({ municipality, phoneDigits }) => {
    const digits = callerDigits(phoneDigits ?? '')
    if (digits === null) return []
    return database.all(
      `SELECT id, line, caller_digits AS caller, started_at AS startedAt, answered_at AS answeredAt, ended_at AS endedAt,
         duration_s AS durationS FROM calls WHERE municipality = ? AND caller_digits = ?`,
      municipality,
      digits,
    )
  },
  erase: ({ municipality, phoneDigits, reports }, context) => {
    const found = database.all<{ id: string }>(
      `SELECT id FROM calls WHERE municipality = ?1 AND caller_digits IS NOT NULL AND (
         caller_digits = ?2 OR (?3 = 'retention' AND reports = '[]' AND started_at < ?4)
         OR EXISTS (SELECT 1 FROM json_each(calls.reports) r JOIN json_each(?5) gone ON gone.value = r.value))`,
      municipality,
      callerDigits(phoneDigits ?? ''),
      context.why,
      context.at - withoutReportMs,
      JSON.stringify(reports),
    )
    for (const { id } of found) {
      database.run('UPDATE calls SET caller_digits = NULL WHERE municipality = ? AND id = ?', municipality, id)
      writeLedger(database, { municipality, ...context, action: 'callErased', subject: { kind: 'call', id } })
    }
    return found.length
  },
})
