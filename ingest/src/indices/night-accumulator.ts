import {
  type DetectorOutput,
  faultCatalogue,
  type IncidentChange,
  type Instant,
  type RollCall,
  toIso,
} from '@fanari/contracts'
import type { Detector } from '../detection/index.ts'
import {
  append,
  type Correction,
  type Counted,
  type CountedStretch,
  clip,
  correct,
  countedOf,
  tally,
} from './stretches.ts'

/** One light in one lighting night: what it was while it was planned to be on. */
export interface LightNight {
  night: string
  luminaire: string
  community: string
  circuit: string | null
  /** It was dark when the night before ended, so that a dark begin is no new episode. */
  darkBefore: boolean
  stretches: CountedStretch[]
}

/** What is to be kept of what was learned. */
export type NightFinding =
  | { kind: 'closed'; night: string; rows: LightNight[] }
  /** A night that is over was otherwise than it was taken for. */
  | { kind: 'corrected'; luminaires: readonly string[]; correction: Correction }
  | { kind: 'rollCall'; rollCall: RollCall }

/**
 * Adds up lighting nights from what the detector says: states with their time, and incidents, which tell more exactly when a light went
 * dark or fell silent. A pure function of what it is given; equal states give equal snapshots.
 */
export interface NightAccumulator {
  /** Lights are in the register: until they are heard they are unknown. */
  register(luminaires: Iterable<string>, at: Instant): void
  apply(outputs: readonly DetectorOutput[]): void
  /** Lets time pass: nights that are over are closed. */
  advance(to: Instant): void
  /** The present night so far, up to the time of the last call. */
  present(): LightNight[]
  /** The key of the present night; `null` before the first call. */
  night(): string | null
  /** What is to be kept and has not been reported as kept. */
  findings(): readonly NightFinding[]
  kept(): void
  snapshot(): string
  restore(snapshot: string): void
}

/** The stretches of one light in the present night that are over, and the one that goes on. */
interface Track {
  counted: Counted
  since: Instant
  ended: CountedStretch[]
}

