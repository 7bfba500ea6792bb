import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../catalogue.ts'
import { type DocumentName, documents } from './documents.ts'
import { type JsonObject, jsonSchemaOf } from './json-schema.ts'
import { messages } from './messages.ts'

const names = Object.keys(documents) as DocumentName[]

const validatorOf = (name: DocumentName) => {
  const ajv = formats.default(new Ajv2020({ strictTypes: false, strictTuples: false }))
  return ajv.compile(jsonSchemaOf(name, { dialect: 'draft-2020-12' }))
}

const at = '2026-01-14T16:00:00.000Z'
const point = { type: 'Point', coordinates: [26.53, 41.58] }
const feature = (properties: JsonObject, geometry: unknown = point) => ({ type: 'Feature', geometry, properties })
const grid = { kind: 'luminaire', id: 'L1', community: 'lepti', supply: 'grid', ratedPower: 62 }
const [incident] = messages.incident.examples.map(({ payload }) => payload as JsonObject)
const [ticket] = messages.ticket.examples.map(({ payload }) => payload as JsonObject)
const light = { lit: 6, dark: 3, unknown: 0, total: 9, darkCommunity: true, at }
const status = { id: 'L1', device: 'L1', community: 'lepti', state: 'lit', since: at, reason: 'poweredAsExpected' }
const night = { night: '2026-01-14', probabilityDark: 0.2 }
const forecast = { ...night, stateOfCharge: 71, usableEnergy: 310, neededEnergy: 290, next: [night, night, night], at }
const report = { category: 'street-light-out', channel: 'phone', clientId: 'c-1' }
const known = {
  ...{ ticket: 't-1', incident: null, status: 'open', since: at, circuit: null, service: null, expectedBy: null },
  ...{ reports: 2, dark: 1, el: 'Γνωστό', en: 'Known' },
}
const attached = {
  rule: 'luminaire',
  score: 1,
  reasons: [{ el: 'Ίδιο φωτιστικό', en: 'Same light' }],
  at,
  by: 'platform',
}
const reportRecord = {
  ...{ id: 'r-1', municipality: 'orestiada', trackingCode: '4817209355', ticket: 't-1', category: 'street-light-out' },
  ...{
    channel: 'web',
    language: 'el',
    clientId: 'c-1',
    by: 'citizen',
    createdAt: at,
    alreadyKnown: false,
    attached,
    known: null,
  },
  ...{ verified: 'unknown', status: 'open' },
}
const tracking = {
  ...{ trackingCode: '4817209355', category: 'street-light-out', createdAt: at, status: 'open', outcome: null },
  ...{
    service: 'municipalLighting',
    title: 'τ',
    place: 'π',
    reports: 1,
    dueAt: null,
    resolvedAt: null,
    closedAt: null,
  },
  ...{ steps: [{ at, event: 'opened', el: 'α', en: 'a' }], asks: null, answer: null },
}
const citizenEvent = {
  ...{ id: 1, municipality: 'orestiada', at, by: 'telemetry', subject: { kind: 'ticket', id: 't-1' }, ticket: 't-1' },
  ...{ event: 'ticketOpened', details: { to: 'open' } },
}
const problem = { type: '/problems/not-found', title: 'There is nothing at this address', status: 404, retry: false }
const setAside = { topic: 'city/v1/m/devices/d/telemetry', reason: 'malformedJson', receivedAt: at, payload: '{' }

