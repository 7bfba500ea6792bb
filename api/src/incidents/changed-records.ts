import {
  assetKinds,
  type ChangedRecord,
  type Clock,
  type NightQueries,
  type RecordQueries,
  type ReportFacts,
  type ReportRecord,
} from '@fanari/contracts'
import { townIndices } from '../indices/town-indices.ts'
import type { Register } from '../register/register.ts'
import type { Database } from '../store/database.ts'
import type { IncidentDocuments } from './documents.ts'

interface Row {
  change: number
  kind: ChangedRecord['kind']
  municipality: string
  id: string
}

/** Incidents and tickets in the order of their last change, and what nights were. */
export const createRecordQueries = (sources: {
  database: Database
  documents: Pick<IncidentDocuments, 'incident' | 'ticket' | 'between'>
  nights: Pick<NightQueries, 'night' | 'boundsOf' | 'sums'>
  register: Pick<Register, 'municipalities' | 'inventoryOf'>
  clock: Clock
}): RecordQueries => {
  const { database, documents, nights, register, clock } = sources

  const reportFacts = (municipality: string, id: string): ReportFacts | null => {
    const row = database.get<{ document: string }>(
      'SELECT document FROM reports WHERE municipality = ? AND id = ?',
      municipality,
      id,
    )
    if (row === null) return null
    const report = JSON.parse(row.document) as ReportRecord
    const { ticket, category, channel, luminaire, community, wholeStreet, alreadyKnown, createdAt, firstResponseAt } =
      report
    return {
      id,
      municipality,
      ticket,
      category,
      channel,
      alreadyKnown,
      createdAt,
      ...(luminaire === undefined ? {} : { luminaire }),
      ...(community === undefined ? {} : { community }),
      ...(wholeStreet === undefined ? {} : { wholeStreet }),
      ...(firstResponseAt === undefined ? {} : { firstResponseAt }),
    }
  }

  const recordOf = ({ change, kind, municipality, id }: Row): ChangedRecord[] => {
    switch (kind) {
      case 'incident': {
        const document = documents.incident(municipality, id)
        return document === null ? [] : [{ change, kind, document }]
      }
      case 'ticket': {
        const document = documents.ticket(municipality, id)
        return document === null ? [] : [{ change, kind, document }]
      }
      case 'report': {
        const document = reportFacts(municipality, id)
        return document === null ? [] : [{ change, kind, document }]
      }
    }
  }

  return {
    changedAfter: async (change, limit) =>
      database
        .all<Row>(
          'SELECT change, kind, municipality, id FROM document_changes WHERE change > ? ORDER BY change LIMIT ?',
          change,
          limit,
        )
        .flatMap(recordOf),
    municipalities: async () => register.municipalities(),
    assets: async (municipality) =>
      assetKinds.flatMap((kind) => [...(register.inventoryOf(municipality)?.assets(kind) ?? [])]),
    nightIndices: async (municipality, night, by) => {
      if ((await nights.boundsOf(municipality, night)) === null) return []
      const town = { nights, documents, inventory: register.inventoryOf(municipality) }
      const { items } = await townIndices(town, municipality, { from: night, to: night, by }, clock.now())
      return items
    },
  }
}