export const createNightAccumulator = (
  detector: Pick<Detector, 'lights' | 'nightAt' | 'boundsOf' | 'plannedLights'>,
): NightAccumulator => {
  let now: Instant = 0
  let night = { key: '', from: 0, until: 0 }
  const nightAt = (at: Instant): typeof night => {
    const key = detector.nightAt(at)
    return { key, ...detector.boundsOf(key) }
  }
  let tracks = new Map<string, Track>()
  let darkBefore = new Set<string>()
  /** When the open incidents are known to have begun, and what their members count as. */
  let begun = new Map<string, { startedAt: Instant; counted: Counted }>()
  let findings: NightFinding[] = []

  const rowsUntil = (until: Instant): LightNight[] => {
    const rows: LightNight[] = []
    for (const { id, community, circuit, stretches: plan } of detector.plannedLights({ from: night.from, until })) {
      if (plan.length === 0) continue
      const track = tracks.get(id)
      if (track === undefined) continue
      const lived: CountedStretch[] = track.ended.map((stretch) => [...stretch])
      append(lived, track.since, until, track.counted)
      const stretches = clip(lived, plan)
      if (stretches.length === 0) continue
      rows.push({ night: night.key, luminaire: id, community, circuit, darkBefore: darkBefore.has(id), stretches })
    }
    return rows
  }

  const close = (): void => {
    const rows = rowsUntil(night.until)
    if (rows.length > 0) findings.push({ kind: 'closed', night: night.key, rows })
    for (const row of rows) {
      if (tally(row.stretches, row.darkBefore).endsDark) darkBefore.add(row.luminaire)
      else darkBefore.delete(row.luminaire)
    }
    for (const track of tracks.values()) {
      track.ended = []
      track.since = Math.max(track.since, night.until)
    }
  }

  const advance = (to: Instant): void => {
    if (to <= now) return
    if (night.key === '') {
      // What was known before anybody counted is taken up from here on.
      for (const { id, state } of detector.lights())
        if (!tracks.has(id)) tracks.set(id, { counted: countedOf[state], since: to, ended: [] })
      night = nightAt(to)
    }
    while (to >= night.until) {
      close()
      night = nightAt(night.until)
    }
    now = to
  }

  const change = (id: string, counted: Counted, at: Instant): void => {
    const track = tracks.get(id)
    if (track === undefined) {
      tracks.set(id, { counted, since: at, ended: [] })
      return
    }
    if (track.counted === counted) return
    append(track.ended, track.since, at, track.counted)
    track.counted = counted
    track.since = at
  }

  const learn = (luminaires: readonly string[], correction: Correction): void => {
    if (correction.until <= correction.from) return
    for (const id of luminaires) {
      const track = tracks.get(id)
      if (track === undefined) continue
      const until = Math.max(track.since, Math.min(now, correction.until))
      append(track.ended, track.since, until, track.counted)
      track.since = until
      track.ended = correct(track.ended, correction)
    }
    if (correction.from < night.from) findings.push({ kind: 'corrected', luminaires, correction })
  }

  const takeIncident = ({ type, at, incident }: IncidentChange): void => {
    const { id, scope, members, resolution } = incident
    const counted = countsAs(incident)
    if (counted === null) return
    const luminaires = scope.kind === 'platform' ? [...tracks.keys()] : members
    const startedAt = Date.parse(incident.startedAt)
    const endedAt = incident.resolvedAt === undefined ? at : Math.min(at, Date.parse(incident.resolvedAt))
    const known = begun.get(id)
    if (known === undefined || known.counted !== counted) {
      // New, or another kind of cause than it was taken for.
      const over: Counted[] = counted === 'dark' ? ['lit', 'unknown'] : known === undefined ? ['lit'] : ['lit', 'dark']
      learn(luminaires, { from: startedAt, until: endedAt, counted, over })
    } else {
      const over: Counted[] = counted === 'dark' ? ['lit', 'unknown'] : ['lit']
      learn(luminaires, { from: startedAt, until: known.startedAt, counted, over })
      // It began later than was believed: until then all was well.
      learn(luminaires, { from: known.startedAt, until: startedAt, counted: 'lit', over: [counted] })
    }
    if (incident.state === 'open') {
      begun.set(id, { startedAt, counted })
      return
    }
    begun.delete(id)
    // The end came to light late, by readings that were buffered: from then on it was lit again.
    if (type === 'incident.resolved' && resolution !== 'foundInHistory' && counted === 'dark')
      learn(luminaires, { from: endedAt, until: at, counted: 'lit', over: ['dark'] })
  }

  return {
    register(luminaires, at) {
      for (const id of luminaires) if (!tracks.has(id)) tracks.set(id, { counted: 'unknown', since: at, ended: [] })
    },
    apply(outputs) {
      for (const output of outputs) {
        advance(output.at)
        switch (output.type) {
          case 'light.changed':
            change(output.luminaire, countedOf[output.state], output.at)
            break
          case 'incident.opened':
          case 'incident.updated':
          case 'incident.resolved':
            takeIncident(output)
            break
          case 'rollCall': {
            const { type: _, at, ...rest } = output
            findings.push({ kind: 'rollCall', rollCall: { ...rest, at: toIso(at) } })
            break
          }
          case 'incident.confirmed':
          case 'community.changed':
          case 'forecast':
            break
        }
      }
    },
    advance,
    present: () => (night.key === '' ? [] : rowsUntil(now)),
    night: () => (night.key === '' ? null : night.key),
    findings: () => findings,
    kept() {
      findings = []
    },
    snapshot: () =>
      JSON.stringify({
        now,
        night,
        tracks: [...tracks].sort(byKey),
        darkBefore: [...darkBefore].sort(),
        begun: [...begun].sort(byKey),
      }),
    restore(snapshot) {
      const stored = JSON.parse(snapshot)
      now = stored.now
      night = stored.night
      tracks = new Map(stored.tracks)
      darkBefore = new Set(stored.darkBefore)
      begun = new Map(stored.begun)
    },
  }
}

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)

/**
 * What the members of an incident were from its start on: dark; or unknown, for those that fell silent and were taken for lit until that
 * was decided. `null` when it says nothing of light, or only repeats what others say of it.
 */
const countsAs = ({ fault, scope }: IncidentChange['incident']): Counted | null => {
  if (scope.kind === 'community') return null
  if (faultCatalogue[fault].dark) return 'dark'
  return fault === 'communicationFailure' || fault === 'gatewayOutage' || fault === 'platformBlind' ? 'unknown' : null
}
