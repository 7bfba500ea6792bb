import { type Incident, type LightExplanation, type Reading, reasons, resolutions } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { turns } from './explain-turns.ts'
import { ids, lamp, lamps, m, midnight, noon, reporting, type Story, tell } from './story.ts'

const newest = (story: Story, device: string): Reading | null => {
  const readings = story.entries.flatMap((entry) =>
    entry.kind === 'reading' && entry.device === device ? [entry.reading] : [],
  )
  return readings.at(-1) ?? null
}
const explain = (story: Story, id: string): LightExplanation => {
  const explanation = story.detector.explainLight(id, newest(story, id))
  if (explanation === null) throw new Error(`${id} is not known`)
  return explanation
}
const told = (story: Story, fault: string): Incident => {
  const change = story.changes.findLast(({ incident }) => incident.fault === fault)
  if (change === undefined) throw new Error(`${fault} was not told of`)
  return change.incident
}

describe('why a light is believed to be', () => {
  test('lit: its program, its last reading, and what would change it', () => {
    const story = tell({ assets: [lamp('a')] })
    story.pass(
      900,
      reporting(story, ['a'], 300, () => ({ lightLevel: 100 })),
    )
    const { text, ...facts } = explain(story, 'a')
    expect(facts).toMatchObject({
      state: 'lit',
      reason: 'poweredAsExpected',
      expectation: { mode: 'on', level: 100 },
      lastReading: { activePower: 58, ratedPower: 60, supplyVoltage: 231 },
      darkReadings: 0,
      silence: { counts: true, missed: 0, decides: 6 },
      causes: [],
      incident: null,
    })
    expect(text.el.slice(0, 2)).toEqual(['Θεωρείται αναμμένο, από τις 00:05.', 'Ανάβει: η ισχύς είναι η αναμενόμενη.'])
    expect(text.el[3]).toBe('Τελευταία μέτρηση στις 00:15: ισχύς 58 W (ονομαστική 60 W), στάθμη 100 %, τάση 231 V.')
    expect(text.en.at(-1)).toBe('2 readings in a row without power would change this, or 6 missed reports in a row.')
  })

  test('off by day: until when, by its program', () => {
    const story = tell({ start: noon, assets: [lamp('a')] })
    story.pass(
      700,
      reporting(story, ['a'], 300, () => ({ activePower: 0.4 })),
    )
    const { text, expectation } = explain(story, 'a')
    expect(expectation).toMatchObject({ mode: 'off', until: expect.stringMatching(/^2026-01-15T1[45]:/) })
    expect(text.el[0]).toBe('Θεωρείται σβηστό, από τις 12:05.')
    expect(text.el[2]).toMatch(/^Κατά το πρόγραμμά του πρέπει να είναι σβηστό έως τις 1[67]:\d\d\.$/)
  })

  test('dark: the readings without light, the incident, and what ends it', () => {
    const story = tell({ assets: [lamp('a')] })
    story.pass(400, reporting(story, ['a'], 300))
    story.pass(
      700,
      reporting(story, ['a'], 300, () => ({ activePower: 0.5 })),
    )
    const { text, ...facts } = explain(story, 'a')
    expect(facts).toMatchObject({ state: 'dark', reason: 'noPowerWhenExpectedOn', darkReadings: 2 })
    expect(facts.incident).toBe(told(story, 'lampFailure').id)
    expect(text.el).toContain('Τελευταία μέτρηση στις 00:16: ισχύς 0,5 W (ονομαστική 60 W), τάση 231 V.')
    expect(text.el).toContain('Δεν δείχνει φως σε 2 μετρήσεις στη σειρά, από τις 00:11.')
    expect(text.el.some((it) => it.startsWith('Ανήκει στο συμβάν «Βλάβη λαμπτήρα»'))).toBe(true)
    expect(text.en.at(-1)).toBe('2 readings in a row that show light make it lit again.')
  })

  test('unknown: how many reports were missed and how many decide', () => {
    const story = tell({ assets: lamps('a', 3) })
    story.pass(400, reporting(story, ['a01', 'a02', 'a03'], 300))
    story.pass(1_300, reporting(story, ['a02', 'a03'], 300))
    const { text, ...facts } = explain(story, 'a01')
    expect(facts).toMatchObject({
      state: 'unknown',
      reason: 'silent',
      silence: { counts: true, missed: 4, decides: 6 },
    })
    expect(text.el).toContain(
      'Ακούστηκε τελευταία φορά στις 00:05 και έχει χάσει 4 αναφορές στη σειρά· με 6 θεωρείται εκτός επικοινωνίας.',
    )
    expect(text.en.at(-1)).toBe('The next message from the device changes this.')
  })

  test('never heard: nothing more than that', () => {
    const story = tell({ assets: [lamp('a')] })
    story.pass(10)
    const { text, ...facts } = explain(story, 'a')
    expect(facts).toMatchObject({ state: 'unknown', reason: 'neverReported', lastReading: null })
    expect(facts.silence).toMatchObject({ lastSeen: null, missed: 0 })
    expect(text.el[1]).toBe('Δεν έχει αναφέρει ποτέ.')
  })

  test('dark with its circuit: the cause is weighed in words and numbers', () => {
    const street = lamps('a', 6, { circuit: 'c1' })
    const story = tell({ assets: [...street, lamp('other')] })
    const all = [...ids(street), 'other']
    story.pass(400, reporting(story, all, 300))
    story.pass(
      700,
      reporting(story, all, 300, (id) => (id === 'other' ? {} : { activePower: 0 })),
    )
    const { text, ...facts } = explain(story, 'a01')
    expect(facts).toMatchObject({
      state: 'dark',
      causes: [{ scope: { kind: 'circuit', id: 'c1' }, verdict: 'cause', affected: 6, alive: 0 }],
    })
    expect(text.el).toContain('Το κύκλωμα c1 θεωρείται η αιτία: 6 μέλη χωρίς φως ή σήμα, 0 ζωντανά.')
  })

  test('dark alone on a living circuit: the circuit does not look like the cause', () => {
    const street = lamps('a', 6, { circuit: 'c1' })
    const story = tell({ assets: street })
    story.pass(400, reporting(story, ids(street), 300))
    story.pass(
      1_000,
      reporting(story, ids(street), 300, (id) => (id === 'a01' ? { activePower: 0 } : {})),
    )
    const { causes, text } = explain(story, 'a01')
    expect(causes).toMatchObject([{ verdict: 'excluded', affected: 1, alive: 5 }])
    expect(text.el).toContain('Δεν φαίνεται να φταίει κάτι κοινό: κύκλωμα c1 (5 μέλη ζουν).')
  })

  test('worked on: until when', () => {
    const story = tell({ assets: [lamp('a')] })
    story.pass(400, reporting(story, ['a'], 300))
    const until = midnight + 7_200_000
    story.tell({ kind: 'maintenance', municipality: m, scope: { kind: 'luminaire', id: 'a' }, until })
    story.pass(1)
    const { text } = explain(story, 'a')
    expect(text.el.at(-1)).toBe('Κρίνεται ξανά όταν λήξει η συντήρηση, στις 02:00.')
  })

  test('says the date with a moment that is not of today', () => {
    const story = tell({ start: midnight - 600_000, assets: [lamp('a')] })
    story.pass(400, reporting(story, ['a'], 300))
    story.pass(600, reporting(story, ['a'], 300))
    expect(explain(story, 'a').text.en[0]).toBe('Believed to be lit since 23:55 (2026-01-15).')
  })

  test('looking changes nothing, and a light that is not known has no explanation', () => {
    const story = tell({ assets: lamps('a', 4, { circuit: 'c1' }) })
    story.pass(700, reporting(story, ['a01', 'a02'], 300))
    const before = story.detector.snapshot()
    explain(story, 'a03')
    expect(story.detector.snapshot()).toBe(before)
    expect(story.detector.explainLight('nobody', null)).toBeNull()
  })
})