/** What both validators take, and what both refuse. */
const table: Record<DocumentName, { good: unknown[]; bad: unknown[] }> = {
  'asset-cabinet': {
    good: [feature({ kind: 'cabinet', id: 'K12', community: 'lepti' })],
    bad: [feature({ kind: 'cabinet', id: 'K12' }), feature({ kind: 'gateway', id: 'K12', community: 'lepti' })],
  },
  'asset-community': {
    good: [feature({ kind: 'community', id: 'lepti', name: 'Λεπτή', population: 812 })],
    bad: [
      feature({ kind: 'community', id: 'lepti', name: '' }),
      feature({ kind: 'community', id: 'lepti', name: 'Λ' }, null),
    ],
  },
  'asset-gateway': {
    good: [feature({ kind: 'gateway', id: 'G1' })],
    bad: [
      feature({ kind: 'gateway', id: 'G/1' }),
      feature({ kind: 'gateway', id: 'G1' }, { type: 'Point', coordinates: [26.53, 91] }),
      feature({ kind: 'gateway', id: 'G1' }, { type: 'Point', coordinates: [26.53] }),
    ],
  },
  'asset-luminaire': {
    good: [
      feature(grid),
      feature({ ...grid, phase: 'L1', reportInterval: 2 }),
      feature({ ...grid, supply: 'solar', panelPower: 120, batteryCapacity: 614 }),
    ],
    bad: [
      feature({ ...grid, ratedPower: 0 }),
      feature({ ...grid, supply: 'solar' }),
      feature({ ...grid, phase: 'L4' }),
    ],
  },
  'asset-program': {
    good: [feature({ kind: 'program', id: 'late', steps: [{ at: 'dawn-2h', level: 50 }] }, null)],
    bad: [
      feature({ kind: 'program', id: 'off', steps: [{ at: 'dusk', level: 50 }] }, null),
      feature({ kind: 'program', id: 'late', steps: [{ at: 'tea', level: 50 }] }, null),
      feature({ kind: 'program', id: 'late', steps: [] }, null),
      feature({ kind: 'program', id: 'late', steps: [{ at: 'dusk', level: 50 }] }),
    ],
  },
  'asset-sensor': {
    good: [feature({ kind: 'sensor', id: 'A1', community: 'lepti', measures: { pm10: 'µg/m³' } })],
    bad: [feature({ kind: 'sensor', id: 'A1', community: 'lepti', measures: { pm10: 1 } })],
  },
  catalogue: { good: [catalogue], bad: [{ ...catalogue, faults: [{ fault: 'unheardOf' }] }, {}] },
  'citizen-event': {
    good: [citizenEvent],
    bad: [
      { ...citizenEvent, event: 'somethingHappened' },
      { ...citizenEvent, id: 0 },
    ],
  },
  'citizen-line-settings': {
    good: [{}, { dutyNumber: '2552 351 100' }],
    bad: [{ dutyNumber: 'call us' }, { townRadiusM: 0 }],
  },
  'community-light': {
    good: [light],
    bad: [
      { ...light, lit: -1 },
      { ...light, dark: 0.5 },
      { ...light, at: 'now' },
    ],
  },
  'community-status': {
    good: [{ ...light, id: 'lepti', name: 'Λεπτή' }],
    bad: [light, { ...light, id: 'a/b', name: 'x' }],
  },
  'device-command': {
    good: [{ id: 'c-1', type: 'setLevel', level: 40, until: 1_768_406_400_000 }],
    bad: [
      { id: 'c-1', type: 'setLevel', level: 101 },
      { type: 'poll' },
      { id: 'c-1', type: 'setProgram', program: [] },
    ],
  },
  'device-event': {
    good: [{ type: 'supplyLoss', at, details: { deep: [{ er: [null, 1, 'x'] }] } }],
    bad: [{ type: 'supplyLoss' }, { type: '', at }, { type: 'supplyLoss', at: '2026-01-14T16:00:00' }],
  },
  'device-result': { good: [{ id: 'c-1', status: 'applied' }], bad: [{ id: 'c-1', status: 'done' }] },
  'device-status': {
    good: [
      { state: 'online', session: 'a' },
      { state: 'sleeping', at: 0 },
    ],
    bad: [{ state: 'awake' }, { state: 'online', session: '' }, { state: 'online', at: 1.5 }],
  },
  forecast: {
    good: [forecast, { ...forecast, expectedDarkAt: at }],
    bad: [
      { ...forecast, probabilityDark: 1.1 },
      { ...forecast, next: [night] },
      { ...forecast, night: '14/1/2026' },
    ],
  },
  'import-answer': {
    good: [{ created: 1, updated: 0, unchanged: 0, rejected: [{ index: 3, id: 'L1', reason: 'properties.id: x' }] }],
    bad: [{ created: 1, updated: 0, unchanged: 0 }],
  },
  incident: {
    good: [incident, { ...incident, state: 'resolved', resolvedAt: at, resolution: 'litAgain', ticket: 't-1' }],
    bad: [
      { ...incident, fault: 'x' },
      { ...incident, scope: { kind: 'street', id: 'x' } },
      { ...incident, reason: 'because' },
      { ...incident, members: ['a b'] },
    ],
  },
  'luminaire-status': {
    good: [
      { ...status, lastReading: null, lastSeen: null },
      { ...status, lastReading: { at, receivedAt: at, seq: 4, lightLevel: 100 }, lastSeen: at, incident: 'i-1' },
    ],
    bad: [
      { ...status, lastSeen: null },
      { ...status, state: 'on', lastReading: null, lastSeen: null },
    ],
  },
  maintenance: { good: [{ until: at }, { until: 0, note: 'x' }], bad: [{}, { until: 'tomorrow' }, { until: 8.65e15 }] },
  municipality: { good: [{ name: 'Ορεστιάδα' }], bad: [{ name: '' }, { timeZone: 'Europe/Athens' }] },
  problem: {
    good: [problem],
    bad: [
      { ...problem, status: 'x' },
      { ...problem, retry: undefined },
    ],
  },
  'quarantine-item': { good: [setAside], bad: [{ ...setAside, receivedAt: 0 }] },
  reading: {
    good: [
      { at },
      { at: 1_768_406_400_000, lightLevel: 100, faults: ['lampFailure'], measurements: { pm10: 1 }, unheardOf: true },
    ],
    bad: [
      {},
      { at, lightLevel: 100.1 },
      { at, seq: 0.5 },
      { at, chargerState: 'on' },
      { at, faults: ['x'] },
      { at, measurements: { pm10: '1' } },
      { at, measurements: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, i])) },
    ],
  },
  'received-reading': { good: [{ at, receivedAt: at, lightLevel: 1 }], bad: [{ at }, { at: 0, receivedAt: at }] },
  report: {
    good: [
      report,
      { ...report, lat: 41.5, lon: 26.5, contact: { phone: '25520 12345' }, wholeStreet: true },
      { ...report, category: 'pothole', contact: 'eleni@example.org', danger: ['roadUnsafe'] },
    ],
    bad: [
      { ...report, category: 'dragons' },
      { ...report, contact: { email: 'nobody' } },
      { ...report, danger: ['boredom'] },
      { ...report, lat: 91 },
      { ...report, clientId: '' },
    ],
  },
  'report-answer': {
    good: [
      { id: 'r-1', trackingCode: '4817209355', ticket: 't-1', known: null },
      {
        id: 'r-1',
        trackingCode: '4817209355',
        ticket: 't-1',
        known,
        danger: { stop: true, call: '112', el: 'α', en: 'a' },
      },
    ],
    bad: [
      { id: 'r-1', trackingCode: '4817209355', ticket: 't-1' },
      { id: 'r-1', trackingCode: '4817209355', ticket: 't-1', known: null, danger: { stop: false } },
    ],
  },
  'report-record': {
    good: [reportRecord, { ...reportRecord, answer: { lit: false, at, by: 'citizen' } }],
    bad: [
      { ...reportRecord, verified: 'perhaps' },
      { ...reportRecord, ticket: undefined },
    ],
  },
  telemetry: {
    good: [{ at }, [{ at }, { at: 0 }]],
    bad: [[], [{ at, lightLevel: -1 }], Array.from({ length: 501 }, () => ({ at })), 'x', null],
  },
  ticket: {
    good: [ticket, { ...ticket, status: 'closed', resolvedAt: at, closedAt: at }],
    bad: [
      { ...ticket, status: 'done' },
      { ...ticket, reports: -1 },
      { ...ticket, source: 'radio' },
    ],
  },
  tracking: { good: [tracking], bad: [{ ...tracking, status: 'lost' }, {}] },
  'ticket-action': { good: [{ event: 'started', note: 'x' }], bad: [{ event: 'exploded' }, {}] },
}

