import {
  type Aliases,
  type AssetFeature,
  aliasesSchema,
  type Found,
  type FoundKind,
  foundKinds,
  type Instant,
  type OfficialCode,
  officialCodesSchema,
  type ReportRecord,
  type Ticket,
} from '@fanari/contracts'
import type { Inventory } from '../register/inventory.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { assetEntry, categoryEntries, type Entry, reportEntry, streetEntry, ticketEntry } from './documents.ts'
import { fitness, type Keys, matchExpression, type Query, readQuery, shortWordCondition } from './query.ts'

/** Finds places, lights, categories, tickets and reports by words, however they are spelt. */
export interface Search {
  /** The best fits first. Sees what was written before the call. */
  find(municipality: string, text: string, options: { kinds: readonly FoundKind[]; limit: number }): Found[]
  /** Does a little of what the index is behind with; whether there is more to do. */
  step(): boolean
  /** Brings the index up to date behind what is written, little by little: an erased report must not wait for a query. */
  start(): void
  stop(): void
  aliases(municipality: string): Aliases
  putAliases(municipality: string, aliases: Aliases, change: { by: string; at: Instant }): void
  officialCodes(municipality: string): OfficialCode[]
  putOfficialCodes(municipality: string, codes: OfficialCode[], change: { by: string; at: Instant }): void
}

/** Candidates of a kind that are weighed: more would not be read. */
const mostCandidates = 200
/** Of words too short for the index. */
const mostLookedThrough = 20_000
/** How much of a backlog is worked off at a stretch. */
const mostAtOnce = 100
/** Wall time after which others have their turn, however much is left [ms]. */
const longestStepMs = 8
const pauseMs = { behind: 8, upToDate: 1_000 }

/** Names of places that have several, until the municipality edits them. */
const defaultAliases: Aliases = {
  groups: [
    ['Ορεστιάδα', 'Ορεστιάς', 'Ορεστιάδος', 'Νέα Ορεστιάδα', 'Νέα Ορεστιάς', 'Orestiada', 'Orestias'],
    ['Αμαρούσιον', 'Μαρούσι', 'Amarousio', 'Maroussi'],
    ['Βύσσα', 'Βύσσης', 'Νέα Βύσσα'],
    ['Θούριο', 'Θούριον', 'Θούρι', 'Θουρίου'],
    ['Διδυμότειχο', 'Διδυμότειχον'],
    ['Πίλαρ', 'Κιβώτιο ηλεκτροφωτισμού', 'Pillar'],
  ],
}

interface EntryRow extends Keys {
  kind: FoundKind
  subject: string
  label: string
  detail: string
  community: string | null
  lat: number | null
  lon: number | null
}

