import { type Ticket, toIso } from '@fanari/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gatherReport, mergeRefusal, mergeTickets, releaseReport, unmergeTicket } from './gathering.ts'
import { stepTicket, type TicketChange, unsettled } from './step.ts'

/*
 * Whatever operators, citizens and lights do in whatever order: a part is never a whole, no report is lost or counted twice, and no
 * line of any history is ever changed or dropped.
 */

type Action =
  | { do: 'report'; ticket: number }
  | { do: 'move'; report: number; to: number }
  | { do: 'merge'; child: number; parent: number }
  | { do: 'unmerge'; child: number }
  | { do: 'close' | 'resolve' | 'reopen'; ticket: number }

const many = 6
const index = fc.nat(many - 1)
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('report' as const), ticket: index }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), report: fc.nat(40), to: index }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('merge' as const), child: index, parent: index }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('unmerge' as const), child: index }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('close' as const, 'resolve' as const, 'reopen' as const),
        ticket: index,
      }),
    },
  ),
  { maxLength: 60 },
)

const start = Date.parse('2026-01-10T18:00:00.000Z')
const open = (id: string): Ticket => ({
  ...{ id, municipality: 'm', category: 'street-light-out', source: 'telemetry', status: 'open' },
  ...{ service: 'municipalLighting', reports: 0, members: [], createdAt: toIso(start), title: id },
  ...{ location: { text: id }, history: [], revision: 1 },
})

/** The world as a plain model: which report is where. The tickets are what the code under test makes of it. */
const play = (steps: readonly Action[]) => {
  const tickets = new Map(Array.from({ length: many }, (_, i) => [`t-${i}`, open(`t-${i}`)]))
  const reports: string[] = []
  const histories = new Map([...tickets.keys()].map((id) => [id, [] as string[]]))
  let at = start
  const change = () => ({ by: 'operator', at })
  const of = (i: number): Ticket => {
    const ticket = tickets.get(`t-${i}`)
    if (ticket === undefined) throw new Error(`no ticket ${i}`)
    return ticket
  }
  const write = (changes: readonly TicketChange[]) => {
    for (const { ticket } of changes) {
      tickets.set(ticket.id, ticket)
      const last = ticket.history.at(-1)
      // What comes by the hundred takes the place of its like: all others are kept for ever.
      if (last !== undefined && last.event !== 'reported') histories.get(ticket.id)?.push(JSON.stringify(last))
      for (const child of ticket.children ?? []) {
        const part = tickets.get(child)
        if (part !== undefined && part.status !== ticket.status) {
          const mirrored = stepTicket(
            'ticket.updated',
            { ...part, status: ticket.status },
            { event: 'updated', by: 'x', at },
          )
          tickets.set(child, { ...mirrored.ticket, history: part.history })
        }
      }
    }
  }
  const whole = (ticket: Ticket) =>
    ticket.mergedInto === undefined ? ticket : (tickets.get(ticket.mergedInto) ?? ticket)

  for (const action of steps) {
    at += 1_000
    switch (action.do) {
      case 'report': {
        // Who takes a report gives it to the whole, never to a part.
        const target = whole(of(action.ticket))
        reports.push(target.id)
        write(gatherReport(target, { ...change(), firstReportAt: at }))
        break
      }
      case 'move': {
        const from = reports[action.report]
        const target = whole(of(action.to))
        const source = from === undefined ? undefined : tickets.get(from)
        if (source === undefined || source.mergedInto !== undefined || source.id === target.id) break
        reports[action.report] = target.id
        write(releaseReport(source, change()))
        write(gatherReport(target, { ...change(), firstReportAt: at }))
        break
      }
      case 'merge': {
        const child = of(action.child)
        const parent = of(action.parent)
        if (mergeRefusal(child, parent) !== null) break
        const grandchildren = (child.children ?? []).map((id) => tickets.get(id) ?? child)
        write(mergeTickets(child, parent, grandchildren, change()))
        break
      }
      case 'unmerge': {
        const child = of(action.child)
        const parent = child.mergedInto === undefined ? undefined : tickets.get(child.mergedInto)
        if (parent !== undefined) write(unmergeTicket(child, parent, change()))
        break
      }
      case 'close':
      case 'resolve':
      case 'reopen': {
        const ticket = of(action.ticket)
        if (ticket.mergedInto !== undefined) break
        const [status, event] = (
          { close: ['closed', 'closed'], resolve: ['resolved', 'resolved'], reopen: ['open', 'reopened'] } as const
        )[action.do]
        write([stepTicket('ticket.updated', { ...unsettled(ticket), status }, { event, ...change() })])
      }
    }
  }
  return { tickets, reports, histories }
}

describe('whatever is merged and parted', () => {
  test('depth is one, both sides agree, and a part is where its whole is', () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const { tickets } = play(steps)
        for (const { id, mergedInto, children = [], status } of tickets.values()) {
          if (mergedInto !== undefined) {
            expect(children).toEqual([])
            expect(tickets.get(mergedInto)?.mergedInto).toBeUndefined()
            expect(tickets.get(mergedInto)?.children).toContain(id)
            expect(tickets.get(mergedInto)?.status).toBe(status)
          }
          expect(new Set(children).size).toBe(children.length)
          for (const child of children) expect(tickets.get(child)?.mergedInto).toBe(id)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('no report is lost or counted twice', () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const { tickets, reports } = play(steps)
        for (const { id, children = [], reports: counted } of tickets.values()) {
          expect([id, counted]).toEqual([id, reports.filter((where) => [id, ...children].includes(where)).length])
        }
        const wholes = [...tickets.values()].filter(({ mergedInto }) => mergedInto === undefined)
        expect(wholes.reduce((sum, ticket) => sum + ticket.reports, 0)).toBe(reports.length)
      }),
      { numRuns: 300 },
    )
  })

  test('no line of a history is changed or dropped', () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const { tickets, histories } = play(steps)
        for (const { id, history } of tickets.values()) {
          const kept = history.filter(({ event }) => event !== 'reported').map((entry) => JSON.stringify(entry))
          expect(kept).toEqual(histories.get(id))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('merging and parting again gives each its reports back', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), (mine, theirs) => {
        const a = { ...open('a'), reports: mine }
        const b = { ...open('b'), reports: theirs }
        const [child, parent] = mergeTickets(a, b, [], { by: 'x', at: start }).map(({ ticket }) => ticket)
        if (child === undefined || parent === undefined) throw new Error('two tickets change')
        expect(parent.reports).toBe(mine + theirs)
        const apart = unmergeTicket(child, parent, { by: 'x', at: start }).map(({ ticket }) => [
          ticket.id,
          ticket.reports,
          ticket.status,
        ])
        expect(apart).toEqual([
          ['b', theirs, 'open'],
          ['a', mine, 'open'],
        ])
      }),
    )
  })
})
