import { type Incident, type Log, type Publisher, type Ticket, topics } from '@fanari/contracts'
import type { Database } from '../store/database.ts'

/** Documents published at once. */
const batchSize = 64
/** Wall time until a failed publish is tried again [ms]. */
const retryDelayMs = 1_000

/**
 * Incidents and tickets on MQTT. What is stored says itself whether it has been published (`published_revision`), so nothing is lost
 * in a crash: at the worst a document is published twice, which means the same.
 */
export interface Announcements {
  /** Publishes everything once more that is retained on the broker, which may have lost its store, and what a crash kept back. */
  start(): void
  /** Something has changed. */
  announce(): void
  pending(): number
  stop(): Promise<void>
}

type Kind = 'incidents' | 'tickets'
interface Row {
  municipality: string
  id: string
  revision: number
  document: string
}

const isOpen: Record<Kind, (document: string) => boolean> = {
  incidents: (document) => (JSON.parse(document) as Incident).state === 'open',
  tickets: (document) => !['resolved', 'closed'].includes((JSON.parse(document) as Ticket).status),
}
const topicOf: Record<Kind, (municipality: string, id: string) => string> = {
  incidents: topics.incident,
  tickets: topics.ticket,
}

export const createAnnouncements = (options: { database: Database; publisher: Publisher; log: Log }): Announcements => {
  const { database, publisher, log } = options
  let state: 'idle' | 'running' | 'stopped' = 'stopped'
  let running: Promise<void> = Promise.resolve()
  let retry: NodeJS.Timeout | undefined

  const publish = async (kind: Kind, { municipality, id, revision, document }: Row) => {
    const topic = topicOf[kind](municipality, id)
    if (isOpen[kind](document)) {
      await publisher.publish(topic, document, { retain: true })
    } else {
      // First the retained one is cleared, which subscribers see as an empty message, so that the last they hear is how it ended.
      await publisher.publish(topic, '', { retain: true })
      await publisher.publish(topic, document, { retain: false })
    }
    return { kind, row: { municipality, id, revision } }
  }

  const unpublished = (kind: Kind): Row[] =>
    database.all<Row>(
      `SELECT municipality, id, revision, document FROM ${kind} WHERE published_revision < revision LIMIT ?`,
      batchSize,
    )

  const run = async () => {
    try {
      while (state === 'running') {
        const incidents = unpublished('incidents')
        const tickets = unpublished('tickets')
        if (incidents.length === 0 && tickets.length === 0) return
        // All have ended before the next round begins, so that no old version can overtake a new one.
        const outcomes = await Promise.allSettled([
          ...incidents.map((row) => publish('incidents', row)),
          ...tickets.map((row) => publish('tickets', row)),
        ])
        // One commit for all of them. What a power cut undoes of it is published again, which means the same.
        const published = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
        database.lazyTransaction(() => {
          for (const { kind, row } of published) {
            database.run(
              `UPDATE ${kind} SET published_revision = ? WHERE municipality = ? AND id = ?`,
              row.revision,
              row.municipality,
              row.id,
            )
          }
        })
        const failure = outcomes.find((outcome) => outcome.status === 'rejected')
        if (failure !== undefined) throw failure.reason
      }
    } catch (error) {
      log('warn', 'announcements.failed', { error: String(error), pending: pending() })
      if (state === 'running') retry = setTimeout(announce, retryDelayMs)
    } finally {
      if (state === 'running') state = 'idle'
    }
  }

  const announce = () => {
    if (state !== 'idle') return
    clearTimeout(retry)
    state = 'running'
    running = run()
  }

  const pending = () =>
    database.get<{ n: number }>(
      `SELECT (SELECT count(*) FROM incidents WHERE published_revision < revision)
            + (SELECT count(*) FROM tickets WHERE published_revision < revision) AS n`,
    )?.n ?? 0

  return {
    start: () => {
      if (state !== 'stopped') return
      database.run("UPDATE incidents SET published_revision = 0 WHERE state = 'open'")
      database.run("UPDATE tickets SET published_revision = 0 WHERE status NOT IN ('resolved', 'closed')")
      state = 'idle'
      announce()
    },
    announce,
    pending,
    stop: async () => {
      state = 'stopped'
      clearTimeout(retry)
      await running
    },
  }
}
