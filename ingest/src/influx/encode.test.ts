import type { AssetFeature, JournalEntry, Ticket } from '@fanari/contracts'
import { describe, expect, it } from 'vitest'
import { createDecisionEncoder } from './encode-decisions.ts'
import { encodeEntry } from './encode-journal.ts'
import { ticketLines } from './encode-records.ts'
import { fieldText, lineHead, noLines, pointOf } from './line.ts'
import { createPlaces } from './places.ts'

const light: AssetFeature = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [26.5, 41.5] },
  properties: {
    kind: 'luminaire',
    id: 'l1',
    device: 'c1',
    community: 'village',
    circuit: 'k7-2',
    ratedPower: 60,
    reportInterval: 300,
    owner: 'municipality',
    program: 'duskToDawn',
    supply: 'grid',
  },
}
const sensor: AssetFeature = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [26.5, 41.5] },
  properties: { kind: 'sensor', id: 's1', community: 'village', measures: { noise: 'dB(A)' }, reportInterval: 900 },
}
const encoded = (entry: JournalEntry) => {
  const places = createPlaces()
  for (const feature of [light, sensor]) places.put('town', feature)
  const lines = noLines()
  return { skipped: encodeEntry(places, entry, lines), raw: lines.raw, records: lines.records }
}
const reading = (device: string, fields: Record<string, unknown>, at = 1_000): JournalEntry => ({
  kind: 'reading',
  municipality: 'town',
  device,
  reading: { at, ...fields },
  position: 1,
  receivedAt: at + 250,
})

describe('line protocol', () => {
  it.each([
    ['float', 12.5, '12.5'],
    ['float', 40, '40'],
    ['float', 1e-7, '1e-7'],
    ['float', 'much', null],
    ['float', Number.NaN, null],
    ['float', Number.POSITIVE_INFINITY, null],
    ['integer', 7, '7i'],
    ['integer', 7.5, null],
    ['integer', 2 ** 60, null],
    ['boolean', false, 'false'],
    ['boolean', 0, null],
    ['string', 'a "b" \\ c', '"a \\"b\\" \\\\ c"'],
    ['string', 5, null],
    ['string', '\ud800', '"\ufffd"'],
  ] as const)('writes a %s from %j as %s', (type, value, expected) => {
    expect(fieldText(type, value)).toBe(expected)
  })

  it('always has the whole set of tags, sorted, with none where there is no value', () => {
    expect(lineHead('luminaire_reading', { municipality: 'town', luminaire: 'l 1', circuit: '' })).toBe(
      'luminaire_reading,cabinet=none,circuit=none,community=none,luminaire=l\\ 1,municipality=town,phase=none,supply=none',
    )
  })

  it('lets nothing in a tag break its line', () => {
    const head = lineHead('sensor_reading', { quantity: 'a,b=c\nd\\' })
    expect(head).toContain('quantity=a\\,b\\=c_d_')
    expect(head.split('\n')).toHaveLength(1)
  })

  it('has no point without a field, nor at a time that cannot be stored', () => {
    expect(pointOf('roll_call', {}, {}, 0)).toEqual([])
    expect(pointOf('roll_call', {}, { lit: 1 }, 8.64e15)).toEqual([])
    expect(pointOf('roll_call', {}, { lit: 1 }, 1)).toHaveLength(1)
  })
})

describe('an entry of the journal', () => {
  it('of a light is one point with the types of the table, by the tags of its asset', () => {
    expect(encoded(reading('c1', { seq: 3, activePower: 58, lightLevel: 70.5, faults: ['lampFailure'] }))).toEqual({
      skipped: null,
      raw: [
        'luminaire_reading,cabinet=none,circuit=k7-2,community=village,luminaire=l1,municipality=town,phase=none,supply=grid received_delay_ms=250i,seq=3i,light_level_pct=70.5,active_power_w=58,faults="lampFailure" 1000',
      ],
      records: [],
    })
  })

  it('of a sensor is a point a quantity that its asset announces, and none of others', () => {
    expect(
      encoded(reading('s1', { measurements: { noise: 61, evil: 1, constructor: 2 }, illuminance: 3 })).raw,
    ).toEqual([
      'sensor_reading,community=village,municipality=town,quantity=noise,sensor=s1 received_delay_ms=250i,value=61,unit="dB(A)" 1000',
      'sensor_reading,community=village,municipality=town,quantity=illuminance_lx,sensor=s1 received_delay_ms=250i,value=3,unit="lx" 1000',
    ])
  })

  it.each([
    ['of a device that nobody knows', reading('stranger', { activePower: 1 }), 'unknownDevice'],
    ['of a time beyond 64 bits of nanoseconds', reading('c1', { activePower: 1 }, 8.64e15), 'time'],
  ] as const)('%s makes no point, and is counted as %3$s', (_what, entry, skipped) => {
    expect(encoded(entry)).toEqual({ skipped, raw: [], records: [] })
  })

  it('of an event has the fault as a tag, and what is no fault as other', () => {
    const event = (type: string): JournalEntry => ({
      kind: 'event',
      municipality: 'town',
      device: 'c1',
      event: { type, at: 5 },
      position: 1,
      receivedAt: 6,
    })
    expect(encoded(event('supplyLoss')).records[0]).toContain(',event=supplyLoss,')
    expect(encoded(event('anything,at=all')).records[0]).toContain(',event=other,')
  })
})

