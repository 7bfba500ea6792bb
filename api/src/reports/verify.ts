import {
  type Category,
  categories,
  type LightExplanation,
  type LightState,
  type LuminaireStatus,
  type ReportEvidence,
  type Verification,
} from '@fanari/contracts'

/*
 * What the lights say of a report. Pure. It never refuses one: a meter knows the power of a lamp, and the citizen stands under it.
 */

/** What a light says of "it gives no light" and the like, by its state. By day nothing is said of darkness, and silence says nothing. */
const verdicts: Record<'dark' | 'burning', Record<LightState, Verification>> = {
  dark: {
    dark: 'confirmed',
    lit: 'contradicted',
    off: 'unknown',
    unexpectedlyOn: 'contradicted',
    unknown: 'unknown',
    maintenance: 'unknown',
  },
  burning: {
    dark: 'contradicted',
    lit: 'unknown',
    off: 'contradicted',
    unexpectedlyOn: 'confirmed',
    unknown: 'unknown',
    maintenance: 'unknown',
  },
}

/**
 * @param hasIncident of a light: whether an incident is open that says what the report says
 * @param statuses the lights that the report concerns
 */
export const verificationOf = (
  category: Category,
  statuses: readonly LuminaireStatus[],
  hasIncident: boolean,
): Verification => {
  if (hasIncident) return 'confirmed'
  const { trouble } = categories[category]
  if ((trouble !== 'dark' && trouble !== 'burning') || statuses.length === 0) return 'unknown'
  const said = new Set(statuses.map(({ state }) => verdicts[trouble][state]))
  if (said.has('confirmed')) return 'confirmed'
  return said.size === 1 && said.has('contradicted') ? 'contradicted' : 'unknown'
}

/** The facts for the operator, beside what the citizen says. */
export const evidenceOf = (status: LuminaireStatus, explanation: LightExplanation | null): ReportEvidence => {
  const { id, state, since, lastSeen, lastReading } = status
  return {
    luminaire: id,
    state,
    since,
    lastSeen,
    activePowerW: numberOrNull(lastReading?.activePower),
    lightLevelPercent: numberOrNull(lastReading?.lightLevel),
    planned: explanation?.expectation.mode ?? 'unknown',
    plannedSince: explanation?.expectation.since ?? null,
    plannedUntil: explanation?.expectation.until ?? null,
  }
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)
