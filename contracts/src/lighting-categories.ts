import { z } from 'zod'
import type { CategoryDescription } from './category-entry.ts'

const lighting = { group: 'lighting', service: 'municipalLighting' } as const
const asks = ['luminaire', 'wholeStreet', 'danger'] as const

/** Lighting's categories (CONTRACT section 3); telemetry opens tickets of these alone. */
export const lightingCategories = {
  'street-light-out': {
    ...lighting,
    el: 'Σβηστό φωτιστικό',
    en: 'Street light out',
    aliases: ['καμμένος λαμπτήρας', 'καμένη λάμπα', 'σβηστή λάμπα', 'δεν ανάβει το φως', 'καμμένο φωτιστικό'],
    safetyClass: 'safety',
    trouble: 'dark',
    asks,
  },
  'street-light-flickering': {
    ...lighting,
    el: 'Φωτιστικό που τρεμοπαίζει',
    en: 'Street light flickering',
    aliases: ['λαμπτήρας αναβοσβήνει', 'αναβοσβήνει', 'τρεμοπαίζει', 'λάμπα ανάβει και σβήνει'],
    safetyClass: 'service',
    trouble: 'flickering',
    asks: ['luminaire', 'danger'],
  },
  'street-light-on-by-day': {
    ...lighting,
    el: 'Φωτιστικό αναμμένο την ημέρα',
    en: 'Street light on by day',
    aliases: ['λάμπα αναμμένη τη μέρα', 'καίει τη μέρα', 'φώτα αναμμένα το πρωί', 'χρονοδιακόπτης'],
    safetyClass: 'service',
    trouble: 'burning',
    asks: ['luminaire', 'wholeStreet'],
  },
  'street-dark': {
    ...lighting,
    el: 'Σκοτεινός δρόμος',
    en: 'Street in the dark',
    aliases: ['όλος ο δρόμος σβηστός', 'πίλαρ', 'σκοτάδι', 'σβηστά όλα τα φώτα', 'συσκότιση δρόμου'],
    safetyClass: 'safety',
    trouble: 'dark',
    asks,
  },
  'pole-damaged': {
    ...lighting,
    el: 'Κατεστραμμένος ιστός',
    en: 'Damaged pole',
    aliases: ['πεσμένη κολόνα', 'γέρνει η κολώνα', 'ανοιχτή θυρίδα', 'τράκαρε κολόνα', 'γυμνά καλώδια', 'στύλος'],
    safetyClass: 'danger',
    trouble: 'damage',
    asks: ['luminaire', 'danger'],
  },
  'new-street-light': {
    ...lighting,
    el: 'Νέο φωτιστικό',
    en: 'New street light',
    aliases: ['τοποθέτηση φωτιστικού', 'χρειάζεται λάμπα', 'επέκταση φωτισμού'],
    safetyClass: 'service',
    trouble: null,
    asks: [],
  },
  'other-lighting': {
    ...lighting,
    el: 'Άλλο θέμα φωτισμού',
    en: 'Other lighting matter',
    aliases: ['φωτισμός', 'χαμηλός φωτισμός', 'κλαδιά κρύβουν το φως', 'ενοχλητικός φωτισμός'],
    safetyClass: 'service',
    trouble: null,
    asks,
  },
} as const satisfies Record<string, CategoryDescription>

export type LightingCategory = keyof typeof lightingCategories
export const lightingCategorySchema = z.enum(
  Object.keys(lightingCategories) as [LightingCategory, ...LightingCategory[]],
)
