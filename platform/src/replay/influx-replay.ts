import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AssetFeature, Forecast, Incident, Instant, LightState, Log, Rules, Ticket } from '@fanari/contracts'
import type { Detector } from '@fanari/ingest/detection'
import { createInfluxFill, type InfluxConnection, type InfluxFill } from '@fanari/ingest/influx'
import { createPlayback, type Playback } from './playback.ts'

/** Replayed traffic that goes into InfluxDB as well: a town's history for dashboards, in minutes. */
export interface InfluxReplay {
  playback: Playback
  fill: InfluxFill
  /** Sends what was played so far. */
  flush(): Promise<void>
  /** Sends the rest with tickets, nights and roll-ups. Answers how many points InfluxDB has taken and refused. */
  finish(): Promise<{ points: number; refused: number }>
}

export const createInfluxReplay = (options: {
  connection: InfluxConnection
  municipality: string
  timeZone: string
  assets: readonly AssetFeature[]
  rules: Rules
  rollUpFrom?: Instant
  /** See `createInfluxFill`. */
  isInOrder?: boolean
  prices: { eurPerKwh: number | null; co2GramsPerKwh: number | null }
  log: Log
}): InfluxReplay => {
  const { connection, municipality, timeZone, assets, rules, prices, rollUpFrom, isInOrder = false, log } = options
  const folder = mkdtempSync(join(tmpdir(), 'fanari-replay-'))
  const tickets = new Map<string, Ticket>()
  const incidents = new Map<string, Incident>()
  let detector: Detector | null = null
  const fill = createInfluxFill({
    connection,
    municipality,
    timeZone,
    folder,
    prices,
    ...(rollUpFrom === undefined ? {} : { rollUpFrom }),
    isInOrder,
    stateOf: (luminaire): LightState | null => detector?.light(luminaire)?.state ?? null,
    forecastOf: (luminaire): Forecast | null => detector?.forecast(luminaire) ?? null,
    log,
  })
  const playback = createPlayback({
    municipality,
    timeZone,
    assets,
    rules: [rules],
    indices: true,
    witness: {
      entry: fill.entry,
      decided(outputs, changes, from) {
        detector = from
        fill.decided(outputs)
        for (const output of outputs)
          if (output.type === 'incident.opened') incidents.set(output.incident.id, output.incident)
        for (const { ticket } of changes) {
          tickets.set(ticket.id, ticket)
          const incident = incidents.get(ticket.incident ?? '')
          if (incident !== undefined) incidents.set(incident.id, { ...incident, ticket: ticket.id })
        }
      },
    },
  })
  return {
    playback,
    fill,
    flush: () => fill.flush(),
    async finish() {
      fill.tickets([...tickets.values()])
      fill.incidents([...incidents.values()])
      for (const { from: night, by, items } of await playback.nightIndices()) fill.night(night, by, items)
      try {
        return await fill.finish()
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}