describe('why an incident is believed', () => {
  const circuitOut = (): Story => {
    const street = lamps('a', 6, { circuit: 'c1' })
    const all = [...ids(street), 'other']
    const story = tell({ assets: [...street, lamp('other')] })
    story.pass(400, reporting(story, all, 300))
    story.pass(
      700,
      reporting(story, all, 300, (id) => (id === 'other' ? {} : { activePower: 0 })),
    )
    return story
  }

  test('open: what it rests on, what its lights do now, and what would end it', () => {
    const story = circuitOut()
    const incident = told(story, 'circuitOutage')
    const { text, ...facts } = story.detector.explainIncident(incident)
    expect(facts).toMatchObject({
      state: 'open',
      members: { total: 6, lit: 0, dark: 6, unknown: 0 },
      evidence: incident.evidence,
    })
    expect(text.el[0]).toMatch(/^Σκοτεινό κύκλωμα\. Το κύκλωμα c1, από τις 00:1\d· διαπιστώθηκε στις 00:1\d\.$/)
    expect(text.el[2]).toMatch(/^Στηρίζεται σε: εικόνα όλων των μελών μαζί, \d μετρήσεις\.$/)
    expect(facts.cause).toEqual(incident.cause)
    expect(text.el.some((it) => /^Δεύτερη πιθανότερη εξήγηση: «.+» \(.+\), .+ φορές λιγότερο πιθανή\.$/.test(it))).toBe(
      incident.cause?.runnerUp != null,
    )
    expect(text.el).toContain('Αφορά 6 φωτιστικά. Τώρα: 0 ανάβουν, 6 σκοτεινά, 0 άγνωστα.')
    expect(text.en.at(-1)).toBe(
      'It ends when each member shows light in 2 readings in a row. When only some return, the rest is judged separately.',
    )
  })

  test('resolved: from its document alone, with its end', () => {
    const story = circuitOut()
    story.pass(1_200, reporting(story, ['a01', 'a02', 'a03', 'a04', 'a05', 'a06', 'other'], 300))
    const incident = told(story, 'circuitOutage')
    expect(incident.state).toBe('resolved')
    const { text, causes } = story.detector.explainIncident(incident)
    expect(causes).toEqual([])
    expect(text.el.at(-1)).toMatch(/^Έληξε στις 00:2\d: Επανήλθε η τροφοδοσία\.$/)
  })
})

