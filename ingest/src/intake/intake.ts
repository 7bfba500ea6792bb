import {
  ancientLimitMs,
  createTopicReader,
  type DeviceDirectory,
  futureLimitMs,
  type InboundMessage,
  type Instant,
  type Intake,
  isId,
  type MetricsSource,
  maxReadingsPerPublish,
  type QuarantineReason,
  type Reading,
  toIso,
  topics,
  type UplinkChannel,
} from '@fanari/contracts'
import type { Journal } from '../journal/journal.ts'
import { checkReading } from './check-reading.ts'
import { decodeJson, quarantineText, type Refusal, readingText } from './decode.ts'
import { checkDeviceMessage } from './device-message.ts'
import { createIntakeMetrics } from './intake-metrics.ts'
import { createQuarantineLimit, sampleEvery } from './quarantine-limit.ts'

export interface IntakeOptions {
  journal: Pick<Journal, 'append' | 'barrier' | 'hasReading'>
  directory: Pick<DeviceDirectory, 'isKnownDevice'>
  /** The platform clock: what counts as future and ancient. */
  now: () => Instant
  /** Larger payloads are set aside unread [bytes]. */
  maxPayloadBytes?: number
}

/** The intake, which also takes messages that need no decoding. */
export interface RecordedIntake extends Intake {
  acceptDecoded(message: DecodedMessage, done: Done): void
  metrics: MetricsSource
}

/** Told when a message is dealt with: durable (null), or to be sent again. */
type Done = (error: Error | null) => void

interface Sender {
  municipality: string
  device: string
}

/** A message whose topic and JSON have been read already, as a recording holds it. */
export interface DecodedMessage extends Sender {
  channel: UplinkChannel
  value: unknown
}

const topicTextLimit = 256
const reasonTextLimit = 300

/**
 * Turns what devices publish into journal entries, each message in the order of the calls: topic, sender, size, JSON, fields, time,
 * repeats. Nothing a device sends makes `done` fail; only the journal does.
 */