describe('a roll-call', () => {
  it('tells of each light that was called what it was; one that was off was not called', () => {
    const places = createPlaces()
    for (const id of ['a', 'b', 'c', 'd'])
      places.put('town', { ...light, properties: { ...light.properties, id, device: id } } as AssetFeature)
    const encoder = createDecisionEncoder({
      places,
      stateOf: (_municipality, luminaire) => (luminaire === 'a' ? 'lit' : 'off'),
      forecastOf: () => null,
    })
    const lines = encoder.encode('town', [
      { type: 'light.changed', at: 1, luminaire: 'b', state: 'dark', reason: 'neverReported' },
      {
        type: 'rollCall',
        at: 61_000,
        night: '2026-10-25',
        community: 'village',
        moment: 'midnight',
        plannedAt: '1970-01-01T00:01:00.000Z',
        lit: 1,
        dark: 1,
        unknown: 1,
        darkLights: ['b'],
        unknownLights: ['c'],
      },
    ])
    const calls = lines.filter(({ text }) => text.startsWith('roll_call_light')).map(({ text }) => text)
    expect(calls.map((text) => [/luminaire=(\w)/.exec(text)?.[1], /result_code=(\d)i/.exec(text)?.[1]])).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '4'],
    ])
    expect(lines.find(({ text }) => text.startsWith('roll_call,'))?.text).toBe(
      'roll_call,community=village,moment=midnight,municipality=town night="2026-10-25",lit=1i,dark=1i,unknown=1i,called=3i,late_s=1 60000',
    )
  })
})

describe('a ticket', () => {
  const ticket: Ticket = {
    id: 't1',
    municipality: 'town',
    category: 'street-light-out',
    source: 'telemetry',
    status: 'resolved',
    service: 'municipalLighting',
    reports: 2,
    members: [],
    createdAt: '1970-01-01T00:00:00.000Z',
    firstReportAt: '1970-01-01T00:30:00.000Z',
    detectedBeforeReportMs: 1_800_000,
    title: 'Σβηστό',
    location: { community: 'village', text: 'here' },
    history: [
      { at: '1970-01-01T00:00:00.000Z', event: 'opened', by: 'telemetry' },
      { at: '1970-01-01T01:00:00.000Z', event: 'assigned', by: 'Maria' },
      { at: '1970-01-01T02:00:00.000Z', event: 'resolved', by: 'Maria' },
    ],
    revision: 3,
  }

  it('is a point a line of its history, without who it was', () => {
    const texts = ticketLines(ticket).map(({ text }) => text)
    expect(texts).toHaveLength(3)
    expect(texts[0]).toMatch(/event=opened.*found_before_call=1i,detected_before_call_min=30 /)
    expect(texts[1]).toMatch(/event=assigned.*status="assigned".*to_first_step_s=3600 /)
    expect(texts[2]).toMatch(/event=resolved.*status_code=4i,open=0i.*to_resolve_s=7200 /)
    expect(texts.join()).not.toContain('Maria')
  })

  it('without a light is kept apart from another of the same moment, and stays where it is', () => {
    const [first, again] = [ticketLines(ticket), ticketLines(ticket)]
    const other = ticketLines({ ...ticket, id: 't2' })
    expect(first).toEqual(again)
    expect(first[0]?.text.split(' ').at(-1)).not.toBe(other[0]?.text.split(' ').at(-1))
    expect(Number(first[0]?.text.split(' ').at(-1))).toBeLessThan(1_000)
  })
})
