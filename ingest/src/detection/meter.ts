import { type Instant, minuteMs, type Reading } from '@fanari/contracts'

/** Below this no phase of a cabinet has a supply [V]; far under anything EN 50160 allows. */
const deadPhaseV = 50
/** What a cabinet whose lights are all off may still draw, a share of what they would [1]: controllers and the meter itself. */
const idleShare = 0.05
/** How many samples are kept, and how many balances of all lights: two and three hours at the usual five minutes. */
const samplesKept = 24
const balancesKept = 36
/** Samples compared on either side of a fall, and how old the ones before it may be. */
const samplesCompared = 6
const comparedWithinMs = 60 * minuteMs
/** Meter noise [share of the load] while there are too few samples to see it, and the least that is believed. */
const assumedNoise = 0.01
const leastNoise = 0.002
/** What no number of readings averages away [share of the load], and how far noise alone puts a few readings apart [1]. */
const steadyError = 0.001
const noiseRange = 3
/** The standard deviation of a median against that of a mean, and of a normal spread against its median deviation. */
const medianPenalty = 1.25
const spreadOfMad = 1.4826

/** Readings on either side without which the balance of a phase says nothing. */
const fewestBalances = 5
const fewestSince = 3

/** Three phases, `L1` first. */
type Phases = readonly [number, number, number]

/** One reading of a cabinet's meter, and what its lights do not explain of it. */
interface MeterSample {
  at: Instant
  /** Load [W] by phase and in all; `null` where the meter does not say. */
  phasesW: Phases | null
  totalW: number
  /** The same less what the lights of that phase last said they draw [W]. */
  residualsW: Phases | null
  residualW: number
}

/** What is remembered of a cabinet's meter. */
export interface Meter {
  /** Taken in this instant and not yet compared with the lights. */
  pending: { at: Instant; phasesW: Phases | null; totalW: number } | null
  samples: MeterSample[]
  /**
   * What no light explains while every light is heard, a share of the load [1]: of the three phases, and of all (last). Meters err, and
   * cables lose, in proportion to the load.
   */
  balances: [number[], number[], number[], number[]]
  /** Arrival of the last reading that showed a voltage, and of the last that showed none; 0 for never. */
  suppliedAt: Instant
  /** Arrival of the last reading that showed a load beside it; 0 for never. */
  loadedAt: Instant
  /** What the cabinet says of its contactor; `null` when it says nothing. */
  contactorClosed: boolean | null
  /** Since when readings show a supply but no load though the lights should be on; 0 while they do not. */
  unloadedSince: Instant
  /** Arrival of its word that a breaker has tripped; 0 while it does not say so. */
  breakerAt: Instant
}

export const createMeter = (): Meter => ({
  pending: null,
  samples: [],
  balances: [[], [], [], []],
  suppliedAt: 0,
  loadedAt: 0,
  contactorClosed: null,
  unloadedSince: 0,
  breakerAt: 0,
})

export type Supply = 'fine' | 'lost' | 'unknown'

/** Notes a reading of the meter; its load is compared with the lights when the instant is over. */
export const noteMeter = (meter: Meter, reading: Reading, now: Instant): Supply => {
  const { voltageL1, voltageL2, voltageL3 } = reading
  const voltages = [voltageL1, voltageL2, voltageL3].filter((voltage) => voltage !== undefined)
  const supply: Supply =
    voltages.length === 0 ? 'unknown' : voltages.every((voltage) => voltage < deadPhaseV) ? 'lost' : 'fine'
  if (supply === 'fine') meter.suppliedAt = now
  if (reading.contactorClosed !== undefined) meter.contactorClosed = reading.contactorClosed
  if (reading.faults?.includes('circuitBreakerTripped')) meter.breakerAt ||= now
  else if (reading.faults !== undefined) meter.breakerAt = 0
  const phasesW = phasesOf(reading)
  const totalW = reading.activePower ?? (phasesW === null ? undefined : phasesW[0] + phasesW[1] + phasesW[2])
  const newest = meter.samples.at(-1)?.at ?? 0
  if (totalW !== undefined && reading.at > newest) meter.pending = { at: reading.at, phasesW, totalW }
  return supply
}

const phasesOf = (reading: Reading): Phases | null => {
  const { powerL1, powerL2, powerL3, currentL1, currentL2, currentL3, voltageL1, voltageL2, voltageL3 } = reading
  if (powerL1 !== undefined && powerL2 !== undefined && powerL3 !== undefined) return [powerL1, powerL2, powerL3]
  if (currentL1 === undefined || currentL2 === undefined || currentL3 === undefined) return null
  return [currentL1 * (voltageL1 ?? 230), currentL2 * (voltageL2 ?? 230), currentL3 * (voltageL3 ?? 230)]
}

/** What the lights of a cabinet say they draw [W], by phase and in all. */
export interface Drawn {
  phasesW: Phases
  totalW: number
  /** False around planned switches. */
  steady: boolean
  /** Whether every light of a phase burns and was heard within its interval; the last: of them all. */
  heard: readonly [boolean, boolean, boolean, boolean]
}

