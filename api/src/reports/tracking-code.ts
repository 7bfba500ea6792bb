/*
 * A tracking code is read over the telephone: ten digits, no letters, and the last one catches a digit misheard or two that changed
 * places. H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004): the table finds every single error and every swap of neighbours.
 */
const quasigroup = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const

const digitsWithoutCheck = 9

const checkDigit = (digits: string): number => {
  let interim = 0
  for (const digit of digits) interim = Number(quasigroup[interim]?.[Number(digit)])
  return interim
}

/** @param random a whole number from 0 to below the bound it is given, not to be guessed from others */
export const newTrackingCode = (random: (bound: number) => number): string => {
  const digits = String(random(10 ** digitsWithoutCheck)).padStart(digitsWithoutCheck, '0')
  return `${digits}${checkDigit(digits)}`
}

/** The code in what someone typed or read out (`481-720 9355`); `null` when a digit is missing or wrong. */
export const readTrackingCode = (text: string): string | null => {
  const digits = text.replace(/[\s.-]/g, '')
  return /^\d{10}$/.test(digits) && checkDigit(digits) === 0 ? digits : null
}
