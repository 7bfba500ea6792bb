import { join } from 'node:path'
import { type Broker, createBroker } from '@fanari/broker'
import type { Clock, DeviceDirectory, Log, Publisher, Readiness } from '@fanari/contracts'
import { createHeartbeat, createIntake, createMqttSource, type Journal, type MqttSource } from '@fanari/ingest'
import type { Settings } from '../settings.ts'
import { readTls } from '../tls.ts'
import type { Part } from './part.ts'

/** Where telemetry comes in and documents go out: the own broker or an outside one, the intake, and the log of what could be heard. */
export interface TelemetryDoor extends Part {
  publisher: Publisher
  /** Ports in use; none with an outside broker. */
  addresses(): ReturnType<Broker['addresses']>
}

export const createTelemetryDoor = (options: {
  settings: Settings
  dataFolder: string
  journal: Journal
  directory: DeviceDirectory
  clock: Clock
  log: Log
}): TelemetryDoor => {
  const { settings, dataFolder, journal, directory, clock, log } = options
  const intake = createIntake({ journal, directory, now: () => clock.now() })

  let door: Broker | MqttSource
  let readiness: () => Readiness
  let hearing: () => boolean
  if (settings.FANARI_BROKER_URL === undefined) {
    const tls = readTls(settings)
    const broker = createBroker({
      folder: join(dataFolder, 'broker'),
      host: settings.FANARI_MQTT_HOST,
      ports: {
        mqtt: settings.FANARI_MQTT_PORT,
        mqtts: settings.FANARI_MQTTS_PORT,
        ws: settings.FANARI_WS_PORT ?? null,
        wss: settings.FANARI_WSS_PORT,
      },
      ...(tls === null ? {} : { tls }),
      deviceAuth: settings.FANARI_DEVICE_AUTH,
      directory,
      intake,
      log,
    })
    readiness = () => broker.readiness()
    hearing = () => true
    door = broker
  } else {
    const source = createMqttSource({
      url: settings.FANARI_BROKER_URL,
      ...(settings.FANARI_BROKER_USERNAME === undefined ? {} : { username: settings.FANARI_BROKER_USERNAME }),
      ...(settings.FANARI_BROKER_PASSWORD === undefined ? {} : { password: settings.FANARI_BROKER_PASSWORD }),
      clientId: 'fanari-ingest',
      intake,
      log,
    })
    readiness = () => ({ ready: source.hearing(), detail: 'outside broker' })
    hearing = () => source.hearing()
    door = source
  }
  const heartbeat = createHeartbeat({ journal, clock, hearing })

  return {
    publisher: door.publisher,
    addresses: () => ('addresses' in door ? door.addresses() : {}),
    steps: [
      { start: () => heartbeat.start(), stop: () => heartbeat.stop() },
      { start: () => door.start(), stop: () => door.stop() },
    ],
    readiness: () => [readiness()],
    metrics: () => [...intake.metrics(), ...door.metrics()],
  }
}
