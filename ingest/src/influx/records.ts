import type { ChangedRecord, Instant, RecordQueries } from '@fanari/contracts'
import type { InfluxDoor } from './door.ts'
import { nightIndexLines } from './encode-nights.ts'
import { incidentTicketLines, reportLines, tagsOfReport, tagsOfTicket, ticketLines } from './encode-records.ts'
import { type FiledUnder, fileUnder, type Tags, tagsOfPoint } from './first-tags.ts'
import { type Line, noLines } from './line.ts'
import type { InfluxStore } from './store.ts'

/** Documents asked for at a time. */
const documentsAtATime = 500

/** What is known of the points of documents, with what a batch adds. */
type Filing = (document: string, points: number, tags: Tags) => FiledUnder

const linesOf = (record: ChangedRecord, filed: Filing): Line[] => {
  switch (record.kind) {
    case 'incident':
      return incidentTicketLines(record.document)
    case 'ticket': {
      const { id, municipality, history } = record.document
      const found = filed(`ticket/${municipality}/${id}`, history.length, tagsOfTicket(record.document))
      return ticketLines(record.document, (line) => tagsOfPoint(found, line))
    }
    case 'report': {
      const { id, municipality } = record.document
      const found = filed(`report/${municipality}/${id}`, 1, tagsOfReport(record.document))
      return reportLines(record.document, tagsOfPoint(found, 0))
    }
  }
}

const sorted = (lines: readonly Line[]) => {
  const all = noLines()
  for (const { policy, text } of lines) all[policy].push(text)
  return all
}

/** Copies what changed in the citizen line since the last time; a copy that is made twice is the same. */
export const copyRecords = async (
  { store, door, records }: { store: InfluxStore; door: InfluxDoor; records: RecordQueries },
  signal: AbortSignal,
): Promise<void> => {
  for (;;) {
    const changed = await records.changedAfter(store.cursor('records'), documentsAtATime)
    const last = changed.at(-1)
    if (last === undefined) return
    const news = new Map<string, FiledUnder>()
    const lines = changed.flatMap((record) =>
      linesOf(record, (document, points, tags) => {
        const found = fileUnder(news.get(document) ?? store.filedUnder(document), points, tags)
        news.set(document, found)
        return found
      }),
    )
    // Before the server has them: what it may have got is never filed under something else after a crash.
    store.keepFiledUnder(news)
    await door.deliver(sorted(lines), signal)
    store.advance('records', last.change)
  }
}

const nightGroups = ['municipality', 'community', 'circuit'] as const

/** The indices of nights as they stand. */
export const copyNightIndices = async (
  { door, records }: { door: InfluxDoor; records: RecordQueries },
  nights: readonly { municipality: string; night: string; from: Instant; live: boolean }[],
  signal: AbortSignal,
): Promise<void> => {
  for (const night of nights) {
    const lines: Line[] = []
    for (const by of nightGroups)
      for (const indices of await records.nightIndices(night.municipality, night.night, by))
        lines.push(...nightIndexLines({ ...night, noon: night.from }, by, indices))
    await door.deliver(sorted(lines), signal)
  }
}
