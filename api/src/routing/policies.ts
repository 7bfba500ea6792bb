import {
  type ClockPolicy,
  clockPolicySchema,
  type Instant,
  ProblemError,
  type RoutingTable,
  routingTableSchema,
} from '@fanari/contracts'
import { defaultClockPolicy } from '../clocks/default-policy.ts'
import { createServiceDays } from '../clocks/service-days.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { defaultRoutingTable } from './default-table.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'

/** A document a municipality edits, with the number of its edition; 0 is the default. */
export interface Edition<Document> {
  revision: number
  document: Document
}

/** Each municipality's routing rules and clocks. */
export interface Policies {
  routing(municipality: string): Edition<RoutingTable>
  clocks(municipality: string): Edition<ClockPolicy>
  /** @throws ProblemError `conflict` when it is no longer the edition `edition.revision` that is edited. */
  putRouting(municipality: string, edition: Edition<RoutingTable>, change: Change): Edition<RoutingTable>
  putClocks(municipality: string, edition: Edition<ClockPolicy>, change: Change): Edition<ClockPolicy>
  /** Both, as the ticket rules ask them; the same value until one is edited. */
  dispatchOf(municipality: string): Dispatch
}

interface Change {
  by: string
  at: Instant
}

/** Where a municipality that is not registered keeps its clock; as `PUT /municipalities/{m}` has it. */
const usualTimeZone = 'Europe/Athens'

export const createPolicies = (options: {
  database: Database
  timeZoneOf: (municipality: string) => string | null
}): Policies => {
  const { database, timeZoneOf } = options
  const dispatches = new Map<string, { timeZone: string; dispatch: Dispatch }>()

  const stored = (municipality: string, name: 'routing' | 'clocks'): { revision: number; document: unknown } | null => {
    const row = database.get<{ revision: number; document: string }>(
      'SELECT revision, document FROM policies WHERE municipality = ? AND name = ?',
      municipality,
      name,
    )
    return row === null ? null : { revision: row.revision, document: JSON.parse(row.document) as unknown }
  }

  const routing = (municipality: string): Edition<RoutingTable> => {
    const edition = stored(municipality, 'routing')
    return edition === null
      ? { revision: 0, document: defaultRoutingTable }
      : { ...edition, document: routingTableSchema.parse(edition.document) }
  }
  const clocks = (municipality: string): Edition<ClockPolicy> => {
    const edition = stored(municipality, 'clocks')
    return edition === null
      ? { revision: 0, document: defaultClockPolicy }
      : { ...edition, document: clockPolicySchema.parse(edition.document) }
  }

  const put = <Document>(
    municipality: string,
    name: 'routing' | 'clocks',
    { revision, document }: Edition<Document>,
    { by, at }: Change,
  ): Edition<Document> =>
    database.transaction(() => {
      const current = stored(municipality, name)?.revision ?? 0
      if (revision !== current) {
        throw new ProblemError('conflict', `Edition ${revision} was edited, but ${current} holds now: read it again`)
      }
      const next = { revision: revision + 1, document }
      database.run(
        `INSERT INTO policies (municipality, name, revision, document) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET revision = excluded.revision, document = excluded.document`,
        municipality,
        name,
        next.revision,
        JSON.stringify(document),
      )
      const note = `Edition ${next.revision}`
      writeAudit(database, { municipality, at, by, subject: `policy/${name}`, event: 'updated', note })
      dispatches.delete(municipality)
      return next
    })

  return {
    routing,
    clocks,
    putRouting: (municipality, edition, change) => put(municipality, 'routing', edition, change),
    putClocks: (municipality, edition, change) => put(municipality, 'clocks', edition, change),
    dispatchOf: (municipality) => {
      const timeZone = timeZoneOf(municipality) ?? usualTimeZone
      const known = dispatches.get(municipality)
      if (known !== undefined && known.timeZone === timeZone) return known.dispatch
      const policy = clocks(municipality).document
      const table = routing(municipality).document
      const dispatch = createDispatch(table, policy, createServiceDays(policy.calendar, timeZone))
      dispatches.set(municipality, { timeZone, dispatch })
      return dispatch
    },
  }
}
