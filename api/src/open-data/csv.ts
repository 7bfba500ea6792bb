/** A cell: numbers are written as they are, text is kept from being read as a formula. */
export type CsvCell = string | number | null

/** One record of RFC 4180: commas, quotation marks where they are needed, CRLF at its end. */
export const csvRecord = (cells: readonly CsvCell[]): string => `${cells.map(cellOf).join(',')}\r\n`

const cellOf = (cell: CsvCell): string => {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = formula.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** What a spreadsheet takes for a formula, also behind blanks and in full-width letters (OWASP, CSV injection). */
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/

/** Tells a spreadsheet that a file is UTF-8; some guess wrongly without it. */
export const byteOrderMark = '\uFEFF'
