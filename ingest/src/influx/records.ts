import type { ChangedRecord, Instant, RecordQueries } from '@fanari/contracts'
import type { InfluxDoor } from './door.ts'
import { nightIndexLines } from './encode-nights.ts'
import { incidentTicketLines, reportLines, ticketLines } from './encode-records.ts'
import { type Line, noLines } from './line.ts'
import type { InfluxStore } from './store.ts'

/** Documents asked for at a time. */
const documentsAtATime = 500

const linesOf = (record: ChangedRecord): Line[] => {
  switch (record.kind) {
    case 'incident':
      return incidentTicketLines(record.document)
    case 'ticket':
      return ticketLines(record.document)
    case 'report':
      return reportLines(record.document)
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
    const lines = changed.flatMap(linesOf)
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
