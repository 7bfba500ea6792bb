import {
  type FaultName,
  faultCatalogue,
  type ReadingField,
  type ReadingFieldName,
  readingFields,
} from '@fanari/contracts'
import type { Locale } from '../i18n/locale.tsx'

/** A reading field's value in words, with its unit; `null` when the field is absent. */
export const readingValue = (
  name: ReadingFieldName,
  value: unknown,
  { text, format, language }: Locale,
): string | null => {
  const field: ReadingField = readingFields[name]
  switch (field.kind) {
    case 'number':
    case 'integer':
      if (typeof value !== 'number') return null
      return name === 'uptime' ? format.span(value * 1_000) : format.quantity(value, field.unit)
    case 'boolean':
      return typeof value === 'boolean' ? (value ? text.yes : text.no) : null
    case 'choice': {
      if (typeof value !== 'string') return null
      const words: Record<string, string> = name === 'chargerState' ? text.chargerStateOf : text.loadStateOf
      return words[value] ?? value
    }
    case 'names':
      if (!Array.isArray(value) || value.length === 0) return null
      return value.map((fault: FaultName) => faultCatalogue[fault].title[language]).join(', ')
    case 'measurements':
      if (typeof value !== 'object' || value === null) return null
      return Object.entries(value)
        .map(([measure, amount]) => `${measure} ${format.number(Number(amount))}`)
        .join(', ')
  }
}
