import {
  categories,
  clockKinds,
  type ListedReport,
  type LocalTime,
  type NoticeLanguage,
  type NoticeStep,
  pauseReasons,
  services,
  type Ticket,
} from '@fanari/contracts'
import type { NoticeVariables } from './template.ts'

/** What the words of a message are made of. */
export interface WordContext {
  language: NoticeLanguage
  municipalityName: string
  local: LocalTime
}

/** A municipality, as messages name it and as its clock shows. */
export interface NoticeMunicipality {
  name: string
  /** Made once a zone: reading a zone's rules takes longer than writing a message. */
  local: LocalTime
}

const phrases = {
  el: { light: 'φωτιστικό', pole: 'ιστός', lit: 'Ανάβει;', mended: 'Αποκαταστάθηκε;' },
  en: { light: 'light', pole: 'pole', lit: 'Is it lit?', mended: 'Is it mended?' },
} as const

/** `481 720 9355`: as it is read out. */
const spacedCode = (code: string): string => code.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3')

/** `15/4/2026 15:00`, by the clock of the municipality. */
const shownTime = (iso: string | undefined, local: LocalTime): string | undefined => {
  if (iso === undefined) return undefined
  const { date, clock } = local.shown(Date.parse(iso))
  const [year, month, day] = date.split('-').map(Number)
  return `${day}/${month}/${year} ${clock}`
}

const isSettled = ({ status }: Ticket) => status === 'resolved' || status === 'closed'

/** Where a report says it is, in the reporter's own words and the register's: those of others on the same matter are not theirs to read. */
const placeOfReport = (report: ListedReport, communityName: string | null, language: NoticeLanguage): string => {
  const { light, pole } = phrases[language]
  const named =
    report.pole !== undefined
      ? `${pole} ${report.pole}`
      : report.luminaire !== undefined
        ? `${light} ${report.luminaire}`
        : null
  const parts = [communityName, report.address ?? report.street ?? null, named]
  return parts.filter((part) => part !== null).join(', ')
}

/** The values of a message to a reporter; links come when it is sent. */
export const wordsForReporter = (
  step: NoticeStep,
  report: ListedReport,
  ticket: Ticket,
  more: { communityName: string | null; waitingReason: string | null; scheduledFor: string | undefined },
  { language, municipalityName, local }: WordContext,
): NoticeVariables => {
  const { lit, mended } = phrases[language]
  const reason = Object.entries(pauseReasons).find(([name]) => name === more.waitingReason)?.[1]
  return {
    municipality: municipalityName,
    trackingCode: spacedCode(report.trackingCode),
    category: categories[report.category][language],
    place: placeOfReport(report, more.communityName, language),
    service: services[ticket.service][language],
    ...(step === 'received' ? { known: report.known?.[language] } : {}),
    ...(isSettled(ticket) ? {} : { dueAt: shownTime(ticket.dueAt, local) }),
    ...(step === 'scheduled' ? { scheduledFor: shownTime(more.scheduledFor, local) } : {}),
    ...(step === 'waiting' ? { waitingFor: reason?.[language] } : {}),
    ...(step === 'resolved' ? { question: categories[ticket.category].group === 'lighting' ? lit : mended } : {}),
  }
}

/** The values of a message to who follows an area: the register's words alone, nothing that a citizen wrote. */
export const wordsForArea = (
  step: 'areaOpened' | 'areaClosed',
  { category, service, dueAt }: Pick<Ticket, 'category' | 'service' | 'dueAt'>,
  place: string,
  { language, municipalityName, local }: WordContext,
): NoticeVariables => ({
  municipality: municipalityName,
  category: categories[category][language],
  place,
  service: services[service][language],
  ...(step === 'areaOpened' ? { dueAt: shownTime(dueAt, local) } : {}),
})

/** The values of a message to staff. */
export const wordsForStaff = (
  ticket: Ticket,
  event: string,
  details: { clock?: unknown; dueAt?: unknown },
  { language, municipalityName, local }: WordContext,
): NoticeVariables => {
  const clock = Object.entries(clockKinds).find(([kind]) => kind === details.clock)?.[1]
  return {
    municipality: municipalityName,
    ticket: ticket.id,
    title: ticket.title,
    place: ticket.location.text,
    service: services[ticket.service][language],
    clock: clock?.[language],
    event: staffEvents[event]?.[language],
    dueAt: typeof details.dueAt === 'string' ? shownTime(details.dueAt, local) : undefined,
  }
}

const staffEvents: Readonly<Record<string, { el: string; en: string }>> = {
  dueWarning: { el: 'πλησιάζει η προθεσμία', en: 'due soon' },
  overdue: { el: 'πέρασε η προθεσμία', en: 'overdue' },
  escalated: { el: 'κλιμακώθηκε', en: 'escalated' },
}
