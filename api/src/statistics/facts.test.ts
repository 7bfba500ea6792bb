import type { ReportRecord, Ticket } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { type ClockFact, reportFactOf, ticketFactOf } from './facts.ts'

const iso = (clock: string) => `2026-11-10T${clock}:00.000Z`
const at = (clock: string) => Date.parse(iso(clock))

const ticket = (
  steps: [clock: string, event: Ticket['history'][number]['event']][],
  more: Partial<Ticket> = {},
): Ticket => ({
  id: 't-1',
  municipality: 'orestiada',
  category: 'street-light-out',
  source: 'web',
  status: 'open',
  service: 'municipalLighting',
  reports: 1,
  members: [],
  createdAt: iso('08:00'),
  title: '',
  location: { text: '' },
  history: steps.map(([clock, event]) => ({ at: iso(clock), event, by: 'ops' })),
  revision: 1,
  ...more,
})
const spansOf = (...given: Parameters<typeof ticket>) =>
  ticketFactOf(ticket(...given), [], null).open.map(({ from, until }) => [
    new Date(from).toISOString().slice(11, 16),
    until === null ? null : new Date(until).toISOString().slice(11, 16),
  ])

describe('when a ticket was open', () => {
  test.each<{ what: string; given: Parameters<typeof ticket>; expected: (string | null)[][] }>([
    {
      what: 'goes on while nobody ends it',
      given: [
        [
          ['08:00', 'opened'],
          ['09:00', 'assigned'],
        ],
      ],
      expected: [['08:00', null]],
    },
    {
      what: 'ends when it is resolved, and closing it later changes nothing',
      given: [
        [
          ['08:00', 'opened'],
          ['10:00', 'resolved'],
          ['12:00', 'closed'],
        ],
        { status: 'closed', resolvedAt: iso('10:00'), closedAt: iso('12:00') },
      ],
      expected: [['08:00', '10:00']],
    },
    {
      what: 'begins anew when it is reopened',
      given: [
        [
          ['08:00', 'opened'],
          ['10:00', 'resolved'],
          ['11:00', 'reopened'],
          ['11:30', 'reported'],
        ],
      ],
      expected: [
        ['08:00', '10:00'],
        ['11:00', null],
      ],
    },
    {
      what: 'begins anew when a settled part becomes a matter of its own',
      given: [
        [
          ['08:00', 'opened'],
          ['09:00', 'merged'],
          ['10:00', 'resolved'],
          ['13:00', 'unmerged'],
        ],
      ],
      expected: [
        ['08:00', '10:00'],
        ['13:00', null],
      ],
    },
    {
      what: 'ends with a status that came along with another ticket',
      given: [
        [
          ['08:00', 'opened'],
          ['10:00', 'merged'],
        ],
        { status: 'resolved', resolvedAt: iso('09:30') },
      ],
      expected: [['08:00', '09:30']],
    },
  ])('$what', ({ given, expected }) => {
    expect(spansOf(...given)).toEqual(expected)
  })
})

test('pauses end with the next line of the log, and what is no reason is none', () => {
  const told = [
    { event: 'clockPaused', at: at('09:00'), reason: 'weather' },
    { event: 'clockResumed', at: at('10:00'), reason: null },
    { event: 'clockPaused', at: at('11:00'), reason: 'waitingForCitizen' },
    { event: 'clockPaused', at: at('12:00'), reason: 'waitingForNetworkOperator' },
    { event: 'clockResumed', at: at('13:00'), reason: null },
    { event: 'clockPaused', at: at('14:00'), reason: 'whim' },
    { event: 'clockPaused', at: at('15:00'), reason: 'forceMajeure' },
  ] as const
  expect(ticketFactOf(ticket([]), told, null).waits).toEqual([
    { reason: 'weather', from: at('09:00'), until: at('10:00') },
    { reason: 'waitingForCitizen', from: at('11:00'), until: at('12:00') },
    { reason: 'waitingForNetworkOperator', from: at('12:00'), until: at('13:00') },
    { reason: 'forceMajeure', from: at('15:00'), until: null },
  ])
})

const report: ReportRecord = {
  id: 'r-1',
  municipality: 'orestiada',
  trackingCode: '0000000000',
  ticket: 't-1',
  category: 'street-light-out',
  channel: 'web',
  description: 'Ο κ. Γιώργος, 6912345678',
  address: 'Καραθεοδωρή 12',
  language: 'el',
  clientId: 'c',
  by: 'citizen',
  createdAt: iso('08:00'),
  known: null,
  alreadyKnown: true,
  attached: { rule: 'luminaire', score: 1, reasons: [], at: iso('08:00'), by: 'platform' },
  verified: 'unknown',
}
const response: ClockFact = { startedAt: iso('08:00'), dueAt: iso('16:00'), stoppedAt: iso('09:00'), inTime: 1 }

describe('a report', () => {
  test('is answered by a person, else by the end of its matter', () => {
    expect(reportFactOf(report, [], null)).toMatchObject({ respondedAt: null, responseDueAt: null })
    expect(reportFactOf(report, [], response)).toMatchObject({ respondedAt: at('09:00'), responseDueAt: at('16:00') })
    const answered = { ...report, firstResponseAt: iso('08:30') }
    expect(reportFactOf(answered, [], response).respondedAt).toBe(at('08:30'))
  })

  test('that no operator has moved joined by the rule it names', () => {
    const by = (rule: 'opened' | 'information' | 'nearest') => {
      const { joined, parted } = reportFactOf({ ...report, attached: { ...report.attached, rule } }, null, null)
      return { joined, parted }
    }
    expect(by('opened')).toEqual({ joined: false, parted: false })
    expect(by('information')).toEqual({ joined: false, parted: false })
    expect(by('nearest')).toEqual({ joined: true, parted: false })
  })

  test('keeps nothing that is personal', () => {
    const fact = reportFactOf(report, [{ event: 'reportAttached' }, { event: 'reportDetached' }], null)
    expect(fact).toMatchObject({ joined: true, parted: true, alreadyKnown: true })
    expect(JSON.stringify(fact)).not.toMatch(/Γιώργος|6912345678|Καραθεοδωρή|0000000000/)
  })
})
