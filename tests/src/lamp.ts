import { setTimeout as delay } from 'node:timers/promises'
import { topics } from '@fanari/contracts'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'

/** A reading that was sent, as far as the stories compare it with the history. */
export interface SentReading {
  at: number
  seq: number
  activePower: number
}

export interface LampOptions {
  mqttUrl: string
  municipality: string
  id: string
  reportIntervalMs: number
  /** How long after `connect` the first reading goes out, so that a street does not speak in chorus [ms]. */
  phaseMs?: number
  /** Without a will a light that is gone is merely not heard. */
  will?: boolean
  credentials?: { username: string; password: string }
}

/**
 * A light's controller on a real MQTT connection: birth, will, and a reading an interval with rising `seq` and `uptime`. What the
 * broker has not acknowledged is sent again after a lost connection, as firmware does.
 */
export interface Lamp {
  readonly id: string
  /** Readings whose PUBACK has come. */
  readonly acknowledged: readonly SentReading[]
  /** Connects and begins to report. */
  turnOn(): void
  /** Measured power from the next reading on [W]. */
  powerW: number
  /** Sends one reading now. Resolves with its PUBACK. */
  report(): Promise<void>
  /** Sends this text. Resolves with its PUBACK. */
  say(channel: 'telemetry' | 'status' | 'event', text: string): Promise<void>
  /** Announces that its supply is gone, on its last reserve. */
  gasp(): Promise<void>
  /** Says no more, over a connection that stays. */
  fallSilent(): void
  /** Is gone without a farewell: the broker publishes its will. */
  vanish(): Promise<void>
  /** Speaks again, after `fallSilent` or `vanish`; `restarted`: with its counters begun anew. */
  comeBack(how?: { restarted: boolean }): void
}

/** What a 60 W light draws when it burns [W]. */
export const litPowerW = 58

export const createLamp = (options: LampOptions): Lamp => {
  const { mqttUrl, municipality, id, reportIntervalMs, phaseMs = 0, will = true, credentials } = options
  const topic = (channel: 'telemetry' | 'status' | 'event') => topics.device(municipality, id, channel)
  const acknowledged: SentReading[] = []
  let client: MqttClient | null = null
  let timer: NodeJS.Timeout | undefined
  let seq = 0
  let bootedAt = Date.now()
  let session = 0

  const status = (state: 'online' | 'offline'): string => JSON.stringify({ state, session: `${id}-${session}` })
  const willNow = (): IClientOptions['will'] => ({
    topic: topic('status'),
    payload: Buffer.from(status('offline')),
    qos: 1,
  })

  const connect = (): void => {
    session += 1
    const opened = mqtt.connect(mqttUrl, {
      clientId: credentials?.username ?? `${municipality}/${id}`,
      ...credentials,
      reconnectPeriod: 200,
      ...(will ? { will: willNow() } : {}),
    })
    opened.on('connect', () => void opened.publish(topic('status'), status('online'), { qos: 1 }))
    opened.on('close', () => {
      // A session names one connection: the next one's will must not be taken for this one's.
      session += 1
      if (will) opened.options.will = willNow()
    })
    // Refused connections while the platform is away; it tries again.
    opened.on('error', () => {})
    client = opened
  }

  const say: Lamp['say'] = async (channel, text) => {
    await client?.publishAsync(topic(channel), text, { qos: 1 })
  }

  const report = async (): Promise<void> => {
    const at = Date.now()
    const reading: SentReading = { at, seq: seq++, activePower: lamp.powerW }
    const uptime = Math.floor((at - bootedAt) / 1_000)
    await say('telemetry', JSON.stringify({ ...reading, uptime, supplyVoltage: 231 }))
    acknowledged.push(reading)
  }

  const beginReporting = (): void => {
    clearTimeout(timer)
    const next = (): void => {
      // A lamp that vanishes leaves its last publish without an answer.
      report().catch(() => {})
    }
    timer = setTimeout(() => {
      next()
      timer = setInterval(next, reportIntervalMs)
    }, phaseMs)
  }

  const lamp: Lamp = {
    id,
    acknowledged,
    powerW: litPowerW,
    turnOn() {
      connect()
      beginReporting()
    },
    report,
    say,
    gasp: () => say('event', JSON.stringify({ type: 'supplyLoss', at: Date.now() })),
    fallSilent: () => clearTimeout(timer),
    async vanish() {
      clearTimeout(timer)
      await client?.endAsync(true)
      client = null
    },
    comeBack({ restarted } = { restarted: false }) {
      if (restarted) {
        seq = 0
        bootedAt = Date.now()
      }
      if (client === null) connect()
      beginReporting()
    },
  }
  return lamp
}

/** Publishes three at a time, as soon as the last is acknowledged, so that a kill finds readings between socket and disk. */
export const keepBusy = (lamp: Lamp, until: AbortSignal): void => {
  const next = async (): Promise<void> => {
    while (!until.aborted) {
      await lamp.report()
      await delay(10)
    }
  }
  // The last ones go with the connection.
  for (let i = 0; i < 3; i++) next().catch(() => {})
}

/** Many lights of one municipality, told apart by their ids. */
export interface Fleet {
  readonly lamps: readonly Lamp[]
  /** Those whose id begins with `prefix`. */
  some(prefix: string): Lamp[]
  one(id: string): Lamp
  turnOn(): void
  /** Whether every one of these has had a reading of `at` or later acknowledged. */
  haveReportedSince(at: number, lamps?: readonly Lamp[]): boolean
  vanish(): Promise<void>
}

export const createFleet = (ids: readonly string[], shared: Omit<LampOptions, 'id' | 'phaseMs'>): Fleet => {
  const { reportIntervalMs } = shared
  const lamps = ids.map((id, i) => createLamp({ ...shared, id, phaseMs: (i * reportIntervalMs) / ids.length }))
  return {
    lamps,
    some: (prefix) => lamps.filter((lamp) => lamp.id.startsWith(prefix)),
    one: (id) => {
      const found = lamps.find((lamp) => lamp.id === id)
      if (found === undefined) throw new Error(`there is no lamp ${id}`)
      return found
    },
    turnOn: () => {
      for (const lamp of lamps) lamp.turnOn()
    },
    haveReportedSince: (at, some = lamps) => some.every((lamp) => (lamp.acknowledged.at(-1)?.at ?? 0) >= at),
    vanish: async () => {
      await Promise.all(lamps.map((lamp) => lamp.vanish()))
    },
  }
}
