import { describe, expect, test } from 'vitest'
import { catalogue, catalogueSchema, faultCatalogue } from './catalogue.ts'
import { faultNames, ownFaultNames, talqFaultNames } from './fault-names.ts'

const greek = /\p{Script=Greek}/u
const latin = /^[A-Z]/
const faults = catalogue.faults.map((fault) => [fault.fault, fault] as const)

describe('the fault catalogue', () => {
  test('describes every fault once, in the order of the contract', () => {
    expect(catalogue.faults.map(({ fault }) => fault)).toEqual([...faultNames])
    for (const name of faultNames) expect(faultCatalogue[name].fault).toBe(name)
  })

  test.each(faults)('%s has a title in both languages', (_name, { title }) => {
    expect(title.el).toMatch(greek)
    expect(title.en).toMatch(latin)
  })

  test.each(faults)('%s gives each threshold a unit and a source', (_name, { thresholds }) => {
    for (const { value, unit, source } of Object.values(thresholds)) {
      expect(Number.isFinite(value)).toBe(true)
      expect(unit).not.toBe('')
      expect(source.length).toBeGreaterThan(5)
    }
  })

  test.each(faults)('%s says in a sentence what must be seen, how long, and what ends it', (_name, fault) => {
    expect(fault.rule).toMatch(/^[A-Z].*\.$/)
    expect(fault.hold).not.toBe('')
    expect(fault.clears).not.toBe('')
  })

  test('has TALQ names for the faults of TALQ and for no others', () => {
    expect(talqFaultNames.filter((name) => faultCatalogue[name].talq !== name)).toEqual([])
    expect(ownFaultNames.filter((name) => faultCatalogue[name].talq !== null)).toEqual([])
  })

  // OMA LwM2M registry, objects 3411 Battery, 3416 Outdoor lamp controller, 3418 Electrical monitor (2.0), 3421 Single-phase meter.
  test('names the resources of the LwM2M registry', () => {
    const named = catalogue.faults.flatMap(({ fault, lwm2m }) => (lwm2m === null ? [] : [[fault, lwm2m]]))
    expect(Object.fromEntries(named)).toEqual({
      lampFailure: '3416/5',
      controlGearFailure: '3416/7',
      relayFailure: '3416/9',
      lampUnexpectedOn: '3416/10',
      cyclingFailure: '3416/11',
      highTemperature: '3416/22',
      powerFactorTooLow: '3418/9',
      lampPowerTooLow: '3418/12',
      lampPowerTooHigh: '3418/15',
      currentTooHigh: '3418/19',
      supplyVoltageTooLow: '3418/21',
      supplyVoltageTooHigh: '3418/23',
      batteryLevelTooLow: '3411/6',
      batteryEmpty: '3411/7',
      supplyLoss: '3411/9',
      energyMismatch: '3421/58',
    })
  })

  test('names entities and attributes of the Smart Data Models', () => {
    const named = catalogue.faults.flatMap(({ smartDataModels }) => smartDataModels ?? [])
    for (const name of named) expect(name).toMatch(/^Streetlight(Group|ControlCabinet)?\.[a-zA-Z]+=[\w-]+$/)
  })

  test('says which faults this release finds by itself, and by which thresholds', () => {
    const detected = catalogue.faults.filter((fault) => fault.detected)
    expect(detected.map(({ fault }) => fault).sort()).toEqual([
      'autonomyAtRisk',
      'batteryAged',
      'batteryEmpty',
      'batteryLevelTooLow',
      'cabinetDoorOpen',
      'cabinetOutage',
      'circuitBreakerTripped',
      'circuitOutage',
      'clockFault',
      'communicationFailure',
      'communityDark',
      'controlGearFailure',
      'currentTooHigh',
      'cyclingFailure',
      'dayBurningGroup',
      'dimmingFailure',
      'energyMismatch',
      'gatewayOutage',
      'highTemperature',
      'impactDetected',
      'lampFailure',
      'lampPowerTooHigh',
      'lampPowerTooLow',
      'lampUnexpectedOn',
      'leakageDetected',
      'notCharging',
      'orientationChanged',
      'panelUnderperforming',
      'phaseLoss',
      'platformBlind',
      'powerFactorTooLow',
      'relayFailure',
      'supplyLoss',
      'supplyVoltageTooHigh',
      'supplyVoltageTooLow',
      'suspectedTheft',
    ])
    // These two name a circuit outage more closely, and are judged by its thresholds.
    const byCircuitOutage = ['circuitBreakerTripped', 'suspectedTheft']
    for (const { fault, thresholds } of detected.filter((it) => !byCircuitOutage.includes(it.fault)))
      expect(Object.keys(thresholds), fault).not.toEqual([])
  })

  test.each([
    ['lampFailure', 'luminaire'],
    ['circuitOutage', 'circuit'],
    ['phaseLoss', 'phase'],
    ['cabinetOutage', 'cabinet'],
    ['gatewayOutage', 'gateway'],
    ['communityDark', 'community'],
    ['platformBlind', 'platform'],
  ] as const)('%s is of scope %s', (fault, scope) => {
    expect(faultCatalogue[fault].scope).toBe(scope)
  })

  test('sends nobody out for what is no matter of light', () => {
    const silent = ['communicationFailure', 'gatewayOutage', 'platformBlind', 'communityDark', 'clockFault'] as const
    expect(silent.map((fault) => faultCatalogue[fault].ticket)).toEqual(silent.map(() => null))
  })

  test('keeps the numbers the contract itself gives', () => {
    expect(faultCatalogue.communityDark.thresholds).toMatchObject({
      darkShare: { value: 0.3 },
      minimumDark: { value: 3 },
    })
    const groups = ['circuitOutage', 'phaseLoss', 'cabinetOutage', 'gatewayOutage'] as const
    expect(groups.map((fault) => faultCatalogue[fault].thresholds.minimumMembers?.value)).toEqual([3, 3, 3, 3])
  })
})

