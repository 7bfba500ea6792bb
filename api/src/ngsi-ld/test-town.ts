import { type LightState, toIso } from '@fanari/contracts'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { cabinet, collection, community, incidentChange, luminaire, point } from '../test-documents.ts'

export const light = (id: string): string => `urn:ngsi-ld:Streetlight:orestiada:${id}`
export const cabinetId = 'urn:ngsi-ld:StreetlightControlCabinet:orestiada:C-1'
export const core = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld'

/** For tests: a town with a lit, a broken, a dark, a silent and an unheard light, a metered cabinet, and a town beside it. */
export interface TestTown extends TestApi {
  ngsi(path: string, headers?: Record<string, string>): ReturnType<TestApi['call']>
  setLight(id: string, state: LightState, more?: { reading?: Record<string, unknown>; incident?: string }): void
}

export const startTestTown = async (): Promise<TestTown> => {
  const api = await startTestApi()
  const setLight: TestTown['setLight'] = (id, state, { reading, incident } = {}) => {
    api.lights.statuses.set(id, {
      id,
      device: id,
      community: 'vyssa',
      state,
      since: toIso(epoch - 3_600_000),
      reason: 'poweredAsExpected',
      lastReading: reading === undefined ? null : { at: toIso(epoch), receivedAt: toIso(epoch + 500), ...reading },
      lastSeen: reading === undefined ? null : toIso(epoch + 500),
      ...(incident === undefined ? {} : { incident }),
    })
  }
  await api.call('PUT', '/api/v1/municipalities/orestiada', { body: { name: 'Δήμος Ορεστιάδας' } })
  await api.call('PUT', '/api/v1/municipalities/orestiada/assets', {
    body: collection(
      community('vyssa', 'Νέα Βύσσα'),
      cabinet('C-1', { device: 'meter-1', supplyNumber: '901234567' }),
      luminaire(
        'L-1',
        { street: 'Οδός Θράκης', pole: 'P-7', cabinet: 'C-1', circuit: 'C-1-A' },
        { type: 'Point', coordinates: [26.531, 41.581, 25] },
      ),
      luminaire('L-2', { cabinet: 'C-1', circuit: 'C-1-A' }),
      luminaire('L-3', { cabinet: 'C-1', circuit: 'C-1-B' }, point(26.6, 41.6)),
      luminaire('L-4', {}, point(26.7, 41.7)),
      luminaire('L-5', { ratedPower: 100 }, point(26.8, 41.8)),
    ),
  })
  await api.call('PUT', '/api/v1/municipalities/soufli/assets', {
    body: collection(community('vyssa', 'Λύρα'), luminaire('S-1', {}, point(26.2, 41.1))),
  })
  setLight('L-1', 'lit', {
    reading: { lightLevel: 80, activePower: 58.5, supplyVoltage: 231, supplyCurrent: 0.26, powerFactor: 0.97 },
  })
  setLight('L-2', 'dark', { reading: { activePower: 0.4, supplyVoltage: 230 }, incident: 'i-lamp' })
  setLight('L-3', 'dark', { reading: { activePower: 55 }, incident: 'i-circuit' })
  setLight('L-4', 'unknown')
  const power = { powerL1: 400.26, powerL2: 0, powerL3: 211.1, activePower: 611.36, activeEnergy: 5_321.5 }
  const flow = { voltageL1: 231.2, voltageL2: 229.8, voltageL3: 230.4, currentL1: 1.8, currentL2: 0, currentL3: 0.95 }
  api.lights.lastReadings.set('meter-1', {
    at: toIso(epoch),
    receivedAt: toIso(epoch),
    ...power,
    ...flow,
    doorOpen: true,
  })
  await api.api.incidents.apply('orestiada', [
    incidentChange('incident.opened', epoch - 600_000, {
      id: 'i-lamp',
      fault: 'lampFailure',
      scope: { kind: 'luminaire', id: 'L-2' },
      members: ['L-2'],
    }),
    incidentChange('incident.opened', epoch - 500_000, {
      id: 'i-circuit',
      fault: 'circuitOutage',
      scope: { kind: 'circuit', id: 'C-1-B' },
      members: ['L-3'],
    }),
    incidentChange('incident.opened', epoch - 400_000, {
      id: 'i-door',
      fault: 'cabinetDoorOpen',
      scope: { kind: 'cabinet', id: 'C-1' },
      members: [],
    }),
  ])
  return {
    ...api,
    setLight,
    ngsi: (path, headers = {}) => api.call('GET', `/ngsi-ld/v1/${path}`, { token: null, headers }),
  }
}
