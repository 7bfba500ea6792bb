import { randomUUID } from 'node:crypto'
import { type Attachment, type Clock, ProblemError, toIso } from '@fanari/contracts'
import { hashOf, matches } from '../access/secrets.ts'
import { createGate, GateFullError } from '../gate.ts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { cleanPhoto } from './clean-photo.ts'
import type { PhotoFiles } from './photo-files.ts'

/** So many photos a report or a work order holds. */
const mostPhotos = { report: 5, workOrder: 20 } as const

export type PhotoSubject = Attachment['subject']

export interface Photos {
  /** @throws ProblemError `not-found` when there is no such report or work order. */
  ticketOf(municipality: string, subject: PhotoSubject): string
  /** Whether a token is the one that was answered to who made the report. */
  isReporter(municipality: string, report: string, token: string): boolean
  /** Keeps all of them or none. @throws ProblemError `conflict` when there would be too many, and those of `cleanPhoto` */
  add(municipality: string, subject: PhotoSubject, files: readonly Buffer[], by: string): Promise<Attachment[]>
  get(municipality: string, id: string): Attachment | null
  ofSubject(municipality: string, subject: PhotoSubject): Attachment[]
  /** Of all reports and work orders of a ticket. */
  ofTicket(municipality: string, ticket: string): Attachment[]
  content(photo: Attachment): Promise<Buffer | null>
  /** Lets everyone see it, or no longer. @throws ProblemError `not-found` */
  moderate(municipality: string, id: string, isPublic: boolean, by: string): Attachment
  /** `false` when there is none. */
  remove(municipality: string, id: string, by: string): Promise<boolean>
  /** Removes files that no document names any more; answers how many. `wallNow` as the file system's clock. */
  sweep(wallNow: number): Promise<number>
}

export const createPhotos = (options: { database: Database; files: PhotoFiles; clock: Clock }): Photos => {
  const { database, files, clock } = options
  // Decoded pictures are large: a few hundred megabytes at a time, not a few thousand.
  const gate = createGate({ atOnce: 2, waiting: 20 })

  const all = (condition: string, ...values: string[]): Attachment[] =>
    database
      .all<{ document: string }>(
        `SELECT document FROM attachments WHERE ${condition} ORDER BY created_at, id`,
        ...values,
      )
      .map(({ document }) => JSON.parse(document) as Attachment)
  const get = (municipality: string, id: string): Attachment | null =>
    all('municipality = ? AND id = ?', municipality, id)[0] ?? null
  const ofSubject = (municipality: string, { kind, id }: PhotoSubject): Attachment[] =>
    all('municipality = ? AND subject_kind = ? AND subject = ?', municipality, kind, id)

  const ticketOf = (municipality: string, { kind, id }: PhotoSubject): string => {
    const table = kind === 'report' ? 'reports' : 'work_orders'
    const sql = `SELECT ticket FROM ${table} WHERE municipality = ? AND id = ?`
    const row = database.get<{ ticket: string }>(sql, municipality, id)
    if (row === null) {
      throw new ProblemError('not-found', `There is no ${kind === 'report' ? 'report' : 'work order'} ${id}`)
    }
    return row.ticket
  }
  const tell = (photo: Attachment, by: string, event: 'photoAdded' | 'photoModerated' | 'photoRemoved') =>
    writeCitizenEvent(database, {
      municipality: photo.municipality,
      at: clock.now(),
      by,
      subject: { kind: 'attachment', id: photo.id },
      ticket: ticketOf(photo.municipality, photo.subject),
      event,
      details: {
        of: photo.subject.kind,
        id: photo.subject.id,
        ...(event === 'photoModerated' ? { public: photo.public } : {}),
      },
    })
  const refuseTooMany = (municipality: string, subject: PhotoSubject, more: number) => {
    const most = mostPhotos[subject.kind]
    if (ofSubject(municipality, subject).length + more > most) {
      throw new ProblemError('conflict', `It may hold ${most} photos at most`)
    }
  }
  const isNamed = (sha256: string) =>
    database.get('SELECT 1 FROM attachments WHERE sha256 = ? LIMIT 1', sha256) !== null

  return {
    ticketOf,
    isReporter: (municipality, report, token) => {
      const row = database.get<{ answer_token: string }>(
        'SELECT answer_token FROM reports WHERE municipality = ? AND id = ?',
        municipality,
        report,
      )
      return row !== null && matches(token, hashOf(row.answer_token))
    },
    add: async (municipality, subject, given, by) => {
      refuseTooMany(municipality, subject, given.length)
      const kept: Attachment[] = []
      for (const [index, bytes] of given.entries()) {
        const photo = await gate
          .pass(() => cleanPhoto(bytes, `files[${index}]`))
          .catch((error: unknown) => {
            if (!(error instanceof GateFullError)) throw error
            throw new ProblemError('too-many-requests', 'Too many photos at once', undefined, 10)
          })
        const sha256 = await files.write(photo.bytes)
        kept.push({
          id: randomUUID(),
          municipality,
          subject,
          sha256,
          mediaType: photo.mediaType,
          bytes: photo.bytes.length,
          widthPx: photo.widthPx,
          heightPx: photo.heightPx,
          public: false,
          createdAt: toIso(clock.now()),
          by,
        })
      }
      database.transaction(() => {
        // Anew: others may have added theirs meanwhile.
        refuseTooMany(municipality, subject, kept.length)
        for (const photo of kept) {
          database.run(
            `INSERT INTO attachments (municipality, id, subject_kind, subject, sha256, created_at, document)
             VALUES (?, ?, ?, ?, ?, ?, ?)`,
            municipality,
            photo.id,
            subject.kind,
            subject.id,
            photo.sha256,
            clock.now(),
            JSON.stringify(photo),
          )
          tell(photo, by, 'photoAdded')
        }
      })
      return kept
    },
    get,
    ofSubject,
    ofTicket: (municipality, ticket) =>
      all(
        `municipality = ? AND (
           (subject_kind = 'report' AND subject IN (SELECT id FROM reports WHERE municipality = ? AND ticket = ?))
           OR (subject_kind = 'workOrder' AND subject IN (SELECT id FROM work_orders WHERE municipality = ? AND ticket = ?)))`,
        municipality,
        municipality,
        ticket,
        municipality,
        ticket,
      ),
    content: ({ sha256 }) => files.read(sha256),
    moderate: (municipality, id, isPublic, by) => {
      const photo = get(municipality, id)
      if (photo === null) throw new ProblemError('not-found', `There is no photo ${id}`)
      const changed = { ...photo, public: isPublic }
      database.transaction(() => {
        database.run(
          'UPDATE attachments SET public = ?, document = ? WHERE municipality = ? AND id = ?',
          isPublic ? 1 : 0,
          JSON.stringify(changed),
          municipality,
          id,
        )
        tell(changed, by, 'photoModerated')
      })
      return changed
    },
    remove: async (municipality, id, by) => {
      const photo = get(municipality, id)
      if (photo === null) return false
      database.transaction(() => {
        database.run('DELETE FROM attachments WHERE municipality = ? AND id = ?', municipality, id)
        tell(photo, by, 'photoRemoved')
      })
      if (!isNamed(photo.sha256)) await files.remove(photo.sha256)
      return true
    },
    sweep: async (wallNow) => {
      let removed = 0
      for (const sha256 of await files.settled(wallNow)) {
        if (isNamed(sha256)) continue
        await files.remove(sha256)
        removed++
      }
      return removed
    },
  }
}
