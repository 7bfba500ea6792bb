import type { LineShape } from './line-shape.ts'
import type { ReplayLine } from './lines.ts'

/** A line that is passed on as text; 1 line of the texts. */
export const textKind = 0
/** A tick: its time follows. */
export const tickKind = 1
/** From here on a reading of the shape with this number, less this: its time, its device and its numbers follow. */
export const firstShapeKind = 2

/** Lines of a recording, taken apart, in order: numbers and words apart, so that they pass from thread to thread without being written anew. */
export interface LineBatch {
  /** For each line its kind, and what belongs to it. */
  numbers: Float64Array<ArrayBuffer>
  /** How many lines. */
  count: number
  /** Lines that are no plain readings, as they stand. */
  texts: readonly string[]
  /** Devices and shapes that come up for the first time; they are numbered in the order of their coming. */
  devices: readonly string[]
  shapes: readonly LineShape[]
}

/** Puts the lines of batches together again, in order: lines of traffic, and as text what only looks like one. */
export const createBatchReader = (): ((batch: LineBatch) => Generator<string | ReplayLine>) => {
  const devices: string[] = []
  const shapes: LineShape[] = []

  return function* linesOf({ numbers, count, texts, ...fresh }) {
    devices.push(...fresh.devices)
    shapes.push(...fresh.shapes)
    let at = 0
    let text = 0
    for (let i = 0; i < count; i++) {
      const kind = numbers[at++] as number
      if (kind === textKind) {
        yield texts[text++] as string
        continue
      }
      const receivedAt = numbers[at++] as number
      if (kind === tickKind) {
        yield { receivedAt, tick: true }
        continue
      }
      const shape = shapes[kind - firstShapeKind] as LineShape
      const device = devices[numbers[at++] as number] as string
      // A copy has the payload's own fields at once, in one allocation.
      const payload = { ...shape.payload }
      for (const name of shape.names) payload[name] = numbers[at++]
      yield { receivedAt, municipality: shape.municipality, device, channel: 'telemetry', payload }
    }
  }
}
