import { areaSteps, type NoticeStep, type NoticeTemplate, reportSteps, staffSteps } from '@fanari/contracts'

/** What a template may name. Values whose names end with `Url` are links of ours. */
const variableNames = [
  'municipality',
  'trackingCode',
  'category',
  'place',
  'known',
  'service',
  'dueAt',
  'scheduledFor',
  'waitingFor',
  'question',
  'statusUrl',
  'answerUrl',
  'confirmUrl',
  'ticket',
  'clock',
  'event',
  'title',
] as const
export type VariableName = (typeof variableNames)[number]
export type NoticeVariables = { readonly [Name in VariableName]?: string | undefined }

const ofReports: readonly VariableName[] = [
  'municipality',
  'trackingCode',
  'category',
  'place',
  'known',
  'service',
  'dueAt',
  'scheduledFor',
  'waitingFor',
  'question',
  'statusUrl',
  'answerUrl',
]
const ofAreas: readonly VariableName[] = ['municipality', 'category', 'place', 'service', 'dueAt', 'confirmUrl']
const ofStaff: readonly VariableName[] = [
  'municipality',
  'ticket',
  'title',
  'place',
  'service',
  'dueAt',
  'clock',
  'event',
]

/** What the words of a step may name. */
export const variablesOf: Readonly<Record<NoticeStep, readonly VariableName[]>> = Object.fromEntries([
  ...reportSteps.map((step) => [step, ofReports]),
  ...areaSteps.map((step) => [step, ofAreas]),
  ...staffSteps.map((step) => [step, ofStaff]),
]) as Record<NoticeStep, readonly VariableName[]>

const slot = /\{\{\s*([^{}]*?)\s*\}\}/g

/** What is wrong with the words of a step, by the part it is in; empty: nothing. */
export const faultsOf = (step: NoticeStep, template: NoticeTemplate): { path: string; message: string }[] => {
  const known: readonly string[] = variablesOf[step]
  return (['subject', 'text', 'sms'] as const).flatMap((part) =>
    [...template[part].matchAll(slot)].flatMap(([, name = '']) =>
      known.includes(name) ? [] : [{ path: part, message: `{{${name}}} is none of ${known.join(', ')}` }],
    ),
  )
}

const longestValue = 500

/**
 * A value as it may stand in a message: one line, nothing that turns the direction of writing, and nothing that a mail program
 * makes a link of, because citizens write some of them.
 */
const harmless = (name: string, value: string): string =>
  isLink(name)
    ? value
    : value
        .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
        .replaceAll('://', ' ')
        .replaceAll(/\bwww\./giu, ' ')
        .trim()
        .slice(0, longestValue)

const isLink = (name: string): boolean => name.endsWith('Url')

/** The lines of a text of which every value is there. */
const filledLines = (
  text: string,
  variables: NoticeVariables,
  write: (name: string, value: string) => string,
): string => {
  const values: Readonly<Record<string, string | undefined>> = variables
  const lines: string[] = []
  for (const line of text.split('\n')) {
    let isWhole = true
    const filled = line.replaceAll(slot, (_, name: string) => {
      const value = harmless(name, values[name] ?? '')
      if (value === '') isWhole = false
      return write(name, value)
    })
    if (isWhole) lines.push(filled)
  }
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

const asItIs = (_name: string, value: string) => value

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

/** A message as it goes out. */
export interface RenderedNotice {
  subject: string
  text: string
  /** Paragraphs, without the frame of a page. */
  html: string
  sms: string
}

/** The words of a step with their values. Pure. */
export const renderNotice = (template: NoticeTemplate, variables: NoticeVariables): RenderedNotice => {
  // The template's own text is escaped first: a slot has no letter that escaping touches.
  const html = filledLines(escapeHtml(template.text), variables, (name, value) =>
    isLink(name) ? `<a href="${escapeHtml(value)}">${escapeHtml(value)}</a>` : escapeHtml(value),
  )
  return {
    subject: filledLines(template.subject, variables, asItIs).replaceAll('\n', ' '),
    text: filledLines(template.text, variables, asItIs),
    html: html
      .split('\n\n')
      .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>\n')}</p>`)
      .join('\n'),
    sms: filledLines(template.sms, variables, asItIs).replaceAll(/\s*\n\s*/g, ' '),
  }
}
