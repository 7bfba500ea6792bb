import {
  type CabinetProperties,
  faultCatalogue,
  type Incident,
  type LuminaireProperties,
  type Ticket,
} from '@fanari/contracts'
import { countInWords, mapLink, timeInWords } from '../duty/words.ts'
import type { LetterKind } from './dossier-plan.ts'

/** A light of the register and where it stands. */
export interface PlacedLight {
  light: LuminaireProperties
  lat: number
  lon: number
}

/** What the network operator needs to find the fault without asking back. */
export interface DossierFacts {
  /** Its name. */
  municipality: string
  /** Whom to call back, by the municipality's routing table; empty: nobody is named. */
  contact: string
  timeZone: string
  ticket: Ticket
  /** `null` when there is none, or it could not be read. */
  incident: Incident | null
  lights: readonly PlacedLight[]
  cabinets: readonly CabinetProperties[]
}

export interface Letter {
  subject: string
  text: string
  /** The lights as a table for a spreadsheet (CSV, UTF-8 with byte order mark). */
  attachment: { filename: string; content: string } | null
}

const heads: Record<LetterKind, string> = {
  opened: 'Αναγγελία βλάβης',
  corrected: 'Διόρθωση αναγγελίας',
  withdrawn: 'Ανάκληση αναγγελίας',
  closed: 'Αποκατάσταση',
}
const openings: Record<LetterKind, string> = {
  opened: 'Σας αναγγέλλουμε βλάβη φωτισμού σε δίκτυο αρμοδιότητάς σας.',
  corrected: 'Τα στοιχεία της αναγγελίας άλλαξαν. Ισχύουν τα παρακάτω.',
  withdrawn: 'Η αναγγελία δεν σας αφορά πια: το θέμα συνεχίζεται αλλού. Δεν χρειάζεται ενέργεια.',
  closed: 'Οι μετρήσεις δείχνουν ότι η βλάβη αποκαταστάθηκε. Ευχαριστούμε.',
}
/** Lights beyond these stand in the attachment only. */
const lightsListed = 20

/** Writes the letter about a ticket. Pure. */
export const writeLetter = (kind: LetterKind, facts: DossierFacts): Letter => {
  const { ticket, incident, lights, cabinets, timeZone, municipality, contact } = facts
  const shown = (at: string) => timeInWords(at, timeZone)
  const isOver = kind === 'withdrawn' || kind === 'closed'
  const supplies = cabinets.map(({ id, supplyNumber }) => `${id}: παροχή ${supplyNumber ?? 'άγνωστη'}`)
  const lines = [
    openings[kind],
    '',
    `Δήμος: ${municipality}`,
    ...(contact === '' ? [] : [`Επικοινωνία: ${contact}`]),
    `Αριθμός αναφοράς: ${ticket.id}`,
    `Βλάβη: ${ticket.title}`,
    ...(incident === null ? [] : [`Είδος: ${faultCatalogue[incident.fault].title.el}`]),
    `Τόπος: ${ticket.location.text}`,
    `Χάρτης: ${mapLink(ticket.location) ?? '—'}`,
    `Από: ${shown(incident?.startedAt ?? ticket.createdAt)}`,
    ...(kind === 'closed' ? [`Έως: ${shown(incident?.resolvedAt ?? ticket.closedAt ?? ticket.createdAt)}`] : []),
    `Πίλαρ: ${supplies.length === 0 ? '—' : supplies.join(' · ')}`,
    `Αφορά: ${countInWords(ticket.members.length)}`,
  ]
  if (!isOver) {
    lines.push(...lights.slice(0, lightsListed).map(({ light }) => `  • ${lightInWords(light)}`))
    if (lights.length > lightsListed) lines.push(`  • και ${lights.length - lightsListed} ακόμη (στο συνημμένο)`)
    const evidence = (incident?.evidence ?? []).filter(({ stance }) => stance !== 'against')
    if (evidence.length > 0) lines.push('', 'Τεκμήρια:')
    lines.push(
      ...evidence.slice(0, lightsListed).map(({ at, subject, detail }) => `  • ${shown(at)} ${subject}: ${detail}`),
    )
  }
  return {
    subject: `[${ticket.id}] ${heads[kind]}: ${ticket.title}`,
    text: lines.join('\n'),
    attachment:
      isOver || lights.length === 0 ? null : { filename: `${ticket.id}.csv`, content: tableOf(lights, cabinets) },
  }
}

const lightInWords = ({ id, pole, street, circuit, phase }: LuminaireProperties): string =>
  [
    `φωτιστικό ${id}`,
    pole === undefined ? null : `στύλος ${pole}`,
    street ?? null,
    circuit === undefined ? null : `κύκλωμα ${circuit}`,
    phase === undefined ? null : `φάση ${phase}`,
  ]
    .filter((part) => part !== null)
    .join(', ')

const tableOf = (lights: readonly PlacedLight[], cabinets: readonly CabinetProperties[]): string => {
  const supplyOf = new Map(cabinets.map(({ id, supplyNumber }) => [id, supplyNumber]))
  const rows = lights.map(({ light, lat, lon }) => [
    light.id,
    light.pole,
    light.street,
    light.cabinet,
    light.cabinet === undefined ? undefined : supplyOf.get(light.cabinet),
    light.circuit,
    light.phase,
    light.ratedPower,
    lat,
    lon,
  ])
  const head = ['Φωτιστικό', 'Στύλος', 'Οδός', 'Πίλαρ', 'Αρ. παροχής', 'Κύκλωμα', 'Φάση', 'Ισχύς W', 'Πλάτος', 'Μήκος']
  return `\uFEFF${[head, ...rows].map((row) => row.map(cell).join(';')).join('\r\n')}\r\n`
}

/** A text that a spreadsheet would take for a formula is kept a text. */
const cell = (value: string | number | undefined): string => {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
