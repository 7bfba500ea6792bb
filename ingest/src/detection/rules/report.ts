import type { Reading } from '@fanari/contracts'
import type { Story } from '../story.ts'

/** For tests: `count` reports of one device, `everyS` apart, and a moment for the detector to judge the last. */
export const report = (
  story: Story,
  device: string,
  fields: Partial<Reading> | ((index: number) => Partial<Reading>),
  count: number,
  everyS = 300,
): void => {
  for (let index = 0; index < count; index++) {
    story.now += everyS * 1_000
    story.read(device, typeof fields === 'function' ? fields(index) : fields)
  }
  judge(story)
}

/** For tests: one report each of several devices, at the same moment. */
export const reportAll = (
  story: Story,
  devices: readonly string[],
  fields: (device: string, round: number) => Partial<Reading> | null,
  rounds: number,
  everyS = 300,
): void => {
  for (let round = 0; round < rounds; round++) {
    story.now += everyS * 1_000
    for (const device of devices) {
      const reading = fields(device, round)
      if (reading !== null) story.read(device, reading)
    }
  }
  judge(story)
}

const judge = (story: Story): void => {
  story.now += 1
  story.tell({ kind: 'tick', hearing: true })
}