describe('the sentences', () => {
  const figures = {
    litReadings: 2,
    darkReadings: 2,
    burningReadings: 3,
    unlitReadings: 2,
    raisedReadings: 2,
    clearReadings: 3,
    missedReports: 6,
    communityPercent: 20,
    heardPercent: 70,
    until: { el: '06:50', en: '06:50' },
  }
  const greek = /^[\p{Script=Greek}«][^\u{41}-\u{5a}]*\.$/u

  test.each(Object.entries(turns))('of %s are whole, in Greek and in English', (reason, { light, incident }) => {
    for (const words of [light(figures), incident(figures), light({ ...figures, until: null })]) {
      expect(words.el).toMatch(greek)
      expect(words.en).toMatch(/^[A-Z0-9][^\p{Script=Greek}]*\.$/u)
    }
    expect(Object.keys(reasons)).toContain(reason)
  })

  test.each(Object.keys(reasons))('say what would change %s', (reason) => {
    expect(Object.keys(turns)).toContain(reason)
  })

  test.each(Object.keys(resolutions))('say how an incident ended with %s', (resolution) => {
    const story = tell({ assets: [lamp('a')] })
    story.pass(400, reporting(story, ['a'], 300))
    story.pass(
      700,
      reporting(story, ['a'], 300, () => ({ activePower: 0.5 })),
    )
    const incident: Incident = {
      ...told(story, 'lampFailure'),
      state: 'resolved',
      resolvedAt: '2026-01-15T22:20:00.000Z',
      resolution: resolution as keyof typeof resolutions,
    }
    expect(story.detector.explainIncident(incident).text.el.at(-1)).toMatch(/^Έληξε στις 00:20: /)
  })
})
