/** What a lamp usually takes at about one dim level, relative to its nominal power there. */
export interface Bucket {
  /** Dim level in tens of percent, 1–10. */
  tens: number
  /** Steady samples learned from, up to `window`. */
  samples: number
  /** Running median of measured/nominal power, and its running mean deviation. */
  median: number
  deviation: number
  /** The same median over weeks: against it a slow loss shows. */
  past: number
}

/** About how many samples the running median remembers, and its long memory. */
const window = 50
const pastWindow = 2_000
/** So many samples are a baseline of its own. */
const learnedSamples = 10
/** The driver's clamp and the shape of its curve make a comparison between levels worthless below this [%]. */
const comparableLevel = 50

/** The lamp's scatter as a standard deviation: 1.4826 · MAD + 0.01. The mean deviation is a little above the MAD: the safe side. */
export const scatterOf = (bucket: Bucket): number => 1.4826 * bucket.deviation + 0.01

/** What a reading's power is held against. */
export interface Reference {
  /** Usual power relative to nominal. */
  share: number
  basis: 'learned' | 'otherLevel' | 'rated' | 'none'
  bucket: Bucket | null
}

export const bucketAt = (buckets: readonly Bucket[], level: number): Bucket | null => {
  const tens = tensOf(level)
  for (const bucket of buckets) if (bucket.tens === tens) return bucket
  return null
}

const tensOf = (level: number): number => Math.min(10, Math.max(1, Math.round(level / 10)))

const isLearned = (bucket: Bucket): boolean => bucket.samples >= learnedSamples

/** The learned bucket nearest to `level`, from above first. */
const nearestLearned = (buckets: readonly Bucket[], level: number): Bucket | null => {
  const tens = tensOf(level)
  let nearest: Bucket | null = null
  for (const bucket of buckets) {
    if (!isLearned(bucket)) continue
    const distance = Math.abs(bucket.tens - tens)
    const before = nearest === null ? Number.POSITIVE_INFINITY : Math.abs(nearest.tens - tens)
    if (distance < before || (distance === before && bucket.tens > tens)) nearest = bucket
  }
  return nearest
}

/** What is usual for this lamp at `level`: learned there, else at another level, else nothing but its rating. */
export const referenceAt = (buckets: readonly Bucket[], level: number): Reference => {
  const bucket = bucketAt(buckets, level)
  if (bucket !== null && isLearned(bucket)) return { share: bucket.median, basis: 'learned', bucket }
  const other = nearestLearned(buckets, level)
  const comparable = level >= comparableLevel
  if (other !== null) return { share: other.median, basis: comparable ? 'otherLevel' : 'none', bucket }
  return { share: 1, basis: comparable ? 'rated' : 'none', bucket }
}

/** Usual power relative to nominal at `level`: what `referenceAt` says, for the way of every reading. */
export const usualShareAt = (buckets: readonly Bucket[], level: number): number => {
  const bucket = bucketAt(buckets, level)
  return bucket !== null && isLearned(bucket) ? bucket.median : (nearestLearned(buckets, level)?.median ?? 1)
}

const clamp = (value: number, limit: number): number => Math.min(limit, Math.max(-limit, value))

/**
 * Learns one steady sample: a median that moves by bounded steps (Huber's M-estimate, run along), so that an outlier moves it no further
 * than any other sample, and nothing but five numbers is kept a level.
 *
 * @returns the buckets, with one for this level
 */
export const learnPower = (buckets: Bucket[], level: number, ratio: number): Bucket[] => {
  const bucket = bucketAt(buckets, level)
  // A list that grows by `push` or is spread keeps room for sixteen more: 130 bytes a light, of which most know one level.
  if (bucket === null)
    return buckets.concat({ tens: tensOf(level), samples: 1, median: ratio, deviation: 0.01, past: ratio })
  if (bucket.samples < window) bucket.samples++
  const off = ratio - bucket.median
  const step = clamp(off, 1.5 * scatterOf(bucket))
  bucket.median += step / bucket.samples
  bucket.deviation += (Math.min(Math.abs(off), 3 * scatterOf(bucket)) - bucket.deviation) / bucket.samples
  bucket.past += bucket.samples < window ? bucket.median - bucket.past : step / pastWindow
  return buckets
}

/** Takes a level's baseline as learned: the lamps like this one vouch for it. */
export const vouchFor = (bucket: Bucket): void => {
  bucket.samples = Math.max(bucket.samples, learnedSamples)
}

/**
 * One step of a one-sided CUSUM of losses against the long memory, in units of the loss that matters, with the usual slack of one half
 * (Page 1954). Bounded, so that a repair shows within a few readings.
 */
export const slump = (before: number, reference: Reference, ratio: number, lossThatMatters: number): number => {
  const { bucket } = reference
  if (bucket === null || bucket.samples < window) return before
  const unit = Math.max(lossThatMatters * bucket.past, 6 * scatterOf(bucket))
  return Math.min(10, Math.max(0, before + (bucket.past - ratio) / unit - 0.5))
}
