import {
  type CitizenEventName,
  type Instant,
  priorities,
  type Ticket,
  type WorkOrder,
  type WorkOrderStatus,
  workOrderStatuses,
} from '@fanari/contracts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { isUnderWay } from './machine.ts'

/** A work order with what its crew needs to know of its ticket. */
export interface WorkItem {
  order: WorkOrder
  ticket: Ticket
}

export interface WorkFilter {
  statuses: readonly WorkOrderStatus[]
  ticket?: string | undefined
  team?: string | undefined
  assignee?: string | undefined
  service?: string | undefined
}

/** Work orders as stored; callers bring the transaction. */
export interface WorkStore {
  order(municipality: string, id: string): WorkOrder | null
  /** Of a ticket, oldest first: at most the last is under way. */
  ofTicket(municipality: string, ticket: string): WorkOrder[]
  underWay(municipality: string, ticket: string): WorkOrder | null
  /** The photographs that were taken for an order. */
  photosOf(municipality: string, order: string): string[]
  /** Stores a version, with its event. */
  write(order: WorkOrder, change: { by: string; at: Instant; event: CitizenEventName; from: string }): void
  /** Newest first. */
  list(
    municipality: string,
    filter: WorkFilter,
    page: { limit: number; after: [at: Instant, id: string] | null },
  ): { items: WorkItem[]; next: [at: Instant, id: string] | null }
  /** What is under way for a person or one of the teams, the most urgent first. */
  mine(municipality: string, who: { name: string; teams: readonly string[] }, limit: number): WorkItem[]
}

interface ItemRow {
  id: string
  at: number
  document: string
  ticket: string
}

const itemColumns = 'w.id, w.created_at AS at, w.document, t.document AS ticket'
const underWayStatuses = workOrderStatuses.filter((status) => isUnderWay({ status }))

export const createWorkStore = (database: Database): WorkStore => {
  const ofTicket = (municipality: string, ticket: string): WorkOrder[] =>
    database
      .all<{ document: string }>(
        // Named, because SQLite would rather read every order in the order of time than sort the few of a ticket.
        `SELECT document FROM work_orders INDEXED BY work_orders_by_ticket
         WHERE municipality = ? AND ticket = ? ORDER BY created_at, rowid`,
        municipality,
        ticket,
      )
      .map(({ document }) => JSON.parse(document) as WorkOrder)

  return {
    order: (municipality, id) => {
      const row = database.get<{ document: string }>(
        'SELECT document FROM work_orders WHERE municipality = ? AND id = ?',
        municipality,
        id,
      )
      return row === null ? null : (JSON.parse(row.document) as WorkOrder)
    },
    ofTicket,
    underWay: (municipality, ticket) => ofTicket(municipality, ticket).findLast(isUnderWay) ?? null,
    photosOf: (municipality, order) =>
      database
        .all<{ id: string }>(
          "SELECT id FROM attachments WHERE municipality = ? AND subject_kind = 'workOrder' AND subject = ?",
          municipality,
          order,
        )
        .map(({ id }) => id),
    write: (order, { by, at, event, from }) => {
      const { municipality, id, ticket, status, team, assignee, scheduledFor, waitingReason, workMinutes, costEur } =
        order
      database.run(
        `INSERT INTO work_orders (municipality, id, ticket, status, created_at, revision, document)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET status = excluded.status, revision = excluded.revision, document = excluded.document`,
        municipality,
        id,
        ticket,
        status,
        Date.parse(order.createdAt),
        order.revision,
        JSON.stringify(order),
      )
      const said = { team, assignee, scheduledFor, waitingReason, workMinutes, costEur, service: order.service }
      writeCitizenEvent(database, {
        municipality,
        at,
        by,
        subject: { kind: 'workOrder', id },
        ticket,
        event,
        details: {
          from,
          to: status,
          ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
        },
      })
    },
    list: (municipality, { statuses, ticket, team, assignee, service }, { limit, after }) => {
      const [at, id] = after ?? [Number.MAX_SAFE_INTEGER, '']
      // What is under way is little, and sorted quickly; what is done is everything there ever was, and read in its order.
      const isFew = statuses.every((status) => underWayStatuses.includes(status))
      const index =
        ticket !== undefined ? 'work_orders_by_ticket' : isFew ? 'work_orders_by_status' : 'work_orders_by_time'
      const given = Object.entries({ ticket, team, assignee, service }).flatMap(([column, value]) =>
        value === undefined ? [] : [{ condition: ` AND w.${column} = ?`, value }],
      )
      const rows = database.all<ItemRow>(
        `SELECT ${itemColumns} FROM work_orders w INDEXED BY ${index}
           CROSS JOIN tickets t ON t.municipality = w.municipality AND t.id = w.ticket
         WHERE w.municipality = ? AND w.status IN (SELECT value FROM json_each(?)) AND (w.created_at, w.id) < (?, ?)
           ${given.map(({ condition }) => condition).join('')}
         ORDER BY w.created_at DESC, w.id DESC LIMIT ?`,
        municipality,
        JSON.stringify(statuses),
        at,
        id,
        ...given.map(({ value }) => value),
        limit + 1,
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        items: shown.map(itemOf),
        next: rows.length > limit && last !== undefined ? [last.at, last.id] : null,
      }
    },
    mine: (municipality, { name, teams }, limit) =>
      database
        .all<ItemRow>(
          `SELECT ${itemColumns} FROM work_orders w
             JOIN tickets t ON t.municipality = w.municipality AND t.id = w.ticket
           WHERE w.municipality = ?1 AND w.status IN (SELECT value FROM json_each(?2))
             AND (w.assignee = ?3 OR (w.assignee IS NULL AND w.team IN (SELECT value FROM json_each(?4))))
           ORDER BY (SELECT key FROM json_each(?5) WHERE value = coalesce(t.document ->> '$.priority', 'normal')) DESC,
             t.document ->> '$.dueAt', w.created_at, w.id LIMIT ?6`,
          municipality,
          JSON.stringify(underWayStatuses),
          name,
          JSON.stringify(teams),
          JSON.stringify(priorities),
          limit,
        )
        .map(itemOf),
  }
}

const itemOf = ({ document, ticket }: ItemRow): WorkItem => ({
  order: JSON.parse(document) as WorkOrder,
  ticket: JSON.parse(ticket) as Ticket,
})
