/** What exchanges send for a caller who hides the number; an empty text is another. */
const hidden = /^(anonymous|private|restricted|unavailable|unknown|withheld|asterisk|<unknown>)$/i

/** The digits a caller is known by: national of a Greek number, else with the country. `null`: hidden, or no number at all. */
export const callerDigits = (text: string | undefined): string | null => {
  const trimmed = text?.trim() ?? ''
  if (hidden.test(trimmed)) return null
  const digits = trimmed.replaceAll(/\D/g, '').replace(/^00/, '')
  const national = digits.replace(/^30(?=\d{10}$)/, '')
  return national === '' || national.length > 15 ? null : national
}

/** Shorter ones are extensions and services: no person's number. */
const shortestOfPerson = 8

/** The ways in which the same number may stand in a report: digits alone, as they were typed. */
export const writtenForms = (digits: string): string[] => {
  if (digits.length < shortestOfPerson) return []
  return digits.length === 10 ? [digits, `30${digits}`, `0030${digits}`] : [digits, `00${digits}`]
}
