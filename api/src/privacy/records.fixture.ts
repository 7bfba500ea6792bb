import { join } from 'node:path'
import { type ReportRecord, type Ticket, toIso, type WorkOrder } from '@fanari/contracts'
import { createDatabase, type Database } from '../store/database.ts'
import { migrations } from '../store/migrations.ts'
import { epoch, type TestApi } from '../test-api.ts'

/** For tests: records put straight into the database of a running API. */
export interface Records {
  database: Database
  ticket(id: string, more?: Partial<Ticket>): void
  report(id: string, more?: Partial<ReportRecord> & { status?: string; token?: string }): void
  contact(report: string, contact: { name?: string; phone?: string; email?: string }): void
  workOrder(id: string, ticket: string, more?: Partial<WorkOrder>): void
}

export const openRecords = (t: TestApi, municipality = 'orestiada'): Records => {
  const database = createDatabase(join(t.folder, 'fanari.db'), migrations)
  database.open()
  return {
    database,
    ticket: (id, more = {}) => {
      const ticket = {
        id,
        municipality,
        category: 'street-light-out',
        source: 'web',
        status: 'open',
        service: 'municipalLighting',
        reports: 1,
        createdAt: toIso(epoch),
        title: 'Σβηστό φως',
        location: { text: 'Νέα Βύσσα' },
        members: ['L-1'],
        history: [{ at: toIso(epoch), event: 'opened', by: 'citizen' }],
        revision: 1,
        ...more,
      }
      database.run(
        `INSERT INTO tickets (municipality, id, status, created_at, closed_at, revision, document, category_group)
         VALUES (?, ?, ?, ?, ?, 1, ?, 'lighting')`,
        municipality,
        id,
        ticket.status,
        Date.parse(ticket.createdAt),
        ticket.closedAt === undefined ? null : Date.parse(ticket.closedAt),
        JSON.stringify(ticket),
      )
    },
    report: (id, { status = 'open', token = 'answer-token', ...more } = {}) => {
      const report = {
        id,
        municipality,
        trackingCode: `10000${id}`,
        ticket: 't-1',
        category: 'street-light-out',
        channel: 'web',
        language: 'el',
        clientId: id,
        by: 'citizen',
        createdAt: toIso(epoch),
        alreadyKnown: false,
        known: null,
        attached: { rule: 'opened', score: 1, reasons: [], at: toIso(epoch), by: 'citizen' },
        verified: 'unknown',
        ...more,
      }
      database.run(
        'INSERT INTO reports (municipality, id, status, created_at, answer_token, document) VALUES (?, ?, ?, ?, ?, ?)',
        municipality,
        id,
        status,
        Date.parse(report.createdAt),
        token,
        JSON.stringify(report),
      )
    },
    contact: (report, { name = null, phone = null, email = null }: { [key: string]: string | null | undefined }) => {
      database.run(
        `INSERT INTO report_contacts (municipality, report, name, phone, phone_digits, email, notify, consent_at)
         VALUES (?, ?, ?, ?, ?, ?, 'email', ?)`,
        municipality,
        report,
        name,
        phone,
        phone?.replaceAll(/\D/g, '') ?? null,
        email,
        epoch,
      )
    },
    workOrder: (id, ticket, more = {}) => {
      const order: WorkOrder = {
        id,
        municipality,
        ticket,
        service: 'municipalLighting',
        status: 'created',
        createdAt: toIso(epoch),
        createdBy: 'desk-1',
        parts: [],
        photos: [],
        revision: 1,
        ...more,
      }
      database.run(
        'INSERT INTO work_orders (municipality, id, ticket, status, created_at, revision, document) VALUES (?, ?, ?, ?, ?, 1, ?)',
        municipality,
        id,
        ticket,
        order.status,
        epoch,
        JSON.stringify(order),
      )
    },
  }
}
