import type { ChangedRecord, Instant, RecordQueries } from '@fanari/contracts'
import type { InfluxDoor } from './door.ts'
import { nightIndexLines } from './encode-nights.ts'
import { incidentTicketLines, reportLines, tagsOfReport, tagsOfTicket, ticketLines } from './encode-records.ts'
import { documentOf, filedBefore } from './filed-before.ts'
import { type FiledUnder, fileUnder, type Tags, tagsOfPoint } from './first-tags.ts'
import { type Line, noLines } from './line.ts'
import type { InfluxServer } from './server.ts'
import type { InfluxStore } from './store.ts'

/** Documents asked for at a time. */
const documentsAtATime = 500

/** What is known of the points of a document, with what a batch adds. */
type Filing = (points: number, tags: Tags) => FiledUnder

const linesOf = (record: ChangedRecord, filed: Filing): Line[] => {
  switch (record.kind) {
    case 'incident':
      return incidentTicketLines(record.document)
    case 'ticket': {
      const found = filed(record.document.history.length, tagsOfTicket(record.document))
      return ticketLines(record.document, (line) => tagsOfPoint(found, line))
    }
    case 'report': {
      const found = filed(1, tagsOfReport(record.document))
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
  {
    store,
    server,
    door,
    records,
  }: { store: InfluxStore; server: InfluxServer; door: InfluxDoor; records: RecordQueries },
  signal: AbortSignal,
): Promise<void> => {
  for (;;) {
    const changed = await records.changedAfter(store.cursor('records'), documentsAtATime)
    const last = changed.at(-1)
    if (last === undefined) return
    const known = new Map(
      changed.flatMap((record) => {
        const document = documentOf(record)
        const filed = document === null ? null : store.filedUnder(document)
        return document === null || filed === null ? [] : [[document, filed] as const]
      }),
    )
    const unknown = changed.filter((record) => !known.has(documentOf(record) ?? ''))
    const news = await filedBefore(server, unknown)
    const lines = changed.flatMap((record) =>
      linesOf(record, (points, tags) => {
        const document = documentOf(record) ?? ''
        const found = fileUnder(news.get(document) ?? known.get(document) ?? null, points, tags)
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