export const createIntake = (options: IntakeOptions): RecordedIntake => {
  const { journal, directory, now, maxPayloadBytes = 1024 * 1024 } = options
  const counted = createIntakeMetrics()
  const topicOf = createTopicReader()
  const limit = createQuarantineLimit()

  /** Takes a message: `done` will be called. Or says why not. */
  const take = (message: InboundMessage, done: Done): Refusal | null => {
    const { payload } = message
    const topic = topicOf(message.topic)
    if (topic === null || topic.kind !== 'device' || topic.channel === 'command') return { code: 'unknownTopic' }
    const { channel } = topic
    if (!directory.isKnownDevice(topic.municipality, topic.device)) return { code: 'unknownDevice' }
    counted.message(channel)
    if (payload.length > maxPayloadBytes) {
      return { code: 'tooLarge', detail: `${payload.length} bytes, at most ${maxPayloadBytes}` }
    }
    const decoded = decodeJson(payload)
    if (!decoded.ok) return decoded.refusal
    return takeValue(topic, channel, decoded.value, done, payload)
  }

  /** @param payload the bytes that `value` was read from, where there are any */
  const takeValue = (
    from: Sender,
    channel: UplinkChannel,
    value: unknown,
    done: Done,
    payload?: Uint8Array,
  ): Refusal | null => {
    if (channel !== 'telemetry') return takeMessage(from, channel, value, done)
    if (Array.isArray(value)) return takeReadings(from, value, done, payload)
    return takeReading(from, value, done, payload)
  }

  /** One reading: the hot path. */
  const takeReading = (from: Sender, value: unknown, done: Done, payload?: Uint8Array): Refusal | null => {
    const checked = checkReading(value)
    if (!checked.ok) return { code: 'invalidField', detail: checked.problem }
    const untimely = timeRefusal(checked.reading.at, now())
    if (untimely !== null) return untimely
    const asReceived = checked.unknown.length === 0
    if (!asReceived) counted.unknownFields(checked.unknown)
    appendReading(from, checked.reading, done, asReceived ? payload : undefined)
    return null
  }

  /** Buffered readings: the good ones go in by time, whatever is wrong with the others. */
  const takeReadings = (from: Sender, values: readonly unknown[], done: Done, payload?: Uint8Array): Refusal | null => {
    if (values.length === 0) return { code: 'emptyArray' }
    if (values.length > maxReadingsPerPublish) {
      return { code: 'tooManyReadings', detail: `${values.length}, at most ${maxReadingsPerPublish}` }
    }
    const time = now()
    const good: Reading[] = []
    for (const value of values) {
      const refusal = sortOut(value, time, good)
      if (refusal !== null) {
        const text = readingText(value) ?? (payload === undefined ? '' : quarantineText(payload))
        keepAside(topics.device(from.municipality, from.device, 'telemetry'), refusal, text)
      }
    }
    good.sort((a, b) => a.at - b.at)
    for (const reading of good) appendReading(from, reading)
    journal.barrier(done)
    return null
  }

  const sortOut = (value: unknown, time: Instant, good: Reading[]): Refusal | null => {
    const checked = checkReading(value)
    if (!checked.ok) return { code: 'invalidField', detail: checked.problem }
    const untimely = timeRefusal(checked.reading.at, time)
    if (untimely !== null) return untimely
    counted.unknownFields(checked.unknown)
    good.push(checked.reading)
    return null
  }

  /** @param done left out when the caller waits for several by a barrier */
  const appendReading = (from: Sender, reading: Reading, done?: Done, asReceived?: Uint8Array): void => {
    const { municipality, device } = from
    if (journal.hasReading(municipality, device, reading.at, reading.seq)) {
      counted.duplicate()
      // The original may not be durable yet, and could still be taken back.
      if (done !== undefined) journal.barrier(done)
      return
    }
    counted.reading()
    journal.append({ kind: 'reading', municipality, device, reading }, done, asReceived)
  }

  const takeMessage = (
    from: Sender,
    channel: Exclude<UplinkChannel, 'telemetry'>,
    value: unknown,
    done: Done,
  ): Refusal | null => {
    const checked = checkDeviceMessage(channel, from, value)
    if (!checked.ok) return { code: 'invalidField', detail: checked.problem }
    const { record } = checked
    // A status is taken whatever its time: a will is as old as its connection.
    const untimely = record.kind === 'event' ? timeRefusal(record.event.at, now()) : null
    if (untimely !== null) return untimely
    journal.append(record, done)
    return null
  }

  const setAside = (message: InboundMessage, refusal: Refusal, done: Done): void => {
    keepAside(message.topic, refusal, quarantineText(message.payload))
    journal.barrier(done)
  }

  const keepAside = (topicName: string, { code, detail }: Refusal, payload: string): void => {
    const { municipality, sender } = originOf(topicName)
    const keep = limit(sender, now())
    counted.quarantined(code, keep)
    if (keep === 'countedOnly') return
    const whole = detail === undefined ? code : `${code}: ${detail}`
    const reason = whole.slice(0, reasonTextLimit)
    journal.append({
      kind: 'quarantine',
      municipality,
      topic: topicName.slice(0, topicTextLimit),
      reason: keep === 'sampled' ? `${reason} (too many of this sender: one in ${sampleEvery} is kept)` : reason,
      payload,
    })
  }

  return {
    accept(message, done) {
      const refusal = take(message, done)
      if (refusal !== null) setAside(message, refusal, done)
    },
    acceptDecoded(message, done) {
      const { municipality, device, channel, value } = message
      const known = directory.isKnownDevice(municipality, device)
      if (known) counted.message(channel)
      const refusal: Refusal | null = known ? takeValue(message, channel, value, done) : { code: 'unknownDevice' }
      if (refusal === null) return
      keepAside(topics.device(municipality, device, channel), refusal, readingText(value) ?? '')
      journal.barrier(done)
    },
    quarantine: (message: InboundMessage, reason: QuarantineReason, done: Done) =>
      setAside(message, { code: reason }, done),
    metrics: counted.metrics,
  }
}

const timeRefusal = (at: Instant, now: Instant): Refusal | null => {
  if (at > now + futureLimitMs) return { code: 'futureTime', detail: `at is ${toIso(at)}, now is ${toIso(now)}` }
  if (at < now - ancientLimitMs) return { code: 'ancientTime', detail: `at is ${toIso(at)}, now is ${toIso(now)}` }
  return null
}

/** Under which municipality and sender a refused message is kept, as far as its topic tells. */
const originOf = (topicName: string): { municipality: string; sender: string } => {
  const [city, version, municipality = '', branch, device = ''] = topicName.split('/', 5)
  if (city !== 'city' || version !== 'v1' || !isId(municipality)) return { municipality: '', sender: '' }
  return { municipality, sender: branch === 'devices' && isId(device) ? `${municipality}/${device}` : municipality }
}
