import { mkdtempSync, rmSync } from 'node:fs'

import { tmpdir } from 'node:os'

import { join } from 'node:path'
import {
  type Clock,
  type CommunityStatus,
  type DetectorOutput,
  dayMs,
  type Forecast,
  type HistoryItem,
  type IncidentExplanation,
  type JournalRecord,
  type LightExplanation,
  type LightQueries,
  type LuminaireStatus,
  type NightQueries,
  type NightSums,
  type QuarantineItem,
  type ReceivedReading,
  type RollCall,
} from '@fanari/contracts'
import { onTestFinished } from 'vitest'
import type { Api, ApiOptions } from './api-options.ts'
import { createApi } from './create-api.ts'
import { createDirectoryReader, type DirectoryReader } from './register/directory-reader.ts'

/** For tests: the real API over a real file and real sockets, with the other services' ports played from memory. */
export interface TestApi {
  api: Api
  folder: string
  /** What the journal has been given; `refuse` makes it say no. */
  journal: { records: JournalRecord[]; refuse: boolean }
  /** What went to MQTT; `refuse` makes the broker say no. */
  mqtt: { messages: { topic: string; payload: string; retain: boolean }[]; refuse: boolean }
  lights: {
    statuses: Map<string, LuminaireStatus>
    /** By device. */
    lastReadings: Map<string, ReceivedReading>
    explanations: Map<string, LightExplanation>
    incidentExplanations: Map<string, IncidentExplanation>
    forecasts: Map<string, Forecast>
    communities: CommunityStatus[]
    readings: ReceivedReading[]
    history: HistoryItem[]
    quarantine: QuarantineItem[]
    emit(municipality: string, outputs: DetectorOutput[]): void
  }
  nights: { night: string | null; sums: NightSums[]; rollCalls: RollCall[] }
  clock: Clock & { set(at: number): void }
  /** Wall time [ms]. */
  wall: { now: number }
  url(path: string): string
  /** With the administrator's token, unless `token` says otherwise. */
  call(
    method: string,
    path: string,
    request?: { body?: unknown; token?: string | null; headers?: Record<string, string> },
  ): Promise<{ status: number; headers: Headers; body: never; text: string }>
  /** Ends this one and opens the same database anew, as after a restart. */
  restart(): Promise<void>
  close(): Promise<void>
}

export const adminToken = 'test-admin-token'
export const epoch = Date.parse('2026-01-10T18:00:00.000Z')

export const startTestApi = async (overrides: Partial<ApiOptions> = {}): Promise<TestApi> => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-api-'))
  let now = epoch
  const listeners = new Set<(municipality: string, outputs: DetectorOutput[]) => void>()
  const journal: TestApi['journal'] = { records: [], refuse: false }
  const mqtt: TestApi['mqtt'] = { messages: [], refuse: false }
  const lights: TestApi['lights'] = {
    statuses: new Map(),
    lastReadings: new Map(),
    explanations: new Map(),
    incidentExplanations: new Map(),
    forecasts: new Map(),
    communities: [],
    readings: [],
    history: [],
    quarantine: [],
    emit: (municipality, outputs) => {
      for (const listener of listeners) listener(municipality, outputs)
    },
  }
  const queries: LightQueries = {
    luminaire: async (_municipality, id) => lights.statuses.get(id) ?? null,
    luminaires: async (_municipality, ids) => ids.map((id) => lights.statuses.get(id) ?? null),
    lastReadings: async (_municipality, devices) => devices.map((device) => lights.lastReadings.get(device) ?? null),
    forecast: async (_municipality, id) => lights.forecasts.get(id) ?? null,
    lights: async () => [...lights.statuses.values()].map(({ id, state, reason }) => ({ id, state, reason })),
    explainLight: async (_municipality, id) => lights.explanations.get(id) ?? null,
    explainIncident: async (_municipality, { id }) => lights.incidentExplanations.get(id) ?? null,
    communities: async () => [...lights.communities],
    readings: async (_municipality, _device, { from, to, limit }) =>
      lights.readings.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) < to).slice(0, limit),
    history: async () => lights.history,
    quarantine: async (_municipality, { limit, before = 0 }) => {
      const end = before + limit
      return { items: lights.quarantine.slice(before, end), next: end < lights.quarantine.length ? end : null }
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const nights: TestApi['nights'] = { night: null, sums: [], rollCalls: [] }
  const nightQueries: NightQueries = {
    night: async () => nights.night,
    // Noon to noon in Athens, in winter.
    boundsOf: async (_municipality, night) => {
      const from = Date.parse(`${night}T10:00:00.000Z`)
      return { from, until: from + dayMs }
    },
    sums: async (_municipality, { by }) => nights.sums.filter(({ group }) => group.startsWith(by)),
    rollCalls: async (_municipality, night) =>
      nights.rollCalls.filter((call) => call.night === (night ?? nights.rollCalls.at(-1)?.night)),
  }
  const clock: TestApi['clock'] = {
    now: () => now,
    speed: 1,
    set: (at) => {
      now = at
    },
  }
  const wall = { now: epoch }
  const make = () =>
    createApi({
      databaseFile: join(folder, 'fanari.db'),
      port: 0,
      clock,
      wallNow: () => wall.now,
      floodLimits: { intakePerAddress: null, intakeInAll: null },
      log: () => {},
      adminToken,
      // Real, and weak: tests sign in by the dozen.
      passwordCost: { log2N: 10, r: 8, p: 1 },
      journal: {
        append: async (records) => {
          if (journal.refuse) throw new Error('the journal is full')
          journal.records.push(...records)
          return { position: journal.records.length }
        },
      },
      publisher: {
        publish: async (topic, payload, { retain }) => {
          if (mqtt.refuse) throw new Error('the broker is away')
          mqtt.messages.push({ topic, payload, retain })
        },
      },
      lights: queries,
      nights: nightQueries,
      readiness: () => [{ ready: true, detail: 'intake' }],
      metrics: [],
      ...overrides,
    })

  const test: TestApi = {
    api: make(),
    folder,
    journal,
    mqtt,
    lights,
    nights,
    clock,
    wall,
    url: (path) => `http://127.0.0.1:${test.api.address()?.port}${path}`,
    call: async (method, path, { body, token = adminToken, headers = {} } = {}) => {
      const response = await fetch(test.url(path), {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '')
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: (isJson ? JSON.parse(text) : null) as never,
      }
    },
    restart: async () => {
      await test.api.stop()
      test.api = make()
      await test.api.start()
    },
    close: async () => {
      await test.api.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await test.api.start()
  } catch (error) {
    await test.close()
    throw error
  }
  return test
}

/** The register as another process reads it beside this api; closed with the running test. `now`: its wall time [ms]. */
export const openReader = (test: TestApi, now: () => number = () => performance.now()): DirectoryReader => {
  const reader = createDirectoryReader({
    databaseFile: join(test.folder, 'fanari.db'),
    clock: test.clock,
    monotonicNow: now,
    adminToken,
  })
  reader.open()
  onTestFinished(() => reader.close())
  return reader
}

/** Waits until `holds`, by looking often. */
export const until = async (holds: () => boolean): Promise<void> => {
  const end = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > end) throw new Error('waited 10 s in vain')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
