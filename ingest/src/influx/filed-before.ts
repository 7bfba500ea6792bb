import { type ChangedRecord, noTag, secondMs } from '@fanari/contracts'
import { type FiledUnder, fileUnder, type Tags } from './first-tags.ts'
import { InfluxError, type InfluxSeries, type InfluxServer } from './server.ts'

/*
 * What the points of a document are filed under is in `influx.sqlite`. Where that was lost, or is from a release that did not note it,
 * InfluxDB itself knows.
 */

/** Ids of tickets and reports by which their points are found. */
const kinds = ['ticket', 'report'] as const
/** Points of one millisecond are up to so much apart (`encode-records.ts`) [ms]. */
const latestApartMs = secondMs
/** The status of a server that does not answer. */
const away = 0

/** The key of a document; null for one whose points do not move. */
export const documentOf = ({ kind, document }: ChangedRecord): string | null =>
  kind === 'incident' ? null : `${kind}/${document.municipality}/${document.id}`

/** When the first and the last point of a document are [ms]; null for what has no point that could move, or cannot have one yet. */
const timesOf = (record: ChangedRecord): [number, number] | null => {
  switch (record.kind) {
    case 'incident':
      return null
    case 'ticket': {
      const times = record.document.history.map(({ at }) => Date.parse(at))
      // A ticket is opened, and changes later.
      return times.length < 2 ? null : [Math.min(...times), Math.max(...times)]
    }
    case 'report': {
      const at = Date.parse(record.document.createdAt)
      return [at, at]
    }
  }
}

/** A server that refuses has nothing for us: there is no storage yet, or it answers for no such stretch of time (3 Core). */
const seriesOf = async (
  server: InfluxServer,
  kind: (typeof kinds)[number],
  { from, to }: { from: number; to: number },
): Promise<InfluxSeries[]> => {
  try {
    return await server.query(
      'records',
      `SELECT "${kind}" FROM "${kind}" WHERE time >= ${from}ms AND time <= ${to}ms GROUP BY *`,
    )
  } catch (error) {
    if (error instanceof InfluxError && error.status !== away && error.status !== 503) return []
    throw error
  }
}

/** What the server has of these documents, as it was filed. @throws InfluxError while it is away */
export const filedBefore = async (
  server: InfluxServer,
  records: readonly ChangedRecord[],
): Promise<Map<string, FiledUnder>> => {
  const found = new Map<string, { at: number; tags: Tags }[]>()
  for (const kind of kinds) {
    const asked = records.flatMap((record) => {
      const times = record.kind === kind ? timesOf(record) : null
      return times === null ? [] : [{ document: documentOf(record) ?? '', times }]
    })
    if (asked.length === 0) continue
    const wanted = new Set(asked.map(({ document }) => document))
    const from = Math.min(...asked.map(({ times: [first] }) => first))
    const to = Math.max(...asked.map(({ times: [, last] }) => last)) + latestApartMs
    for (const { tags, values } of await seriesOf(server, kind, { from, to })) {
      const { event: _, ...rest } = tags
      const filed = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== noTag))
      for (const [at, id] of values) {
        const document = `${kind}/${tags.municipality}/${id}`
        if (!wanted.has(document)) continue
        const points = found.get(document) ?? []
        found.set(document, points)
        points.push({ at: Number(at), tags: filed })
      }
    }
  }
  return new Map(
    [...found].flatMap(([document, points]) => {
      points.sort((one, other) => one.at - other.at)
      const filed = points.reduce<FiledUnder | null>((known, { tags }, i) => fileUnder(known, i + 1, tags), null)
      return filed === null ? [] : [[document, filed] as const]
    }),
  )
}
