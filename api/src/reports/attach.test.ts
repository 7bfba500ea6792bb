import { type Category, dayMs, defaultCitizenLineSettings, hourMs, type Ticket, toIso } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { type AttachCandidate, type AttachSubject, decideAttachment } from './attach.ts'

const now = Date.parse('2026-01-10T20:00:00.000Z')

const ticket = (id: string, more: Partial<Ticket> = {}): Ticket => ({
  id,
  municipality: 'orestiada',
  category: 'street-light-out',
  source: 'phone',
  status: 'open',
  service: 'municipalLighting',
  reports: 1,
  members: [],
  createdAt: toIso(now - hourMs),
  title: id,
  location: { text: id },
  history: [],
  revision: 1,
  ...more,
})
const near = (distanceM: number | null, more: Partial<Ticket> = {}, circuits: string[] = []): AttachCandidate => ({
  ticket: ticket('t-1', more),
  members: more.members ?? [],
  distanceM,
  circuits,
})
const decide = (subject: Partial<AttachSubject>, ...candidates: AttachCandidate[]) =>
  decideAttachment(
    {
      ...{ category: 'street-light-out', luminaire: null, circuit: null, wholeStreet: false, dangerous: false },
      ...{ at: now, country: false, ...subject },
    },
    candidates,
    defaultCitizenLineSettings,
  )
const closed = (agoMs: number): Partial<Ticket> => ({ status: 'closed', closedAt: toIso(now - agoMs) })

describe('a report joins', () => {
  test.each<[string, Partial<AttachSubject>, AttachCandidate, string | null]>([
    ['the matter of its lamp', { luminaire: 'L-1' }, near(null, { members: ['L-1'] }), 'luminaire'],
    [
      'the matter of its lamp, however old',
      { luminaire: 'L-1' },
      near(0, { members: ['L-1'], createdAt: toIso(now - 90 * dayMs) }),
      'luminaire',
    ],
    ['the wide outage its lamp is in', { luminaire: 'L-1' }, near(900, { members: ['L-1', 'L-2'] }), 'incident'],
    ['not the matter of another lamp, be it near', { luminaire: 'L-1' }, near(5, { members: ['L-2'] }), null],
    [
      'the circuit when the street is dark',
      { luminaire: 'L-1', circuit: 'K7', wholeStreet: true },
      near(900, {}, ['K7']),
      'circuit',
    ],
    ['not the circuit for one lamp', { luminaire: 'L-1', circuit: 'K7' }, near(900, {}, ['K7']), null],
    ['not another circuit', { circuit: 'K7', wholeStreet: true }, near(900, {}, ['K8']), null],
    [
      'not a circuit that burns by day',
      { circuit: 'K7', wholeStreet: true },
      near(900, { category: 'street-light-on-by-day' }, ['K7']),
      null,
    ],
    ['what is 50 m away in town', {}, near(50), 'nearest'],
    ['not what is 51 m away in town', {}, near(51), null],
    ['what is 100 m away in the country', { country: true }, near(100), 'nearest'],
    ['not what is 101 m away in the country', { country: true }, near(101), null],
    ['any kind of lighting trouble', { category: 'street-light-flickering' }, near(20), 'nearest'],
    ['not a wish for a new lamp', { category: 'new-street-light' }, near(20), null],
    ['not damage when it is dark', {}, near(20, { category: 'pole-damaged' }), null],
    ['what is 14 days old', {}, near(20, { createdAt: toIso(now - 14 * dayMs) }), 'nearest'],
    ['not what is older', {}, near(20, { createdAt: toIso(now - 14 * dayMs - 1) }), null],
    ['what was closed 72 h ago', {}, near(20, closed(72 * hourMs)), 'nearest'],
    ['not what was closed longer ago', {}, near(20, closed(72 * hourMs + 1)), null],
    [
      'its lamp’s matter, closed 72 h ago',
      { luminaire: 'L-1' },
      near(0, { members: ['L-1'], ...closed(72 * hourMs) }),
      'luminaire',
    ],
    [
      'not its lamp’s matter, closed longer ago',
      { luminaire: 'L-1' },
      near(0, { members: ['L-1'], ...closed(72 * hourMs + 1) }),
      null,
    ],
    ['nothing of which nobody knows how far it is', {}, near(null), null],
    ['nothing across groups', { category: 'pothole' }, near(1), null],
    ['not a matter without danger when it has some', { dangerous: true }, near(1), null],
    ['a matter with danger', { dangerous: true }, near(1, { danger: ['looseWires'] }), 'nearest'],
    ['the same hole in the road', { category: 'pothole' }, near(25, { category: 'pothole' }), 'nearest'],
    ['not the next hole', { category: 'pothole' }, near(26, { category: 'pothole' }), null],
    ['not another kind of road trouble', { category: 'pothole' }, near(1, { category: 'road-sign' }), null],
    [
      'not a part: the whole stands for it',
      { luminaire: 'L-1' },
      near(0, { members: ['L-1'], mergedInto: 't-9' }),
      null,
    ],
  ])('%s', (_name, subject, candidate, rule) => {
    const attachment = decide(subject, candidate)
    expect(attachment?.rule ?? null).toBe(rule)
    if (attachment === null) return
    expect(attachment.score).toBeGreaterThan(0)
    expect(attachment.score).toBeLessThanOrEqual(1)
    for (const { el, en } of attachment.reasons) expect([el, en]).not.toContain('')
  })
})

describe('of several matters', () => {
  const order = (subject: Partial<AttachSubject>, ...candidates: [string, AttachCandidate][]) =>
    decide(subject, ...candidates.map(([id, candidate]) => ({ ...candidate, ticket: { ...candidate.ticket, id } })))
      ?.ticket.id

  test.each<[string, string | undefined, string]>([
    [
      'the lamp itself goes before the circuit',
      order(
        { luminaire: 'L-1', circuit: 'K7', wholeStreet: true },
        ['circuit', near(0, {}, ['K7'])],
        ['lamp', near(40, { members: ['L-1'] })],
      ),
      'lamp',
    ],
    [
      'the circuit goes before the nearest',
      order({ circuit: 'K7', wholeStreet: true }, ['near', near(1)], ['circuit', near(900, {}, ['K7'])]),
      'circuit',
    ],
    ['the nearer goes first', order({}, ['far', near(40)], ['near', near(10)]), 'near'],
    [
      'its own kind goes before a little nearer',
      order({}, ['other', near(10, { category: 'street-light-flickering' })], ['own', near(15)]),
      'own',
    ],
    ['the open one goes before the closed', order({}, ['closed', near(1, closed(hourMs))], ['open', near(45)]), 'open'],
    [
      'of two alike the older, and then the id, so that it is always the same',
      order({}, ['b', near(10)], ['a', near(10)]),
      'a',
    ],
  ])('%s', (_name, found, expected) => {
    expect(found).toBe(expected)
  })
})

test('every other category joins its own kind alone', () => {
  const all: Category[] = [
    'waste-collection',
    'water-leak',
    'stray-animal',
    'abandoned-vehicle',
    'playground',
    'graffiti',
  ]
  for (const one of all) {
    for (const other of all) {
      expect(decide({ category: one }, near(5, { category: other })) !== null, `${one} and ${other}`).toBe(
        one === other,
      )
    }
  }
})
