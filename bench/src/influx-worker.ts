import { join } from 'node:path'
import { createFollowers, createInflux, createJournal } from '@fanari/ingest'
import { deviceName, municipality } from './load.ts'
import { answer, peakResidentBytes, until } from './processes.ts'
import { town } from './town.ts'

/*
 * A journal with a backlog, and the follower that takes it to InfluxDB, each as a process of its own: what the filling takes is not on the
 * follower's account.
 */

export type BacklogQuestion =
  | { kind: 'fill'; folder: string; readings: number; lights: number }
  | { kind: 'drain'; folder: string; url: string }

export interface BacklogAnswer {
  /** From the start of the follower until InfluxDB had everything; of a fill, until the journal had [s]. */
  seconds: number
  /** CPU of this process meanwhile [s]. */
  cpuSeconds: number
  /** The most memory this process ever had [bytes]. */
  peakBytes: number
}

/** Readings appended before others may run. */
const appendedAtATime = 5_000
const reportMs = 15 * 60_000

/** Lights that report every quarter of an hour, up to now, with the fields a controller of today sends. */
const fill = async (
  journal: ReturnType<typeof createJournal>,
  { readings, lights }: Extract<BacklogQuestion, { kind: 'fill' }>,
): Promise<void> => {
  await journal.commands.append([
    { kind: 'municipality', municipality: { id: municipality, name: 'Bench', timeZone: 'Europe/Athens' } },
    { kind: 'assets', municipality, features: town(lights) },
  ])
  const rounds = Math.ceil(readings / lights)
  const begin = Date.now() - rounds * reportMs
  for (let sent = 0; sent < readings; sent += appendedAtATime) {
    const records = Array.from({ length: Math.min(appendedAtATime, readings - sent) }, (_, i) => {
      const number = sent + i
      const light = number % lights
      const round = Math.floor(number / lights)
      return {
        kind: 'reading' as const,
        municipality,
        device: deviceName(light),
        reading: {
          at: begin + round * reportMs + light,
          seq: round,
          uptime: round * 900,
          lightLevel: round % 2 === 0 ? 100 : 70,
          supplyVoltage: 228 + ((number * 7) % 50) / 10,
          activePower: 57 + ((number * 13) % 40) / 10,
          powerFactor: 0.96,
          activeEnergy: Math.round(round * 14.5) / 1_000,
          temperature: 21 + ((number * 3) % 60) / 10,
          rssi: -70 - (light % 20),
          snr: 8,
        },
      }
    })
    await journal.commands.append(records)
  }
}

/** Takes all of the journal to InfluxDB. */
const drain = async (
  journal: ReturnType<typeof createJournal>,
  { folder, url }: Extract<BacklogQuestion, { kind: 'drain' }>,
): Promise<void> => {
  const followers = createFollowers({ journal, log: () => {} })
  const influx = createInflux({
    connection: { url, database: 'fanari', login: { kind: 'none' } },
    folder,
    log: (level, event, fields) => {
      if (level !== 'info') process.stderr.write(`${event} ${JSON.stringify(fields)}\n`)
    },
    now: Date.now,
    wallNow: Date.now,
    journal,
    commands: journal.commands,
    stateOf: () => null,
    forecastOf: () => null,
    records: {
      changedAfter: async () => [],
      municipalities: async () => [],
      assets: async () => [],
      nightIndices: async () => [],
    },
    nights: { night: async () => null, boundsOf: async () => null },
    health: async () => [],
    info: { consoleUrl: 'http://127.0.0.1', version: 'bench' },
    prices: { eurPerKwh: null, co2GramsPerKwh: null },
  })
  influx.start()
  followers.add(influx.follower)
  followers.start()
  await until('the backlog', 3_600, () => influx.follower.cursor() === journal.head)
  await influx.stop()
  await followers.stop()
  influx.close()
}

answer(async (question: BacklogQuestion): Promise<BacklogAnswer> => {
  const journal = createJournal({ folder: join(question.folder, 'journal'), now: Date.now, log: () => {} })
  await journal.start()
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  if (question.kind === 'fill') await fill(journal, question)
  else await drain(journal, question)
  const seconds = (performance.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  await journal.stop()
  return { seconds, cpuSeconds: (user + system) / 1e6, peakBytes: peakResidentBytes(process.pid) }
})
