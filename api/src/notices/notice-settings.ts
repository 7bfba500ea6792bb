import {
  type Instant,
  type NoticeLanguage,
  type NoticeSettings,
  type NoticeStep,
  type NoticeTemplate,
  noticeLanguageSchema,
  noticeSettingsSchema,
  noticeStepSchema,
  noticeTemplateSchema,
  ProblemError,
} from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { englishTemplates } from './english-templates.ts'
import { greekTemplates } from './greek-templates.ts'
import { faultsOf } from './template.ts'

const defaults: Record<NoticeLanguage, Readonly<Record<NoticeStep, NoticeTemplate>>> = {
  el: greekTemplates,
  en: englishTemplates,
}

/** The words of a step, and whether they are the municipality's own. */
export interface ListedTemplate {
  step: NoticeStep
  language: NoticeLanguage
  isOwn: boolean
  template: NoticeTemplate
}

interface Change {
  by: string
  at: Instant
}

/** How each municipality wants its messages, and in whose words. */
export interface NoticeSettingsStore {
  of(municipality: string): NoticeSettings
  put(municipality: string, settings: NoticeSettings, change: Change): void
  template(municipality: string, step: NoticeStep, language: NoticeLanguage): NoticeTemplate
  templates(municipality: string): ListedTemplate[]
  /** @throws ProblemError `invalid-request` for a value that the step does not have */
  putTemplate(municipality: string, named: Named, template: NoticeTemplate, change: Change): void
  /** Back to the usual words. `false`: they were. */
  removeTemplate(municipality: string, named: Named, change: Change): boolean
}

interface Named {
  step: NoticeStep
  language: NoticeLanguage
}

export const createNoticeSettings = (database: Database): NoticeSettingsStore => {
  const own = (municipality: string, { step, language }: Named): NoticeTemplate | null => {
    const row = database.get<{ document: string }>(
      'SELECT document FROM notice_templates WHERE municipality = ? AND step = ? AND language = ?',
      municipality,
      step,
      language,
    )
    return row === null ? null : noticeTemplateSchema.parse(JSON.parse(row.document))
  }
  const audit = (municipality: string, subject: string, event: string, { by, at }: Change) =>
    writeAudit(database, { municipality, at, by, subject, event })

  return {
    of: (municipality) => {
      const sql = 'SELECT document FROM notice_settings WHERE municipality = ?'
      const row = database.get<{ document: string }>(sql, municipality)
      return noticeSettingsSchema.parse(row === null ? {} : JSON.parse(row.document))
    },
    put: (municipality, settings, change) =>
      database.transaction(() => {
        database.run(
          `INSERT INTO notice_settings (municipality, document) VALUES (?, ?)
           ON CONFLICT DO UPDATE SET document = excluded.document`,
          municipality,
          JSON.stringify(settings),
        )
        audit(municipality, 'notices/settings', 'updated', change)
      }),
    template: (municipality, step, language) => own(municipality, { step, language }) ?? defaults[language][step],
    templates: (municipality) =>
      noticeStepSchema.options.flatMap((step) =>
        noticeLanguageSchema.options.map((language) => {
          const template = own(municipality, { step, language })
          return { step, language, isOwn: template !== null, template: template ?? defaults[language][step] }
        }),
      ),
    putTemplate: (municipality, { step, language }, template, change) => {
      const faults = faultsOf(step, template)
      if (faults.length > 0) {
        const errors = faults.map(({ path, message }) => ({ path: `body.${path}`, message }))
        throw new ProblemError('invalid-request', 'The template names a value that there is not', errors)
      }
      database.transaction(() => {
        database.run(
          `INSERT INTO notice_templates (municipality, step, language, document) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET document = excluded.document`,
          municipality,
          step,
          language,
          JSON.stringify(template),
        )
        audit(municipality, `notices/template/${step}/${language}`, 'updated', change)
      })
    },
    removeTemplate: (municipality, { step, language }, change) =>
      database.transaction(() => {
        const removed = database.run(
          'DELETE FROM notice_templates WHERE municipality = ? AND step = ? AND language = ?',
          municipality,
          step,
          language,
        )
        if (removed > 0) audit(municipality, `notices/template/${step}/${language}`, 'removed', change)
        return removed > 0
      }),
  }
}