describe.each(names)('%s', (name) => {
  const { good, bad } = table[name]
  const validate = validatorOf(name)
  const verdicts = (value: unknown) => ({
    zod: documents[name].schema.safeParse(value).success,
    jsonSchema: validate(value),
  })

  test.each(good)('zod and the JSON Schema both take good value %#', (value) => {
    expect(verdicts(value)).toEqual({ zod: true, jsonSchema: true })
  })

  test.each(bad)('zod and the JSON Schema both refuse bad value %#', (value) => {
    expect(verdicts(value)).toEqual({ zod: false, jsonSchema: false })
  })

  test('says what it is, in the dialect it is written in', () => {
    expect(jsonSchemaOf(name, { dialect: 'draft-2020-12' })).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:fanari:v1:${name}`,
      title: expect.stringMatching(/^(\p{Lu}|How)/u),
    })
  })
})

describe('units', () => {
  /** Numbers that count or order something, and so have no unit. */
  const counts = new Set([
    'rating',
    ...['created', 'updated', 'unchanged', 'index', 'revision', 'reports', 'members', 'population', 'position', 'seq'],
    ...['lit', 'dark', 'unknown', 'total', 'status', 'value', 'probabilityDark', 'score', 'reopenedCount', 'id'],
  ])

  const isNumber = ({ type }: JsonObject): boolean => type === 'number' || type === 'integer'

  const numbersWithoutUnit = (schema: unknown): string[] => {
    if (Array.isArray(schema)) return schema.flatMap(numbersWithoutUnit)
    if (typeof schema !== 'object' || schema === null) return []
    const { properties = {} } = schema as { properties?: Record<string, JsonObject> }
    const here = Object.entries(properties).flatMap(([field, value]) =>
      isNumber(value) && !counts.has(field) && !/\[.+\]/.test(String(value.description)) ? [field] : [],
    )
    return [...here, ...Object.values(schema).flatMap(numbersWithoutUnit)]
  }

  test.each(names)('every quantity of %s names its unit', (name) => {
    expect(numbersWithoutUnit(jsonSchemaOf(name, { dialect: 'draft-2020-12' }))).toEqual([])
  })
})
