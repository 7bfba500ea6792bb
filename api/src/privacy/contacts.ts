import { type Clock, ProblemError, type Ticket, type WorkOrder } from '@fanari/contracts'
import type { Principal } from '../access/permissions.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'

/** Who sent a report, as the desk sees it. */
export interface ContactView {
  report: string
  name: string | null
  phone: string | null
  email: string | null
  notify: 'email' | 'sms' | 'none'
}
/** Whom a crew calls back. */
export type CallBackView = Pick<ContactView, 'name' | 'phone'>

/** The one way to see who sent a report. Every look is in the trail. */
export interface Contacts {
  /** @throws ProblemError `not-found`; `forbidden` for a dispatcher whose team the matter is not with */
  view(municipality: string, report: string, principal: Principal): ContactView
  /** Lets the crew of a work order call back who sent one of its ticket's reports. @throws ProblemError `not-found`, `conflict` */
  allowCallBack(municipality: string, workOrder: string, report: string, by: string): void
  /** `false` when there was none. */
  endCallBack(municipality: string, workOrder: string, by: string): boolean
  /** @throws ProblemError `not-found`; `forbidden` for who is not of its crew, or when it is over */
  viewCallBack(municipality: string, workOrder: string, principal: Principal): CallBackView
}

export const createContacts = ({ database, clock }: { database: Database; clock: Clock }): Contacts => {
  const audit = (municipality: string, by: string, subject: string, event: string) =>
    writeAudit(database, { municipality, at: clock.now(), by, subject, event })

  const contactOf = (municipality: string, report: string): ContactView => {
    const contact = database.get<ContactView>(
      'SELECT report, name, phone, email, notify FROM report_contacts WHERE municipality = ? AND report = ?',
      municipality,
      report,
    )
    if (contact === null) throw new ProblemError('not-found', `Nothing is known of who sent report ${report}`)
    return contact
  }
  const ticketOf = (municipality: string, report: string): Ticket | null => {
    const row = database.get<{ document: string }>(
      `SELECT t.document FROM reports r JOIN tickets t ON t.municipality = r.municipality AND t.id = r.ticket
       WHERE r.municipality = ? AND r.id = ?`,
      municipality,
      report,
    )
    return row === null ? null : (JSON.parse(row.document) as Ticket)
  }
  const orderOf = (municipality: string, id: string): WorkOrder => {
    const sql = 'SELECT document FROM work_orders WHERE municipality = ? AND id = ?'
    const row = database.get<{ document: string }>(sql, municipality, id)
    if (row === null) throw new ProblemError('not-found', `There is no work order ${id}`)
    return JSON.parse(row.document) as WorkOrder
  }

  return {
    view: (municipality, report, principal) => {
      const contact = contactOf(municipality, report)
      // A dispatcher of a team sees those of his team's matters; one without a team dispatches for all.
      if (principal.role === 'dispatcher' && principal.team !== null) {
        const ticket = ticketOf(municipality, report)
        if (ticket?.team !== principal.team && ticket?.assignee !== principal.name) {
          throw new ProblemError('forbidden', 'This matter is not with your team')
        }
      }
      audit(municipality, principal.name, `report/${report}`, 'contactViewed')
      return contact
    },
    allowCallBack: (municipality, workOrder, report, by) => {
      const order = orderOf(municipality, workOrder)
      const contact = contactOf(municipality, report)
      if (ticketOf(municipality, report)?.id !== order.ticket) {
        throw new ProblemError('conflict', `Report ${report} is not of this work order's ticket`)
      }
      if (contact.phone === null) throw new ProblemError('conflict', `Report ${report} has no telephone number`)
      database.transaction(() => {
        database.run(
          `INSERT INTO call_backs (municipality, work_order, report, at, by) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET report = excluded.report, at = excluded.at, by = excluded.by`,
          municipality,
          workOrder,
          report,
          clock.now(),
          by,
        )
        audit(municipality, by, `workOrder/${workOrder}`, 'callBackAllowed')
      })
    },
    endCallBack: (municipality, workOrder, by) =>
      database.transaction(() => {
        const sql = 'DELETE FROM call_backs WHERE municipality = ? AND work_order = ?'
        if (database.run(sql, municipality, workOrder) === 0) return false
        audit(municipality, by, `workOrder/${workOrder}`, 'callBackEnded')
        return true
      }),
    viewCallBack: (municipality, workOrder, principal) => {
      const order = orderOf(municipality, workOrder)
      const sql = 'SELECT report FROM call_backs WHERE municipality = ? AND work_order = ?'
      const row = database.get<{ report: string }>(sql, municipality, workOrder)
      if (row === null) throw new ProblemError('not-found', 'Nobody is to be called back for this work order')
      const isOfCrew = order.assignee === principal.name || (principal.team !== null && order.team === principal.team)
      const isOver = order.status === 'done' || order.status === 'cancelled'
      if (principal.role === 'technician' && (!isOfCrew || isOver)) {
        throw new ProblemError('forbidden', isOver ? 'This work order is over' : 'This work order is not yours')
      }
      const { name, phone } = contactOf(municipality, row.report)
      audit(municipality, principal.name, `report/${row.report}`, 'contactViewed')
      return { name, phone }
    },
  }
}