describe('the catalogue as published', () => {
  test('is a catalogue', () => {
    expect(catalogueSchema.parse(catalogue)).toEqual(catalogue)
  })

  test.each(['reasons', 'resolutions', 'categories', 'services'] as const)('%s are in both languages', (list) => {
    for (const { el, en } of Object.values(catalogue[list])) {
      expect(el).toMatch(list === 'services' ? /\p{L}/u : greek)
      expect(en).toMatch(latin)
    }
  })

  test('has the lighting categories of the contract first, and the other matters of a municipality', () => {
    const codes = Object.entries(catalogue.categories)
    const lighting = codes.filter(([, { group }]) => group === 'lighting').map(([code]) => code)
    expect(codes.slice(0, lighting.length).map(([code]) => code)).toEqual(lighting)
    expect(codes.map(([code]) => code)).toEqual(
      expect.arrayContaining([
        'pothole',
        'abandoned-vehicle',
        'waste-collection',
        'water-leak',
        'information',
        'other',
      ]),
    )
    expect(lighting).toEqual([
      'street-light-out',
      'street-light-flickering',
      'street-light-on-by-day',
      'street-dark',
      'pole-damaged',
      'new-street-light',
      'other-lighting',
    ])
  })

  // Whoever reads incidents matches on these: a code may be added, never renamed.
  test('has the reasons that decisions carry', () => {
    expect(Object.keys(catalogue.reasons)).toEqual(
      expect.arrayContaining([
        ...[
          'poweredAsExpected',
          'notScheduled',
          'twilight',
          'settling',
          'awaitingConfirmation',
          'neverReported',
          'silent',
        ],
        ...[
          'silentByDay',
          'sleeping',
          'noLightEvidence',
          'underMaintenance',
          'noPowerWhenExpectedOn',
          'raisedByDevice',
        ],
        ...[
          'powerWhenExpectedOff',
          'lastGasp',
          'noSupplyVoltage',
          'loadDisconnected',
          'missedReports',
          'connectionLost',
        ],
        ...[
          'membersDarkTogether',
          'membersSilentTogether',
          'gatewayUnreachable',
          'shareOfCommunityDark',
          'ownDowntime',
        ],
        'massSilence',
      ]),
    )
  })

  test('has the resolutions the contract gives to a communication failure', () => {
    expect(Object.keys(catalogue.resolutions)).toEqual(expect.arrayContaining(['stillRunning', 'restarted', 'unknown']))
  })
})
