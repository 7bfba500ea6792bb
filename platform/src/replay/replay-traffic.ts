import type { AssetFeature, Instant, Rules } from '@fanari/contracts'
import { parseLine, ReplayInputError, type ReplayLine } from './lines.ts'
import { createPlayback, type Playback, type ReplayOutput } from './playback.ts'

export interface Replay {
  /** Takes the next line. @throws {ReplayInputError} */
  take(line: string | ReplayLine): void
  /** What has been decided since the last call, in order, by the rules with this index. */
  drain(index: number): ReplayOutput[]
  /** The indices of all nights that have been drained, when they were asked for. Ends the counting. */
  closeIndices(): ReturnType<Playback['closeIndices']>
  /** Messages set aside, by reason: what the live intake would have quarantined. */
  quarantined(): ReadonlyMap<string, number>
}

/** Recorded traffic through the shipped rules, in its own time: the same answer every run. */
export const createReplay = (options: {
  assets: readonly AssetFeature[]
  timeZone: string
  rules: readonly Rules[]
  /** Whether to add up lighting nights too. */
  indices?: boolean
}): Replay => {
  let begun: { municipality: string; playback: Playback } | null = null
  let now: Instant = 0

  const playbackOf = (municipality: string): Playback => {
    begun ??= { municipality, playback: createPlayback({ ...options, municipality }) }
    if (begun.municipality !== municipality)
      throw new ReplayInputError(`one municipality a run: ${begun.municipality} came before ${municipality}`)
    return begun.playback
  }

  return {
    quarantined: () => begun?.playback.quarantined ?? new Map(),
    take(given) {
      const line = typeof given === 'string' ? parseLine(given) : given
      if (line.receivedAt < now) throw new ReplayInputError('receivedAt lies before that of the line ahead')
      now = line.receivedAt
      if ('device' in line) playbackOf(line.municipality).message(now, line.device, line.channel, line.payload)
      else if ('tick' in line) begun?.playback.tick(now)
      else begun?.playback.platform(now, line.platform)
    },
    drain: (index) => begun?.playback.drain(index) ?? [],
    closeIndices: async () => begun?.playback.closeIndices() ?? [],
  }
}
