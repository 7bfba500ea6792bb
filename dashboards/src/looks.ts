import { faultCatalogue, faultNames, lightStateCodes, rollCallCodes, ticketStatusCodes } from '@fanari/contracts'
import { MappingType, type ValueMapping, type ValueMappingResult } from '@grafana/grafana-foundation-sdk/dashboard'

/** Colours of Grafana's palette. None carries a meaning alone: what it says also stands there as text. */
export const colours = {
  lit: 'yellow',
  dark: 'red',
  unknown: 'purple',
  off: '#6e7681',
  unexpectedlyOn: 'orange',
  maintenance: 'blue',
  good: 'green',
  plain: 'blue',
} as const

const stateWords = {
  off: '○ Σβηστό',
  lit: '● Αναμμένο',
  dark: '✕ Σκοτεινό',
  unexpectedlyOn: '◐ Αναμμένο εκτός ωραρίου',
  unknown: '? Άγνωστο',
  maintenance: '▲ Σε συντήρηση',
} satisfies Record<keyof typeof lightStateCodes, string>

const mapping = (options: Record<string, ValueMappingResult>): ValueMapping => ({
  type: MappingType.ValueToText,
  options,
})

/** A code to a word and a colour, in the order given. */
const byCode = (
  entries: readonly (readonly [code: number | string, text: string, color: string])[],
): ValueMapping[] => [
  mapping(Object.fromEntries(entries.map(([code, text, color], index) => [String(code), { text, color, index }]))),
]

type StateName = keyof typeof lightStateCodes
const stateNames = Object.keys(lightStateCodes) as StateName[]

export const lightStateMapping = byCode(
  stateNames.map((name) => [lightStateCodes[name], stateWords[name], colours[name]]),
)

export const rollCallMapping = byCode([
  [rollCallCodes.lit, '● Αναμμένο', colours.lit],
  [rollCallCodes.dark, '✕ Σκοτεινό', colours.dark],
  [rollCallCodes.unknown, '? Άγνωστο', colours.unknown],
])

export const ticketStatusMapping = byCode([
  [ticketStatusCodes.open, 'Ανοιχτό', colours.dark],
  [ticketStatusCodes.assigned, 'Ανατέθηκε', colours.unexpectedlyOn],
  [ticketStatusCodes.inProgress, 'Σε εξέλιξη', colours.lit],
  [ticketStatusCodes.waiting, 'Σε αναμονή', colours.unknown],
  [ticketStatusCodes.resolved, 'Επιλύθηκε', colours.good],
  [ticketStatusCodes.closed, 'Έκλεισε', colours.off],
])

export const severityMapping = byCode([
  [0, 'Πληροφορία', colours.off],
  [1, 'Ελαφρύ', colours.maintenance],
  [2, 'Σοβαρό', colours.unexpectedlyOn],
  [3, 'Κρίσιμο', colours.dark],
])

export const yesNoMapping = byCode([
  [0, '○ Όχι', colours.good],
  [1, '✕ Ναι', colours.dark],
])

export const hearingMapping = byCode([
  [0, '● Ακούει', colours.good],
  [1, '✕ Τυφλή', colours.dark],
])

export const reachableMapping = byCode([
  [0, '✕ Δεν απαντά', colours.dark],
  [1, '● Απαντά', colours.good],
])

export const openShutMapping: ValueMapping[] = byCode([
  ['false', 'Ανοιχτό', colours.off],
  ['true', 'Κλειστό', colours.lit],
])

export const doorMapping: ValueMapping[] = byCode([
  ['false', 'Κλειστή', colours.good],
  ['true', '✕ Ανοιχτή', colours.dark],
])

/** Fault names to what the catalogue calls them in Greek. */
export const faultMapping: ValueMapping[] = [
  mapping(Object.fromEntries(faultNames.map((name, index) => [name, { text: faultCatalogue[name].title.el, index }]))),
]
