/** Why a report is looked at by a person before it is trusted. Never a reason to refuse: a citizen in a hurry may look like a machine. */
export const suspicions = ['trapFilled', 'tooFast', 'links', 'markup', 'repeatedText'] as const
export type Suspicion = (typeof suspicions)[number]

/** Wall time in which nobody fills in the form [ms]. */
const fastestMs = 2_500
/** A citizen may name one page. */
const mostLinks = 1
/** So many others with the same words in a day: neighbours do not write alike. */
const mostAlike = 3
/** Shorter words are alike by chance: «δεν ανάβει». */
const leastLetters = 25

export interface Impression {
  description: string
  /** What stood in a field that people do not see; empty from people. */
  trap: string
  /** From opening the form to sending it [ms]; `null` when the client does not say. */
  filledInMs: number | null
  /** How many other reports of the last day say the same words. */
  alike: number
}

export const suspicionsOf = ({ description, trap, filledInMs, alike }: Impression): Suspicion[] => {
  const found: Suspicion[] = []
  if (trap.trim() !== '') found.push('trapFilled')
  if (filledInMs !== null && filledInMs < fastestMs) found.push('tooFast')
  if ((description.match(/\bhttps?:\/\/|\bwww\./gi)?.length ?? 0) > mostLinks) found.push('links')
  if (/<a\s|\[url[=\]]|<script/i.test(description)) found.push('markup')
  if (description.length >= leastLetters && alike >= mostAlike) found.push('repeatedText')
  return found
}
