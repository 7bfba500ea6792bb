import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Instant, type ReportRecord, type Ticket, toIso } from '@fanari/contracts'
import type { Inventory } from '../register/inventory.ts'
import type { Database } from '../store/database.ts'
import { byteOrderMark, csvRecord } from './csv.ts'
import {
  createOpenRequests,
  isOpenData,
  type OpenDataLanguage,
  type OpenDataQuery,
  type OpenRequest,
  openRequestHeaders,
} from './requests.ts'

/** Reports without personal data, written out a piece at a time: however many there are, memory holds few, and others have their turn. */
export interface OpenData {
  csv(
    municipality: string,
    query: OpenDataQuery,
    how: { language: OpenDataLanguage; bom: boolean },
  ): AsyncGenerator<string>
  json(
    municipality: string,
    query: OpenDataQuery,
    how: { language: OpenDataLanguage; head: object },
  ): AsyncGenerator<string>
}

/** Reports that are read before others have a turn. */
const batchSize = 200

interface Row {
  at: number
  id: string
  report: string
  ticket: string
}

export const createOpenData = (options: {
  database: Database
  inventoryOf: (municipality: string) => Inventory
}): OpenData => {
  const { database, inventoryOf } = options

  /** Oldest first. What comes while it is read is in it, what changes behind it is not. */
  async function* batches(
    municipality: string,
    { from, until, categories }: OpenDataQuery,
    language: OpenDataLanguage,
  ): AsyncGenerator<OpenRequest[]> {
    const rowOf = createOpenRequests(inventoryOf(municipality), language)
    let after: [Instant, string] = [from, '']
    for (;;) {
      const rows = database.all<Row>(
        `SELECT r.created_at AS at, r.id, r.document AS report, t.document AS ticket
         FROM reports r JOIN tickets t ON t.municipality = r.municipality AND t.id = r.ticket
         WHERE r.municipality = ? AND (r.created_at, r.id) > (?, ?) AND r.created_at < ?
         ORDER BY r.created_at, r.id LIMIT ?`,
        municipality,
        ...after,
        until,
        batchSize,
      )
      const last = rows.at(-1)
      if (last === undefined) return
      after = [last.at, last.id]
      yield rows.flatMap(({ report: text, ticket }) => {
        const report = JSON.parse(text) as ReportRecord
        const isWanted = isOpenData(report) && (categories?.has(report.category) ?? true)
        return isWanted ? [rowOf(report, JSON.parse(ticket) as Ticket)] : []
      })
      await nextTurn()
    }
  }

  return {
    csv: async function* (municipality, query, { language, bom }) {
      yield `${bom ? byteOrderMark : ''}${csvRecord(openRequestHeaders)}`
      for await (const batch of batches(municipality, query, language)) {
        yield batch.map((request) => csvRecord(openRequestHeaders.map((header) => request[header]))).join('')
      }
    },
    json: async function* (municipality, query, { language, head }) {
      yield `${JSON.stringify({ ...head, from: toIso(query.from), to: toIso(query.until) }).slice(0, -1)},"requests":[`
      let separator = '\n'
      for await (const batch of batches(municipality, query, language)) {
        if (batch.length === 0) continue
        yield separator + batch.map((request) => JSON.stringify(request)).join(',\n')
        separator = ',\n'
      }
      yield '\n]}\n'
    },
  }
}
