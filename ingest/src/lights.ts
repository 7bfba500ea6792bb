import { type LightQueries, type LuminaireStatus, type Reading, type ReceivedReading, toIso } from '@fanari/contracts'
import type { Journal } from './journal/journal.ts'
import type { Judge } from './judge.ts'
import type { LightHistory } from './light-history.ts'

const received = (reading: Reading, receivedAt: number): ReceivedReading => {
  const { at, ...fields } = reading
  return { at: toIso(at), receivedAt: toIso(receivedAt), ...fields }
}

/** What is known of lights now, from the judge, and what was received before, from the journal. */
export const createLightQueries = (options: {
  judge: Pick<Judge, 'jurisdictions' | 'onChange'>
  journal: Pick<Journal, 'quarantine'>
  history: LightHistory
}): LightQueries => {
  const { judge, journal, history } = options

  const lastReading = (municipality: string, device: string): ReceivedReading | null => {
    const last = judge.jurisdictions.get(municipality)?.lastReadings.get(device)
    return last === undefined ? null : received(last.reading, last.receivedAt)
  }

  const luminaire = (municipality: string, id: string): LuminaireStatus | null => {
    const light = judge.jurisdictions.get(municipality)?.detector.light(id)
    if (light === undefined || light === null) return null
    return {
      id: light.id,
      device: light.device,
      community: light.community,
      state: light.state,
      since: toIso(light.since),
      reason: light.reason,
      lastReading: lastReading(municipality, light.device),
      lastSeen: light.lastSeenAt === 0 ? null : toIso(light.lastSeenAt),
      ...(light.incident === null ? {} : { incident: light.incident }),
    }
  }

  return {
    luminaire: async (municipality, id) => luminaire(municipality, id),
    luminaires: async (municipality, ids) => ids.map((id) => luminaire(municipality, id)),
    lastReadings: async (municipality, devices) => devices.map((device) => lastReading(municipality, device)),
    forecast: async (municipality, id) => judge.jurisdictions.get(municipality)?.detector.forecast(id) ?? null,
    lights: async (municipality) =>
      (judge.jurisdictions.get(municipality)?.detector.lights() ?? []).map(({ id, state, reason }) => ({
        id,
        state,
        reason,
      })),
    async explainLight(municipality, id) {
      const jurisdiction = judge.jurisdictions.get(municipality)
      const light = jurisdiction?.detector.light(id)
      if (jurisdiction === undefined || light === undefined || light === null) return null
      return jurisdiction.detector.explainLight(id, jurisdiction.lastReadings.get(light.device)?.reading ?? null)
    },
    explainIncident: async (municipality, incident) =>
      judge.jurisdictions.get(municipality)?.detector.explainIncident(incident) ?? null,
    communities: async (municipality) => judge.jurisdictions.get(municipality)?.detector.communities() ?? [],
    readings: (municipality, device, range) => history.readings(municipality, device, range),
    history: (municipality, device, range) => history.history(municipality, device, range),
    quarantine: (municipality, page) => journal.quarantine(municipality, page),
    onChange: (listener) => judge.onChange(listener),
  }
}
