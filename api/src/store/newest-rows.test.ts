import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type Database } from './database.ts'
import { migrations } from './migrations.ts'
import { type NewestQuery, newestRows, newestStatements } from './newest-rows.ts'

let folder: string
let database: Database
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-newest-'))
  database = createDatabase(join(folder, 'fanari.db'), migrations)
  database.open()
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const reports: NewestQuery = {
  table: 'reports',
  time: 'created_at',
  columns: 'status',
  municipality: 'orestiada',
  indices: { time: 'reports_by_time', status: 'reports_by_status' },
  by: [],
  only: [],
  statuses: null,
}
const tickets: NewestQuery = {
  ...reports,
  table: 'tickets',
  indices: { time: 'tickets_by_time', status: 'tickets_in_status' },
}

describe('a list of a hundred thousand rows runs along one index in its own order, and sorts nothing', () => {
  test.each<{ what: string; query: NewestQuery; index: string }>([
    { what: 'reports', query: reports, index: 'reports_by_time' },
    { what: 'open reports', query: { ...reports, statuses: ['open', 'waiting'] }, index: 'reports_by_status' },
    {
      what: 'open reports of a category',
      query: { ...reports, by: [['category', 'graffiti', 'reports_by_category']], statuses: ['open'] },
      index: 'reports_by_category',
    },
    {
      what: 'reports of a community by web, of a month',
      query: {
        ...reports,
        by: [
          ['category', undefined, 'reports_by_category'],
          ['community', 'vyssa', 'reports_in_community'],
        ],
        only: [['channel', 'web']],
        from: 1,
        until: 2,
      },
      index: 'reports_in_community',
    },
    { what: 'tickets', query: tickets, index: 'tickets_by_time' },
    {
      what: 'waiting tickets',
      query: { ...tickets, statuses: ['waiting'] },
      index: 'tickets_in_status',
    },
  ])('$what', ({ query, index }) => {
    for (const after of [null, [5, 'x'] as const]) {
      for (const { sql, values } of newestStatements(query, { limit: 50, after })) {
        const plan = database
          .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)
          .map(({ detail }) => detail)
        expect(plan[0]).toMatch(new RegExp(`^SEARCH (reports|tickets) USING INDEX ${index} `))
        expect(plan.join('\n')).not.toMatch(/TEMP B-TREE|SCAN (reports|tickets)/)
      }
    }
  })
})

describe('pages', () => {
  const add = (id: string, at: number, status: string, category: string, channel = 'web') =>
    database.run(
      'INSERT INTO reports (municipality, id, status, created_at, answer_token, document) VALUES (?, ?, ?, ?, ?, ?)',
      'orestiada',
      id,
      status,
      at,
      '',
      JSON.stringify({ ticket: 't', clientId: id, trackingCode: id, category, channel }),
    )
  const read = (query: Partial<NewestQuery>, limit: number): string[][] => {
    const pages: string[][] = []
    let after: [number, string] | null = null
    do {
      const page: { items: string[]; next: [number, string] | null } = newestRows<{ id: string }, string>(
        database,
        { ...reports, ...query },
        { limit, after },
        ({ id }) => id,
      )
      pages.push(page.items)
      after = page.next
    } while (after !== null)
    return pages
  }

  test('of several statuses come in one order, each row once, also where times are the same', () => {
    for (const [index, status] of ['open', 'closed', 'waiting', 'open', 'waiting', 'open'].entries()) {
      add(`r-${index}`, 100 + Math.floor(index / 3), status, index % 2 === 0 ? 'pothole' : 'graffiti')
    }
    // At 101: r-5 open, r-4 waiting, r-3 open; at 100: r-2 waiting, r-1 closed, r-0 open.
    expect(read({}, 4)).toEqual([
      ['r-5', 'r-4', 'r-3', 'r-2'],
      ['r-1', 'r-0'],
    ])
    expect(read({ statuses: ['waiting', 'open', 'open'] }, 2)).toEqual([['r-5', 'r-4'], ['r-3', 'r-2'], ['r-0']])
    expect(read({ statuses: ['open'], by: [['category', 'graffiti', 'reports_by_category']] }, 1)).toEqual([
      ['r-5'],
      ['r-3'],
    ])
    expect(read({ statuses: [] }, 2)).toEqual([[]])
    expect(read({ from: 100, until: 101 }, 10)).toEqual([['r-2', 'r-1', 'r-0']])
  })

  test('are narrowed by what has no index as well', () => {
    add('r-1', 1, 'open', 'pothole', 'phone')
    add('r-2', 2, 'open', 'pothole', 'web')
    expect(read({ only: [['channel', 'phone']] }, 10)).toEqual([['r-1']])
  })
})
