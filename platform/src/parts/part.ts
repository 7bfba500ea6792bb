import type { MetricsSource, Readiness } from '@fanari/contracts'
import type { Step } from './steps.ts'

/** A group of services that live in one process, whichever process that is. */
export interface Part {
  /** In starting order. */
  steps: Step[]
  readiness: () => Readiness[]
  metrics: MetricsSource
}
