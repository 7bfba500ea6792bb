import {
  type CitizenLineSettings,
  citizenLineSettingsSchema,
  defaultCitizenLineSettings,
  type Instant,
} from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'

/** How each municipality wants its citizen line. */
export interface CitizenLineSettingsStore {
  of(municipality: string): CitizenLineSettings
  put(municipality: string, settings: CitizenLineSettings, change: { by: string; at: Instant }): void
}

export const createCitizenLineSettings = (database: Database): CitizenLineSettingsStore => ({
  of: (municipality) => {
    const row = database.get<{ document: string }>(
      'SELECT document FROM citizen_line_settings WHERE municipality = ?',
      municipality,
    )
    return row === null ? defaultCitizenLineSettings : citizenLineSettingsSchema.parse(JSON.parse(row.document))
  },
  put: (municipality, settings, { by, at }) =>
    database.transaction(() => {
      database.run(
        `INSERT INTO citizen_line_settings (municipality, document) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET document = excluded.document`,
        municipality,
        JSON.stringify(settings),
      )
      writeAudit(database, { municipality, at, by, subject: 'citizenLine/settings', event: 'updated' })
    }),
})
