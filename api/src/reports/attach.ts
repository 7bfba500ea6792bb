import {
  type AttachedBy,
  type Category,
  type CitizenLineSettings,
  categories,
  dayMs,
  hourMs,
  type Instant,
  type Ticket,
} from '@fanari/contracts'

/*
 * Which matter a report belongs to. Pure. The order is fixed: the same lamp, then the circuit when the whole street is dark, then the
 * nearest. Free text never decides, and neither does anything across category groups: one wrong merge costs more trust than ten
 * tickets too many, and an operator can always merge.
 */

/** What a report says of its place and kind. */
export interface AttachSubject {
  category: Category
  luminaire: string | null
  circuit: string | null
  wholeStreet: boolean
  /** Whether it tells of danger: that is never put behind a matter that has none. */
  dangerous: boolean
  at: Instant
  /** Whether its community is country, where matters of one place lie further apart. */
  country: boolean
}

/** A ticket near the place of a report. */
export interface AttachCandidate {
  ticket: Ticket
  /** Luminaires it is concerned with, those of its parts among them. */
  members: readonly string[]
  /** To its nearest light, or else to its place [m]; `null` when nobody knows. */
  distanceM: number | null
  /** Circuits of its lights, and the one it is about. */
  circuits: readonly string[]
}

export interface Attachment {
  ticket: Ticket
  rule: AttachedBy['rule']
  /** How sure it is, 0–1. */
  score: number
  reasons: AttachedBy['reasons']
}

export const decideAttachment = (
  subject: AttachSubject,
  candidates: readonly AttachCandidate[],
  settings: CitizenLineSettings,
): Attachment | null => {
  const joinable = candidates.filter(({ ticket }) => ticket.mergedInto === undefined && mayJoin(subject, ticket))
  return (
    best(joinable.flatMap((candidate) => byLuminaire(subject, candidate, settings))) ??
    best(joinable.flatMap((candidate) => byCircuit(subject, candidate, settings))) ??
    best(joinable.flatMap((candidate) => byDistance(subject, candidate, settings)))
  )
}

/** Any kind of lighting trouble joins any other, for a lamp that flickers is dark tomorrow; damage and wishes join their like alone. */
const mayJoin = (subject: AttachSubject, ticket: Ticket): boolean => {
  const asked = categories[subject.category]
  const there = categories[ticket.category]
  if (asked.group !== there.group) return false
  if (subject.dangerous && !isDangerous(ticket)) return false
  if (subject.category === ticket.category) return true
  return asked.group === 'lighting' && isTroubleOfLight(subject.category) && isTroubleOfLight(ticket.category)
}

const isTroubleOfLight = (category: Category): boolean => {
  const { trouble } = categories[category]
  return trouble === 'dark' || trouble === 'flickering' || trouble === 'burning' || category === 'other-lighting'
}

export const isDangerous = ({
  category,
  danger,
}: {
  category: Category
  danger?: readonly string[] | undefined
}): boolean => categories[category].safetyClass === 'danger' || (danger ?? []).length > 0

/** Closed matters can still be joined for a while: the report reopens them. */
const isRecent = ({ status, closedAt, resolvedAt }: Ticket, at: Instant, settings: CitizenLineSettings): boolean => {
  if (status !== 'closed') return true
  const ended = closedAt ?? resolvedAt
  return ended !== undefined && at - Date.parse(ended) <= settings.reopenWithinHours * hourMs
}

const byLuminaire = (
  { luminaire, at }: AttachSubject,
  { ticket, members }: AttachCandidate,
  settings: CitizenLineSettings,
): Attachment[] => {
  if (luminaire === null || !members.includes(luminaire) || !isRecent(ticket, at, settings)) return []
  // A light of a wide outage is in it by its incident; alone it is the lamp itself.
  const alone = members.length === 1
  const [el, en] = alone
    ? ['Το ίδιο φωτιστικό', 'The same light']
    : ['Φωτιστικό της ίδιας βλάβης', 'A light of the same fault']
  return [
    {
      ticket,
      rule: alone ? 'luminaire' : 'incident',
      score: 1,
      reasons: [{ el: `${el}: ${luminaire}`, en: `${en}: ${luminaire}` }, ...ageReason(ticket)],
    },
  ]
}

const byCircuit = (
  { circuit, wholeStreet, category, at }: AttachSubject,
  { ticket, circuits }: AttachCandidate,
  settings: CitizenLineSettings,
): Attachment[] => {
  const whole = wholeStreet || category === 'street-dark'
  if (circuit === null || !whole || !circuits.includes(circuit) || !isRecent(ticket, at, settings)) return []
  if (categories[ticket.category].trouble !== 'dark') return []
  const wide = ticket.category === 'street-dark'
  const reason = { el: `Ίδιο κύκλωμα: ${circuit}`, en: `Same circuit: ${circuit}` }
  return [{ ticket, rule: 'circuit', score: wide ? 0.95 : 0.8, reasons: [reason, ...ageReason(ticket)] }]
}

const byDistance = (
  subject: AttachSubject,
  { ticket, distanceM }: AttachCandidate,
  settings: CitizenLineSettings,
): Attachment[] => {
  // Who names a lamp means that lamp. Only "the whole street" may reach further.
  if (subject.luminaire !== null && !subject.wholeStreet) return []
  const lighting = categories[subject.category].group === 'lighting'
  const usualM = subject.country ? settings.countryRadiusM : settings.townRadiusM
  const radiusM = lighting ? usualM : settings.otherRadiusM
  if (distanceM === null || distanceM > radiusM || !isRecent(ticket, subject.at, settings)) return []
  const ageMs = subject.at - Date.parse(ticket.createdAt)
  if (ticket.status !== 'closed' && ageMs > settings.joinWithinDays * dayMs) return []
  const near = 1 - distanceM / radiusM
  const alike = subject.category === ticket.category ? 1 : 0.5
  const young = 1 - Math.min(Math.max(ageMs, 0) / (settings.joinWithinDays * dayMs), 1)
  const score = Number((0.3 + 0.3 * near + 0.2 * alike + 0.1 * young).toFixed(2))
  const metres = Math.round(distanceM)
  return [
    {
      ticket,
      rule: 'nearest',
      score,
      reasons: [
        { el: `Σε απόσταση ${metres} m (όριο ${radiusM} m)`, en: `${metres} m away (limit ${radiusM} m)` },
        subject.category === ticket.category
          ? { el: 'Ίδια κατηγορία', en: 'Same category' }
          : { el: 'Άλλη κατηγορία φωτισμού', en: 'Another lighting category' },
        ...ageReason(ticket),
      ],
    },
  ]
}

const ageReason = ({ status, closedAt }: Ticket): AttachedBy['reasons'] =>
  status === 'closed'
    ? [{ el: `Είχε κλείσει: ${closedAt ?? ''}`, en: `Was closed: ${closedAt ?? ''}` }]
    : status === 'resolved'
      ? [{ el: 'Είχε δηλωθεί ως επιλυμένο', en: 'Was called resolved' }]
      : []

/** An open one before a closed one, then the surest, then the one with most reports, then the oldest: the same answer every time. */
const best = (found: readonly Attachment[]): Attachment | null =>
  [...found].sort(
    (a, b) =>
      Number(a.ticket.status === 'closed') - Number(b.ticket.status === 'closed') ||
      b.score - a.score ||
      b.ticket.reports - a.ticket.reports ||
      (a.ticket.createdAt < b.ticket.createdAt ? -1 : a.ticket.createdAt > b.ticket.createdAt ? 1 : 0) ||
      (a.ticket.id < b.ticket.id ? -1 : 1),
  )[0] ?? null
