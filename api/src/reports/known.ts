import {
  createLocalTime,
  faultCatalogue,
  type Incident,
  type Instant,
  type Known,
  type LuminaireStatus,
  services,
  type Ticket,
  type TicketStatus,
} from '@fanari/contracts'

/* What a caller hears of a place before they have said much. Pure. Silence is not darkness: of a light nobody hears from, nothing is said. */

const statusWords: Record<TicketStatus, { el: string; en: string }> = {
  open: { el: 'έχει καταγραφεί', en: 'it is on record' },
  assigned: { el: 'έχει ανατεθεί', en: 'a crew is assigned' },
  inProgress: { el: 'το συνεργείο εργάζεται', en: 'the crew is at work' },
  waiting: { el: 'σε αναμονή τρίτου', en: 'waiting for a third party' },
  resolved: { el: 'δηλώθηκε αποκατάσταση', en: 'it was called mended' },
  closed: { el: 'έχει κλείσει', en: 'it is closed' },
}

export const knownOf = (place: {
  ticket: Ticket | null
  incident: Incident | null
  /** The lights concerned. */
  statuses: readonly LuminaireStatus[]
  circuit: string | null
  now: Instant
  timeZone: string
}): Known | null => {
  const { ticket, incident, statuses, circuit, now, timeZone } = place
  const dark = statuses.filter(({ state }) => state === 'dark')
  if (ticket === null && dark.length === 0) return null
  const openIncident = incident?.state === 'open' ? incident : null
  const darkSince = openIncident?.startedAt ?? dark.map(({ since }) => since).sort()[0] ?? null
  const since = darkSince ?? ticket?.firstReportAt ?? ticket?.createdAt ?? null
  const time = clockWords(now, timeZone)
  const isDark = openIncident !== null ? openIncident.members.length > 0 && isOfDarkness(openIncident) : dark.length > 0
  const el: string[] = []
  const en: string[] = []
  if (since !== null) {
    el.push(`${isDark ? 'Σκοτεινό' : 'Γνωστό'} από ${time(since).el}`)
    en.push(`${isDark ? 'Dark' : 'Known'} since ${time(since).en}`)
  }
  if (circuit !== null) {
    el.push(`κύκλωμα ${circuit}`)
    en.push(`circuit ${circuit}`)
  }
  if (ticket !== null) {
    el.push(`${statusWords[ticket.status].el} (${services[ticket.service].el})`)
    en.push(`${statusWords[ticket.status].en} (${services[ticket.service].en})`)
    if (ticket.dueAt !== undefined && ticket.status !== 'resolved' && ticket.status !== 'closed') {
      el.push(`αναμένεται έως ${time(ticket.dueAt).el}`)
      en.push(`expected by ${time(ticket.dueAt).en}`)
    }
    if (ticket.reports > 0) {
      el.push(ticket.reports === 1 ? '1 αναφορά' : `${ticket.reports} αναφορές`)
      en.push(ticket.reports === 1 ? '1 report' : `${ticket.reports} reports`)
    }
  }
  return {
    ticket: ticket?.id ?? null,
    incident: openIncident?.id ?? null,
    status: ticket?.status ?? null,
    since,
    circuit,
    service: ticket?.service ?? null,
    expectedBy: ticket?.dueAt ?? null,
    reports: ticket?.reports ?? 0,
    dark: openIncident !== null && isDark ? openIncident.members.length : dark.length,
    el: `${el.join(', ')}.`,
    en: `${en.join(', ')}.`,
  }
}

const isOfDarkness = ({ fault }: Incident): boolean => faultCatalogue[fault].dark

/** «τις 21:40» today, «10/1 21:40» on another day. */
const clockWords = (now: Instant, timeZone: string) => {
  const local = createLocalTime(timeZone)
  const today = local.shown(now).date
  return (iso: string): { el: string; en: string } => {
    const { date, clock } = local.shown(Date.parse(iso))
    if (date === today) return { el: `τις ${clock}`, en: clock }
    const [, month, day] = date.split('-').map(Number)
    return { el: `${day}/${month} ${clock}`, en: `${day}/${month} ${clock}` }
  }
}
