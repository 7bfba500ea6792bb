import { type AssetFacts, type TicketChange, townIndices } from '@fanari/api/rules'
import {
  type AssetFeature,
  type DetectorOutput,
  type Incident,
  type Indices,
  type Instant,
  nightGroups,
  shiftDate,
  type Ticket,
} from '@fanari/contracts'
import type { Detector } from '@fanari/ingest/detection'
import { createNightsInMemory } from '@fanari/ingest/recorded'

/** The indices of replayed traffic: the same sums and formulas as live, over all of its nights. */
export interface ReplayIndices {
  /** Takes what was decided up to `now`, in order. */
  take(outputs: readonly DetectorOutput[], tickets: readonly TicketChange[], now: Instant): void
  /** By municipality, community and circuit; the last night as far as the traffic goes. Ends the counting. */
  close(): Promise<({ type: 'indices'; at: Instant } & Indices)[]>
  /** Each night by itself, before `close`. */
  nightly(): Promise<Indices[]>
}

export const createReplayIndices = (options: {
  municipality: string
  assets: readonly AssetFeature[]
  inventory: AssetFacts
  detector: Detector
  /** When the traffic begins. */
  startAt: Instant
}): ReplayIndices => {
  const { municipality, assets, inventory, detector, startAt } = options
  const nights = createNightsInMemory(municipality, detector)
  const incidents = new Map<string, Incident>()
  const tickets = new Map<string, Ticket>()
  let now = startAt
  nights.register(assets, startAt)

  const between = ({ from, until }: { from: Instant; until: Instant }) => ({
    incidents: [...incidents.values()].filter(({ detectedAt, resolvedAt }) => {
      const begins = Date.parse(detectedAt)
      return begins < until && (begins >= from || resolvedAt === undefined || Date.parse(resolvedAt) >= from)
    }),
    tickets: [...tickets.values()].filter(({ createdAt }) => {
      const at = Date.parse(createdAt)
      return at >= from && at < until
    }),
  })

  const over = ({ from, to }: { from: string; to: string }): Promise<Indices[]> => {
    const documents = { between: (_municipality: string, range: { from: Instant; until: Instant }) => between(range) }
    const sources = { nights: nights.queries, documents, inventory }
    return Promise.all(nightGroups.map((by) => townIndices(sources, municipality, { from, to, by }, now)))
  }

  return {
    take(outputs, changes, at) {
      now = at
      for (const output of outputs) {
        if (!('incident' in output) || typeof output.incident !== 'object') continue
        incidents.set(output.incident.id, output.incident)
      }
      for (const { ticket } of changes) tickets.set(ticket.id, ticket)
      nights.take(outputs, at)
    },
    async nightly() {
      const found: Indices[] = []
      const last = detector.nightAt(now)
      for (let night = detector.nightAt(startAt); night <= last; night = shiftDate(night, 1))
        found.push(...(await over({ from: night, to: night })))
      return found
    },
    async close() {
      const indices = await over({ from: detector.nightAt(startAt), to: detector.nightAt(now) })
      nights.close()
      return indices.map((it) => ({ type: 'indices', at: now, ...it }))
    },
  }
}
