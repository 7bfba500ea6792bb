import { minuteMs, secondMs } from '@fanari/contracts'
import { between, type Random } from '../random.ts'

/** How a controller reaches the network: by radio to a gateway, which may lose messages, or by MQTT over a mobile network. */
export type Medium = 'radio' | 'mobile'

export interface RadioQuality {
  /** Probability of losing a message after one that came through. */
  firstMiss: number
  /** Probability of losing a message after a lost one. */
  continueMiss: number
  /** Share of radio links in a bad place, which first miss with `poorFirstMiss`. */
  poorShare: number
  poorFirstMiss: number
  /** Share of messages that arrive twice. */
  duplicates: number
  /** Share of messages that come very late, and the longest they take [ms]. */
  lateShare: number
  latestMs: number
}

const degradedContinueMiss = 0.6
const soonestLateMs = 5 * secondMs

/** Measured on real LoRaWAN links: P(miss | miss) is 0.4 on good links and on poor ones; 1.2 % of frames are stored twice. */
export const measuredRadio: RadioQuality = {
  firstMiss: 0.004,
  continueMiss: 0.4,
  poorShare: 0.02,
  poorFirstMiss: 0.25,
  duplicates: 0.012,
  lateShare: 0,
  latestMs: 8 * minuteMs,
}

export interface Delivery {
  /** One a copy [ms]; none when the message is lost. */
  delaysMs: number[]
}

export interface RadioLink {
  /** The fate of the next message. */
  transmit(): Delivery
  /** [dBm] */
  rssi(): number
  /** Something stands in its way: it loses 30–60 % of all messages by severity, in bursts; `undefined` when it is gone. */
  degrade(severity: number | undefined): void
}

/**
 * A Gilbert–Elliott link: losses come in bursts. MQTT over a mobile network loses nothing, TCP repeats it; what comes late there
 * is a matter of the tail. Delays: LoRaWAN ingest has a median of 0.48 s and a p99.9 of 3 s, NB-IoT a mean of 0.8 s.
 */
export const createRadioLink = (medium: Medium, quality: RadioQuality, random: Random): RadioLink => {
  const isPoor = random() < quality.poorShare
  const firstMiss = isPoor ? quality.poorFirstMiss : quality.firstMiss
  const base =
    medium === 'radio' ? between(random, isPoor ? -122 : -110, isPoor ? -112 : -75) : between(random, -105, -70)
  let missedLast = false
  let miss = { first: firstMiss, continued: quality.continueMiss }
  const delayMs = (): number => {
    if (random() < quality.lateShare) return Math.round(soonestLateMs * (quality.latestMs / soonestLateMs) ** random())
    const usual = medium === 'radio' ? between(random, 420, 540) : between(random, 300, 1_300)
    return Math.round(random() < 0.002 ? usual * between(random, 2, 8) : usual)
  }
  return {
    transmit: () => {
      if (medium === 'mobile') return { delaysMs: [delayMs()] }
      missedLast = random() < (missedLast ? miss.continued : miss.first)
      if (missedLast) return { delaysMs: [] }
      const first = delayMs()
      return { delaysMs: random() < quality.duplicates ? [first, first + delayMs()] : [first] }
    },
    rssi: () => Math.round(base + between(random, -3, 3)),
    degrade: (severity) => {
      if (severity === undefined) miss = { first: firstMiss, continued: quality.continueMiss }
      else {
        const lost = 0.3 + 0.3 * severity
        miss = { first: (lost * (1 - degradedContinueMiss)) / (1 - lost), continued: degradedContinueMiss }
      }
    },
  }
}
