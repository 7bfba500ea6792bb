import type { Metric, UplinkChannel } from '@fanari/contracts'
import type { Keep } from './quarantine-limit.ts'

/** Names of unknown fields that are counted by themselves; a sender can make up any number. */
const unknownFieldLimit = 100
const unknownFieldLength = 64

export const createIntakeMetrics = () => {
  const messages = new Map<string, number>()
  const quarantined = new Map<string, number>()
  const unknownFields = new Map<string, number>()
  let readings = 0
  let duplicates = 0
  let notKept = 0

  const count = (counts: Map<string, number>, name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const counter = (name: string, help: string, value: number): Metric => ({
    name,
    help,
    type: 'counter',
    values: [{ value }],
  })
  const counters = (name: string, help: string, label: string, counts: Map<string, number>): Metric => ({
    name,
    help,
    type: 'counter',
    values: [...counts].map(([key, value]) => ({ labels: { [label]: key }, value })),
  })

  return {
    message: (channel: UplinkChannel) => count(messages, channel),
    reading() {
      readings += 1
    },
    duplicate() {
      duplicates += 1
    },
    quarantined(code: string, keep: Keep) {
      count(quarantined, code)
      if (keep === 'countedOnly') notKept += 1
    },
    unknownFields(names: readonly string[]) {
      for (const name of names) {
        const counted = name.slice(0, unknownFieldLength)
        count(unknownFields, unknownFields.has(counted) || unknownFields.size < unknownFieldLimit ? counted : 'other')
      }
    },
    metrics: (): Metric[] => [
      counters('fanari_intake_messages_total', 'Messages of known devices, by channel', 'channel', messages),
      counter('fanari_intake_readings_total', 'Readings taken, without repeats', readings),
      counter(
        'fanari_intake_duplicates_total',
        'Readings dropped as repeats of the same device, at and seq',
        duplicates,
      ),
      counters('fanari_intake_quarantined_total', 'Messages and readings set aside, by reason', 'reason', quarantined),
      counter(
        'fanari_intake_quarantine_not_kept_total',
        'Of these, only counted: their sender is over its limit',
        notKept,
      ),
      counters('fanari_intake_unknown_fields_total', 'Fields kept out of readings, by name', 'field', unknownFields),
    ],
  }
}