export const createSearch = (options: {
  database: Database
  inventoryOf: (municipality: string) => Inventory | null
}): Search => {
  const { database, inventoryOf } = options
  let timer: NodeJS.Timeout | undefined

  const document = <Value>(table: 'place_aliases' | 'official_codes', municipality: string): Value | null => {
    const row = database.get<{ document: string }>(`SELECT document FROM ${table} WHERE municipality = ?`, municipality)
    return row === null ? null : (JSON.parse(row.document) as Value)
  }
  const putDocument = (
    table: 'place_aliases' | 'official_codes',
    municipality: string,
    value: unknown,
    { by, at }: { by: string; at: Instant },
  ): void => {
    database.run(
      `INSERT INTO ${table} (municipality, document) VALUES (?, ?) ON CONFLICT DO UPDATE SET document = excluded.document`,
      municipality,
      JSON.stringify(value),
    )
    writeAudit(database, { municipality, at, by, subject: `search/${table}`, event: 'updated' })
  }
  const officialCodes = (municipality: string): OfficialCode[] =>
    officialCodesSchema.parse({ items: document('official_codes', municipality) ?? [] }).items

  const remove = (municipality: string, kind: string, subject: string): void =>
    void database.run(
      'DELETE FROM search_entries WHERE municipality = ? AND kind = ? AND subject = ?',
      municipality,
      kind,
      subject,
    )
  /**
   * Taking words out of the index for good is a hundred times dearer than putting them in, and most changes of a ticket change none: of
   * those only what is shown is written, which the index does not hold.
   */
  const putShown = (municipality: string, subject: string, entry: Entry): boolean =>
    database.run(
      `UPDATE search_entries SET label = ?, detail = ?, community = ?, lat = ?, lon = ?
       WHERE municipality = ? AND kind = ? AND subject = ? AND folded = ? AND sound = ?`,
      ...[entry.label, entry.detail, entry.community ?? null, entry.lat ?? null, entry.lon ?? null],
      ...[municipality, entry.kind, subject, entry.folded, entry.sound],
    ) > 0
  const put = (municipality: string, subject: string, entry: Entry): void => {
    if (putShown(municipality, subject, entry)) return
    // FTS5 keeps the old words of a row that is replaced: it has to be deleted, so that the trigger sees it go.
    remove(municipality, entry.kind, subject)
    database.run(
      `INSERT INTO search_entries (municipality, kind, subject, label, detail, community, lat, lon, folded, sound)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[municipality, entry.kind, subject, entry.label, entry.detail, entry.community ?? null],
      ...[entry.lat ?? null, entry.lon ?? null, entry.folded, entry.sound],
    )
  }

  const stored = <Document>(
    table: 'assets' | 'tickets' | 'reports',
    municipality: string,
    id: string,
    kind?: string,
  ) => {
    const column = table === 'assets' ? 'feature' : 'document'
    const row = database.get<{ text: string }>(
      `SELECT ${column} AS text FROM ${table} WHERE municipality = ?1 AND id = ?2${kind === undefined ? '' : ' AND kind = ?3'}`,
      ...[municipality, id, ...(kind === undefined ? [] : [kind])],
    )
    return row === null ? null : (JSON.parse(row.text) as Document)
  }
  const communityName = (municipality: string) => (id: string) => {
    const properties = inventoryOf(municipality)?.asset('community', id)?.properties
    return properties?.kind === 'community' ? properties.name : id
  }
  const codesOf = (municipality: string) => {
    const codes = new Map(officialCodes(municipality).map((code) => [code.community, code]))
    return (community: string) => codes.get(community)
  }

  const entryOf = (municipality: string, kind: string, subject: string): Entry | null => {
    switch (kind) {
      case 'ticket': {
        const ticket = stored<Ticket>('tickets', municipality, subject)
        return ticket === null ? null : ticketEntry(ticket)
      }
      case 'report': {
        const report = stored<ReportRecord>('reports', municipality, subject)
        return report === null ? null : reportEntry(report)
      }
      default: {
        const feature = stored<AssetFeature>('assets', municipality, subject, kind)
        return feature === null ? null : assetEntry(feature, communityName(municipality), codesOf(municipality))
      }
    }
  }

  /** Streets have no rows of their own: they are where lights stand. */
  const refreshStreets = (municipality: string): void => {
    database.run("DELETE FROM search_entries WHERE municipality = ? AND kind = 'street'", municipality)
    const rows = database.all<{ street: string; community: string; lights: number }>(
      `SELECT feature ->> '$.properties.street' AS street, community, count(*) AS lights FROM assets
       WHERE municipality = ? AND kind = 'luminaire' AND feature ->> '$.properties.street' <> '' GROUP BY 1, 2`,
      municipality,
    )
    const nameOf = communityName(municipality)
    for (const { street, community, lights } of rows) {
      put(municipality, `${community}/${street}`, streetEntry(street, community, nameOf(community), lights))
    }
  }

  const isBehind = (): boolean => database.get('SELECT 1 FROM search_pending LIMIT 1') !== null

  const workOff = (): void =>
    // What is lost of the index in a power cut is pending again.
    database.lazyTransaction(() => {
      // In the order of the key: a municipality's streets come after its lights.
      const pending = database.all<{ municipality: string; kind: string; subject: string }>(
        'SELECT municipality, kind, subject FROM search_pending ORDER BY municipality, kind, subject LIMIT ?',
        mostAtOnce,
      )
      const begun = performance.now()
      for (const { municipality, kind, subject } of pending) {
        if (performance.now() - begun > longestStepMs) return
        if (kind === 'street') refreshStreets(municipality)
        else {
          const entry = entryOf(municipality, kind, subject)
          if (entry === null) remove(municipality, kind, subject)
          else put(municipality, subject, entry)
          if (kind === 'luminaire')
            database.run("INSERT OR IGNORE INTO search_pending VALUES (?, 'street', '')", municipality)
        }
        database.run(
          'DELETE FROM search_pending WHERE municipality = ? AND kind = ? AND subject = ?',
          municipality,
          kind,
          subject,
        )
      }
    })

  /** Streets are found out only after their lights, so that one step may leave another to be done. */
  const catchUp = (steps: number): void => {
    for (let step = 0; step < steps && isBehind(); step++) workOff()
  }

  const step = (): boolean => {
    catchUp(1)
    return isBehind()
  }

  const candidates = (municipality: string, kind: FoundKind, query: Query): EntryRow[] => {
    const columns = 'e.kind, e.subject, e.label, e.detail, e.community, e.lat, e.lon, e.folded, e.sound'
    const expression = matchExpression(query)
    const short = shortWordCondition(query, 4)
    // Without a word for the index only so many things are looked through, newest first.
    return expression === null
      ? database.all<EntryRow>(
          `SELECT ${columns} FROM (
             SELECT * FROM search_entries WHERE municipality = ?1 AND kind = ?2 ORDER BY id DESC LIMIT ${mostLookedThrough}
           ) e WHERE ${short.sql} LIMIT ?3`,
          municipality,
          kind,
          mostCandidates,
          ...short.values,
        )
      : database.all<EntryRow>(
          `SELECT ${columns} FROM search_index i JOIN search_entries e ON e.id = i.rowid
           WHERE search_index MATCH ?2 AND e.municipality = ?1 AND ${short.sql} ORDER BY i.rowid DESC LIMIT ?3`,
          municipality,
          `kind : "${kind}" AND (${expression})`,
          mostCandidates,
          ...short.values,
        )
  }

  return {
    find: (municipality, text, { kinds, limit }) => {
      catchUp(3)
      const aliases = aliasesSchema.parse(document('place_aliases', municipality) ?? defaultAliases)
      const query = readQuery(text, aliases.groups)
      if (query.length === 0) return []
      const found = kinds.flatMap((kind): (Found & { fit: number })[] => {
        if (kind === 'category')
          return categoryEntries.map((entry) => ({ ...plain(entry), fit: fitness(query, entry) }))
        return candidates(municipality, kind, query).map((row) => ({ ...foundOf(row), fit: fitness(query, row) }))
      })
      return found
        .filter(({ fit }) => fit > 0)
        .sort(
          (a, b) =>
            b.fit - a.fit ||
            foundKinds.indexOf(a.kind) - foundKinds.indexOf(b.kind) ||
            a.label.localeCompare(b.label, 'el', { numeric: true }),
        )
        .slice(0, limit)
        .map(({ fit: _fit, ...one }) => one)
    },
    step,
    start: () => {
      const next = (): void => {
        timer = setTimeout(next, step() ? pauseMs.behind : pauseMs.upToDate).unref()
      }
      timer ??= setTimeout(next, 0).unref()
    },
    stop: () => {
      clearTimeout(timer)
      timer = undefined
    },
    aliases: (municipality) => aliasesSchema.parse(document('place_aliases', municipality) ?? defaultAliases),
    putAliases: (municipality, aliases, change) =>
      database.transaction(() => putDocument('place_aliases', municipality, aliases, change)),
    officialCodes,
    putOfficialCodes: (municipality, codes, change) =>
      database.transaction(() => {
        putDocument('official_codes', municipality, codes, change)
        database.run(
          "INSERT OR IGNORE INTO search_pending SELECT municipality, kind, id FROM assets WHERE municipality = ? AND kind = 'community'",
          municipality,
        )
      }),
  }
}

const plain = ({ folded: _folded, sound: _sound, ...found }: Entry): Found => found

const foundOf = ({ kind, subject, label, detail, community, lat, lon }: EntryRow): Found => ({
  kind,
  id: kind === 'street' ? label : subject,
  label,
  detail,
  ...(community === null ? {} : { community }),
  ...(lat === null || lon === null ? {} : { lat, lon }),
})
