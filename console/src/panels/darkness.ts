import type { CommunityStatus } from '@fanari/contracts'
import type { Language } from '../i18n/format.ts'

/** Dark communities first, then by how many lights are dark, then by how many we know nothing of, then by name. */
export const byDarkness =
  (language: Language) =>
  (a: CommunityStatus, b: CommunityStatus): number =>
    Number(b.darkCommunity) - Number(a.darkCommunity) ||
    b.dark - a.dark ||
    b.unknown - a.unknown ||
    a.name.localeCompare(b.name, language)