/** Keeps the pending reading beside what the lights drew. */
export const compareWithLights = (meter: Meter, drawn: Drawn): void => {
  const { pending } = meter
  meter.pending = null
  if (pending === null || !drawn.steady) return
  const { phasesW, totalW } = pending
  const residualsW: Phases | null =
    phasesW === null
      ? null
      : [phasesW[0] - drawn.phasesW[0], phasesW[1] - drawn.phasesW[1], phasesW[2] - drawn.phasesW[2]]
  const sample = { ...pending, residualsW, residualW: totalW - drawn.totalW }
  meter.samples.push(sample)
  if (meter.samples.length > samplesKept) meter.samples.shift()
  for (const phase of [0, 1, 2, 3] as const) {
    const residualW = residualOf(sample, phase === 3 ? null : phase)
    const loadW = loadOf(sample, phase === 3 ? null : phase)
    if (!drawn.heard[phase] || residualW === null || loadW <= 0) continue
    meter.balances[phase].push(residualW / loadW)
    if (meter.balances[phase].length > balancesKept) meter.balances[phase].shift()
  }
}

/** What no light explains of the load of `phase` (0 to 2; `null`: of all). */
const residualOf = (sample: MeterSample, phase: number | null): number | null =>
  phase === null ? sample.residualW : (sample.residualsW?.[phase] ?? null)

const loadOf = (sample: MeterSample, phase: number | null): number =>
  phase === null ? sample.totalW : (sample.phasesW?.[phase] ?? sample.totalW)

/** Whether a load [W] is next to none of what the lights would draw. */
export const isUnloaded = (loadW: number, ratedW: number): boolean => loadW < idleShare * ratedW

/** How far the unexplained load fell between two moments, and how sure that is. */
export interface Fall {
  fallW: number
  /** How far the load itself fell: less where a light that had burned unheard is heard again [W]. */
  loadFallW: number
  /** Standard deviation of `fallW`. */
  sigmaW: number
  /** How far readings of one side lie apart at most: much more than their noise means that something else comes and goes [W]. */
  unrestW: number
  readingsAfter: number
}

/**
 * The fall of load that no light that is heard explains, on `phase` (0 to 2; `null`: on all), between what was measured until `before`
 * and from `after` on, to `until`. `null` while there is nothing on one of the sides.
 */
export const fallOf = (
  meter: Meter,
  phase: number | null,
  before: Instant,
  after: Instant,
  until = Number.POSITIVE_INFINITY,
): Fall | null => {
  const pick = (samples: MeterSample[]): number[] =>
    samples.map((it) => residualOf(it, phase)).filter((it) => it !== null)
  const loads = (samples: MeterSample[]): number => medianOf(samples.map((it) => loadOf(it, phase)))
  const earlier = meter.samples.filter((it) => it.at <= before && it.at > before - comparedWithinMs)
  const later = meter.samples.filter((it) => it.at >= after && it.at <= until).slice(0, samplesCompared)
  const then = pick(earlier.slice(-samplesCompared))
  const since = pick(later)
  if (then.length === 0 || since.length === 0) return null
  const loadW = Math.max(...earlier.map((it) => loadOf(it, phase)))
  const noiseW = 1 + Math.max(leastNoise * loadW, then.length < 5 ? assumedNoise * loadW : 1.5 * spreadOf(then))
  const single = then.length + since.length === 2 ? 1 : medianPenalty
  return {
    fallW: medianOf(then) - medianOf(since),
    loadFallW: loads(earlier.slice(-samplesCompared)) - loads(later),
    sigmaW: single * noiseW * Math.sqrt(1 / then.length + 1 / since.length),
    unrestW: Math.max(rangeOf(then), rangeOf(since)),
    readingsAfter: since.length,
  }
}

/** How far a load lies above what the lights that are heard explain, and how sure that is. */
export interface Excess {
  excessW: number
  /** Standard deviation of `excessW`. */
  sigmaW: number
  /** How far the latest readings lie apart, and how far their noise alone may put them [W]. */
  unrestW: number
  noiseRangeW: number
}

/**
 * The load of `phase` beside what the lights that are heard explain, since `after`, against times when all were heard. `null` while there
 * are too few readings.
 */
export const excessOf = (meter: Meter, phase: 0 | 1 | 2 | null, after: Instant): Excess | null => {
  const balances = meter.balances[phase ?? 3]
  const samples = meter.samples.filter((it) => it.at >= after)
  const share = medianOf(balances)
  const sinceW = samples.flatMap((it) => {
    const residualW = residualOf(it, phase)
    return residualW === null ? [] : [residualW - share * loadOf(it, phase)]
  })
  if (balances.length < fewestBalances || sinceW.length < fewestSince) return null
  const loadW = Math.max(...samples.map((it) => loadOf(it, phase)))
  const noiseW = 1 + loadW * Math.max(leastNoise, 1.5 * spreadOf(balances))
  const averagedW = medianPenalty * noiseW * Math.sqrt(1 / balances.length + 1 / sinceW.length)
  return {
    excessW: medianOf(sinceW),
    sigmaW: Math.hypot(averagedW, steadyError * loadW),
    unrestW: rangeOf(sinceW.slice(-samplesCompared)),
    noiseRangeW: noiseRange * noiseW,
  }
}

/**
 * ln of how much better a fall fits the loss of `lostW` than no loss at all, between −14 and 14 nats. A fall of another size fits
 * neither: it speaks for nothing.
 */
export const fitOf = ({ fallW, sigmaW }: Fall, lostW: number): number => {
  const nats = (lostW * fallW - lostW ** 2 / 2) / sigmaW ** 2
  if (nats > 0 && Math.abs(fallW - lostW) > 3 * sigmaW + 0.1 * lostW) return 0
  return Math.max(-14, Math.min(14, nats))
}

const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

const rangeOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values)

const spreadOf = (values: readonly number[]): number => {
  const median = medianOf(values)
  return spreadOfMad * medianOf(values.map((value) => Math.abs(value - median)))
}
