import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkOrder } from '@fanari/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, type Database } from '../store/database.ts'
import { migrations } from '../store/migrations.ts'
import { createWorkStore, type WorkFilter } from './work-store.ts'

let folder: string
let database: Database
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-orders-'))
  database = createDatabase(join(folder, 'fanari.db'), migrations)
  database.open()
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

/** How SQLite goes through the orders in what is asked of it meanwhile. */
const plansOf = (ask: (database: Database) => void): string[] => {
  const plans: string[] = []
  ask({
    ...database,
    all: (sql, ...values) => {
      const steps = database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)
      plans.push(...steps.map(({ detail }) => detail).filter((detail) => / (w|work_orders) /.test(`${detail} `)))
      return database.all(sql, ...values)
    },
  })
  return plans
}

const few: WorkOrder['status'][] = ['assigned', 'inProgress']
test.each<{ what: string; filter: WorkFilter; index: string }>([
  { what: 'what is under way', filter: { statuses: few }, index: 'work_orders_by_status' },
  { what: 'what a crew has under way', filter: { statuses: few, team: 'night' }, index: 'work_orders_by_status' },
  { what: 'what is done', filter: { statuses: ['done'] }, index: 'work_orders_by_time' },
  { what: 'what there is of a ticket', filter: { statuses: ['done'], ticket: 't-1' }, index: 'work_orders_by_ticket' },
])('a list of $what is found by an index', ({ filter, index }) => {
  const plans = plansOf((asked) => createWorkStore(asked).list('orestiada', filter, { limit: 50, after: null }))
  expect(plans).toEqual([expect.stringMatching(new RegExp(`^SEARCH w USING INDEX ${index} `))])
})

test('the orders of a ticket are found by their ticket: a report that joins a matter does not look through all there ever were', () => {
  const plans = plansOf((asked) => createWorkStore(asked).underWay('orestiada', 't-1'))
  expect(plans).toEqual([expect.stringMatching(/^SEARCH work_orders USING INDEX work_orders_by_ticket /)])
})
