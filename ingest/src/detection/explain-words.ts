import {
  type FaultName,
  faultCatalogue,
  type Instant,
  type LightState,
  type LocalTime,
  type ScopeKind,
  type Words,
} from '@fanari/contracts'

/** Sentences in both languages, gathered one after the other. */
export interface Sentences {
  say(words: Words): void
  text(): { el: string[]; en: string[] }
}

export const createSentences = (): Sentences => {
  const el: string[] = []
  const en: string[] = []
  return {
    say(words) {
      el.push(words.el)
      en.push(words.en)
    },
    text: () => ({ el, en }),
  }
}

/** A moment as people say it: the clock, and the date too when it is not today's. */
export const createMoments = (local: LocalTime, now: Instant): ((at: Instant) => Words) => {
  const today = local.shown(now).date
  return (at) => {
    const { date, clock } = local.shown(at)
    if (date === today) return { el: clock, en: clock }
    const [, month, day] = date.split('-').map(Number)
    return { el: `${clock} (${day}/${month})`, en: `${clock} (${date})` }
  }
}

/** A number with at most one decimal, as each language writes it. */
export const quantity = (value: number, unit: string): Words => {
  const en = String(Math.round(value * 10) / 10)
  return { el: `${en.replace('.', ',')} ${unit}`, en: `${en} ${unit}` }
}

export const join = (parts: readonly Words[]): Words => ({
  el: parts.map(({ el }) => el).join(', '),
  en: parts.map(({ en }) => en).join(', '),
})

/** "1 light", "3 lights". */
export const lightsOf = (count: number): Words => ({
  el: count === 1 ? '1 φωτιστικό' : `${count} φωτιστικά`,
  en: count === 1 ? '1 light' : `${count} lights`,
})

export const titleOf = (fault: FaultName): Words => faultCatalogue[fault].title

/** What is believed of a light in each state, to be followed by the moment it began. */
export const beliefs = {
  lit: { el: 'Θεωρείται αναμμένο', en: 'Believed to be lit' },
  dark: { el: 'Θεωρείται σκοτεινό, ενώ έπρεπε να ανάβει', en: 'Believed to be dark though it should be lit' },
  off: { el: 'Θεωρείται σβηστό', en: 'Believed to be off' },
  unexpectedlyOn: {
    el: 'Θεωρείται αναμμένο, ενώ έπρεπε να είναι σβηστό',
    en: 'Believed to be on though it should be off',
  },
  unknown: { el: 'Δεν γνωρίζουμε αν ανάβει', en: 'It is not known whether it is lit' },
  maintenance: { el: 'Είναι σε συντήρηση', en: 'Under maintenance' },
} as const satisfies Record<LightState, Words>

/** What a scope is called, as the subject of a sentence. */
export const subjects = {
  luminaire: { el: 'Το φωτιστικό', en: 'Luminaire' },
  sensor: { el: 'Ο αισθητήρας', en: 'Sensor' },
  circuit: { el: 'Το κύκλωμα', en: 'Circuit' },
  phase: { el: 'Η φάση', en: 'Phase' },
  cabinet: { el: 'Το πίλαρ', en: 'Cabinet' },
  gateway: { el: 'Η πύλη', en: 'Gateway' },
  area: { el: 'Η περιοχή', en: 'Area' },
  community: { el: 'Η κοινότητα', en: 'Community' },
  platform: { el: 'Η πλατφόρμα', en: 'Platform' },
} as const satisfies Record<ScopeKind, Words>

/** What a scope is called, within a sentence. */
export const names = {
  luminaire: { el: 'φωτιστικό', en: 'luminaire' },
  sensor: { el: 'αισθητήρας', en: 'sensor' },
  circuit: { el: 'κύκλωμα', en: 'circuit' },
  phase: { el: 'φάση', en: 'phase' },
  cabinet: { el: 'πίλαρ', en: 'cabinet' },
  gateway: { el: 'πύλη', en: 'gateway' },
  area: { el: 'περιοχή', en: 'area' },
  community: { el: 'κοινότητα', en: 'community' },
  platform: { el: 'πλατφόρμα', en: 'platform' },
} as const satisfies Record<ScopeKind, Words>
