import { type ClockPolicy, type Instant, type RoutedMatter, type RoutingTable, toIso } from '@fanari/contracts'
import { defaultClockPolicy } from '../clocks/default-policy.ts'
import { createServiceDays, type ServiceDays } from '../clocks/service-days.ts'
import { deadlineOf } from '../clocks/terms.ts'
import { defaultRoutingTable } from './default-table.ts'
import { type Routed, routeMatter } from './route.ts'

/** Where a matter goes from a moment on, and until when it is to be repaired. */
export interface Dispatched extends Routed {
  dueAt: string
}

/** A municipality's rules and clocks, as the ticket rules ask them: pure, a value for each version of the tables. */
export interface Dispatch {
  readonly days: ServiceDays
  readonly policy: ClockPolicy
  readonly table: RoutingTable
  /** @param table rules to try in place of those that hold */
  route(matter: RoutedMatter, at: Instant, table?: RoutingTable): Dispatched
}

export const createDispatch = (table: RoutingTable, policy: ClockPolicy, days: ServiceDays): Dispatch => ({
  days,
  policy,
  table,
  route: (matter, at, tried = table) => {
    const routed = routeMatter(tried, matter, { clock: days.clockOf(at), serviceOpen: days.isOpenAt(at) })
    return { ...routed, dueAt: toIso(deadlineOf(routed.term, at, [], days) ?? at) }
  },
})

/** With the tables that hold until a municipality sets its own. @param timeZone IANA name */
export const createDefaultDispatch = (timeZone: string): Dispatch =>
  createDispatch(defaultRoutingTable, defaultClockPolicy, createServiceDays(defaultClockPolicy.calendar, timeZone))
