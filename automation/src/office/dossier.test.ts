import type { CabinetProperties, LuminaireProperties } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { anIncident, aTicket } from '../documents.fixture.ts'
import { type DossierFacts, writeLetter } from './dossier.ts'
import { hearMatter, initialDossiers, type LetterKind, planLetters } from './dossier-plan.ts'

const policy = { waitMs: 100, correctionMs: 1_000 }
const ours = (more = {}) => aTicket({ service: 'networkOperator', ...more })

describe('letters about a ticket', () => {
  const opened = planLetters(hearMatter(initialDossiers, ours(), 0), policy, 100).state

  test.for<[string, LetterKind[], number, Parameters<typeof ours>[0]]>([
    ['nothing has changed but its status', [], 9_000, { status: 'inProgress', revision: 2 }],
    ['more lights are found dark', ['corrected'], 9_000, { members: ['a-01'], revision: 2 }],
    ['more lights are found dark, a moment later', [], 500, { members: ['a-01'], revision: 2 }],
    ['it is repaired', ['closed'], 500, { status: 'closed', outcome: 'fixed', revision: 2 }],
    ['another ticket goes on with it', ['withdrawn'], 500, { status: 'closed', outcome: 'superseded', revision: 2 }],
    ['it goes to the crew of the municipality', ['withdrawn'], 500, { service: 'municipalLighting', revision: 2 }],
    ['an old document comes late', [], 9_000, { members: ['a-01'], revision: 1 }],
  ])('when %s: %j', ([, kinds, at, more]) => {
    const { letters } = planLetters(hearMatter(opened, ours(more), 200), policy, at)
    expect(letters.map(({ kind }) => kind)).toEqual(kinds)
  })

  test('the first waits while the matter may still grow, and is not written when it ends before', () => {
    const heard = hearMatter(initialDossiers, ours(), 0)
    expect(planLetters(heard, policy, 99)).toMatchObject({ letters: [], nextAt: 100 })
    const over = hearMatter(heard, ours({ status: 'closed', revision: 2 }), 50)
    expect(planLetters(over, policy, 9_000)).toMatchObject({ letters: [], nextAt: null })
  })

  test('none is written about tickets of others', () => {
    expect(hearMatter(initialDossiers, aTicket(), 0)).toEqual(initialDossiers)
  })

  test('an end is told once', () => {
    const closed = planLetters(hearMatter(opened, ours({ status: 'closed', revision: 2 }), 200), policy, 200)
    expect(planLetters(closed.state, policy, 9_000).letters).toEqual([])
  })
})

const light = (id: string, more = {}) =>
  ({
    kind: 'luminaire',
    id,
    community: 'v',
    supply: 'grid',
    ratedPower: 60,
    cabinet: 'k9',
    circuit: 'C-12',
    ...more,
  }) as LuminaireProperties
const facts = (more: Partial<DossierFacts> = {}): DossierFacts => ({
  municipality: 'Δήμος Σουφλίου',
  contact: '25540 12345, βάρδια',
  timeZone: 'Europe/Athens',
  ticket: ours(),
  incident: anIncident(),
  lights: [{ light: light('a-01', { pole: 'Σ-17', street: '=HYPERLINK("x")' }), lat: 41.5, lon: 26.53 }],
  cabinets: [{ kind: 'cabinet', id: 'k9', community: 'v', supplyNumber: '123456789-01' } as CabinetProperties],
  ...more,
})

describe('a letter', () => {
  test('tells pillar, supply number, lamps, since when, and what speaks for the fault', () => {
    const { subject, text } = writeLetter('opened', facts())
    expect(subject).toBe('[t-1] Αναγγελία βλάβης: Σκοτεινό κύκλωμα C-12 (3 φωτιστικά), Νέα Βύσσα')
    expect(text).toContain('Δήμος: Δήμος Σουφλίου\nΕπικοινωνία: 25540 12345, βάρδια\n')
    expect(text).toContain('Από: 25/11/2026 20:38')
    expect(text).toContain('Πίλαρ: k9: παροχή 123456789-01')
    expect(text).toContain('• φωτιστικό a-01, στύλος Σ-17')
    expect(text).toContain('• 25/11/2026 20:38 a-01: 0 W')
    expect(text).not.toContain('b-01')
  })

  test('brings its lights as a table, in which no text becomes a formula', () => {
    expect(writeLetter('opened', facts()).attachment).toEqual({
      filename: 't-1.csv',
      content:
        '\uFEFFΦωτιστικό;Στύλος;Οδός;Πίλαρ;Αρ. παροχής;Κύκλωμα;Φάση;Ισχύς W;Πλάτος;Μήκος\r\na-01;Σ-17;"\'=HYPERLINK(""x"")";k9;123456789-01;C-12;;60;41.5;26.53\r\n',
    })
  })

  test('of the end says until when, and lists nothing', () => {
    const { text, attachment } = writeLetter(
      'closed',
      facts({ incident: anIncident({ state: 'resolved', resolvedAt: '2026-11-25T20:00:00.000Z' }) }),
    )
    expect(text).toContain('Έως: 25/11/2026 22:00')
    expect(text).not.toContain('Τεκμήρια')
    expect(attachment).toBeNull()
  })

  test('names nobody to call back when nobody is named', () => {
    expect(writeLetter('opened', facts({ contact: '' })).text).not.toContain('Επικοινωνία')
  })

  test('can be written when the register knows neither light nor cabinet', () => {
    expect(writeLetter('opened', facts({ lights: [], cabinets: [], incident: null })).text).toContain('Πίλαρ: —')
  })
})
