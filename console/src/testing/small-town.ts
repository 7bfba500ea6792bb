import type {
  AssetFeature,
  Incident,
  IncidentExplanation,
  LightExplanation,
  LightState,
  LuminaireStatus,
  ReceivedReading,
  RollCall,
  Ticket,
} from '@fanari/contracts'
import type { ScriptedTown } from './scripted-platform.ts'

/** 22 November 2026, 21:30 in Greece: the lights are on. */
export const startMs = Date.parse('2026-11-22T19:30:00.000Z')

const intervalMs = 300_000

const luminaire = (number: number, lon: number): AssetFeature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, 41.4] },
  properties: {
    kind: 'luminaire',
    id: `L-${number}`,
    community: 'thourio',
    cabinet: 'P-1',
    circuit: 'C-1',
    phase: 'L1',
    position: number,
    supply: 'grid',
    ratedPower: 60,
    reportInterval: 300,
    owner: 'municipality',
    program: 'duskToDawn',
    street: 'Ευριπίδου',
    pole: `Σ${number}`,
  },
})

/** One village with one street of five lights, all lit; the third stands in the middle of the map. */
export const createSmallTown = (): ScriptedTown => {
  const begunMs = Date.now()
  const timeMs = () => startMs + Date.now() - begunMs
  const numbers = [1, 2, 3, 4, 5]
  const town: ScriptedTown = {
    timeMs,
    speed: 1,
    features: [
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [26.601, 41.401] },
        properties: { kind: 'community', id: 'thourio', name: 'Θούριον', population: 900 },
      },
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [26.5999, 41.4003] },
        properties: { kind: 'cabinet', id: 'P-1', community: 'thourio' },
      },
      ...numbers.map((number) => luminaire(number, 26.6 + (number - 3) * 0.0004)),
    ],
    lights: numbers.map((number) => ({ id: `L-${number}`, state: 'lit', reason: 'poweredAsExpected' })),
    communities: [
      {
        id: 'thourio',
        name: 'Θούριον',
        lit: 5,
        dark: 0,
        unknown: 0,
        total: 5,
        darkCommunity: false,
        at: new Date(startMs).toISOString(),
      },
    ],
    incidents: [],
    tickets: [],
    rollCalls: [],
    explainLight: (id) => explanationOf(town.status(id)),
    explainIncident,
    status: (id): LuminaireStatus | null => {
      const light = town.lights.find((one) => one.id === id)
      if (light === undefined) return null
      const lastReading = readingsBetween(timeMs() - intervalMs, timeMs()).at(-1) ?? null
      return {
        id,
        device: id,
        community: 'thourio',
        state: light.state,
        since: new Date(startMs - 3_600_000).toISOString(),
        reason: light.reason,
        lastReading,
        lastSeen: lastReading?.at ?? null,
      }
    },
    readings: (_id, fromMs, toMs) => readingsBetween(fromMs, toMs),
  }
  return town
}

const explanationOf = (status: LuminaireStatus | null): LightExplanation | null =>
  status && {
    luminaire: status.id,
    at: status.since,
    state: status.state,
    since: status.since,
    reason: status.reason,
    expectation: { mode: 'on', level: 100 },
    lastReading: null,
    darkReadings: 0,
    silence: { lastSeen: status.lastSeen, counts: true, missed: 0, decides: 6 },
    causes: [],
    incident: null,
    text: {
      el: ['Θεωρείται αναμμένο, από τις 20:30.', 'Ανάβει.', 'Κατά το πρόγραμμά του πρέπει να ανάβει έως τις 06:50.'],
      en: ['Believed to be lit since 20:30.', 'Lit.', 'By its program it should be on until 06:50.'],
    },
  }

const explainIncident = (incident: Incident): IncidentExplanation => ({
  incident: incident.id,
  at: incident.detectedAt,
  fault: incident.fault,
  scope: incident.scope,
  state: incident.state,
  startedAt: incident.startedAt,
  detectedAt: incident.detectedAt,
  reason: incident.reason,
  evidence: [
    {
      at: incident.startedAt,
      kind: 'reading',
      subject: 'L-3',
      detail: '0 W of 60 W expected at 100 %',
      words: { el: '0 W, αναμένονταν 60 W στο 100 %', en: '0 W of 60 W expected at 100 %' },
    },
  ],
  members: { total: 1, lit: 0, dark: 1, unknown: 0 },
  causes: [],
  text: {
    el: ['Βλάβη λαμπτήρα.', 'Δεν καταναλώνει.', 'Λήγει με 2 μετρήσεις που δείχνουν φως.'],
    en: ['Lamp failure.', 'Draws no power.', 'It ends with 2 readings that show light.'],
  },
})

/** What the lights of the village answered at `moment`. */
export const rollCall = (moment: RollCall['moment'], dark: string[]): RollCall => ({
  night: '2026-11-22',
  community: 'thourio',
  moment,
  plannedAt: new Date(startMs - 3_600_000).toISOString(),
  at: new Date(startMs - 3_600_000).toISOString(),
  lit: 5 - dark.length,
  dark: dark.length,
  unknown: 0,
  darkLights: dark,
  unknownLights: [],
})

/** A reading every five minutes: 58 W at full level. */
const readingsBetween = (fromMs: number, toMs: number): ReceivedReading[] => {
  const readings: ReceivedReading[] = []
  for (let at = Math.ceil(fromMs / intervalMs) * intervalMs; at < toMs; at += intervalMs) {
    const iso = new Date(at).toISOString()
    readings.push({ at: iso, receivedAt: iso, lightLevel: 100, activePower: 58, supplyVoltage: 231.5 })
  }
  return readings
}

export const setLight = (town: ScriptedTown, id: string, state: LightState): void => {
  town.lights = town.lights.map((light) => (light.id === id ? { ...light, state } : light))
}

export const lampFailure: Incident = {
  id: 'i-1',
  municipality: 'orestiada',
  fault: 'lampFailure',
  scope: { kind: 'luminaire', id: 'L-3' },
  members: ['L-3'],
  community: 'thourio',
  startedAt: new Date(startMs - 600_000).toISOString(),
  detectedAt: new Date(startMs).toISOString(),
  state: 'open',
  severity: 'major',
  reason: 'noPowerWhenExpectedOn',
  evidence: [],
  ticket: 't-1',
  revision: 1,
}

export const lampTicket: Ticket = {
  id: 't-1',
  municipality: 'orestiada',
  category: 'street-light-out',
  source: 'telemetry',
  status: 'open',
  service: 'municipalLighting',
  incident: 'i-1',
  reports: 0,
  members: ['L-3'],
  createdAt: new Date(startMs).toISOString(),
  title: 'Σβηστό φωτιστικό L-3, Θούριον',
  location: { lat: 41.4, lon: 26.6, community: 'thourio', text: 'Θούριον, Ευριπίδου, ιστός Σ3' },
  history: [],
  revision: 1,
}
