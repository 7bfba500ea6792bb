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
}

/** Measured on real LoRaWAN links: P(miss | miss) is 0.4 on good links and on poor ones; 1.2 % of frames are stored twice. */
export const measuredRadio: RadioQuality = {
  firstMiss: 0.004,
  continueMiss: 0.4,
  poorShare: 0.02,
  poorFirstMiss: 0.25,
  duplicates: 0.012,
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
  const delayMs = (): number => {
    const usual = medium === 'radio' ? between(random, 420, 540) : between(random, 300, 1_300)
    return Math.round(random() < 0.002 ? usual * between(random, 2, 8) : usual)
  }
  return {
    transmit: () => {
      if (medium === 'mobile') return { delaysMs: [delayMs()] }
      missedLast = random() < (missedLast ? quality.continueMiss : firstMiss)
      if (missedLast) return { delaysMs: [] }
      const first = delayMs()
      return { delaysMs: random() < quality.duplicates ? [first, first + delayMs()] : [first] }
    },
    rssi: () => Math.round(base + between(random, -3, 3)),
  }
}
