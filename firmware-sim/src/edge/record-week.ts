import { closeSync, openSync, writeSync } from 'node:fs'
import { truthLine } from '../truth.ts'
import { playWeek } from '../week/play-week.ts'
import type { Week } from '../week/week.ts'

const chunkLines = 4_096

/** A file that is written in large pieces. */
const createLines = (file: string | null) => {
  const descriptor = file === null ? null : openSync(file, 'w')
  let lines: string[] = []
  const flush = (): void => {
    if (descriptor !== null) writeSync(descriptor, lines.join(''))
    lines = []
  }
  return {
    add: (line: string): void => {
      if (descriptor === null) return
      lines.push(line)
      if (lines.length >= chunkLines) flush()
    },
    close: (): void => {
      flush()
      if (descriptor !== null) closeSync(descriptor)
    },
  }
}

/**
 * Writes a week's traffic as replay input, the platform's own stops included, and its truth. No wall clock: the same week gives the same
 * bytes. Either file may be left out.
 * @throws Error when a file cannot be written
 */
export const recordWeek = (week: Week, files: { output: string | null; truth: string | null }): void => {
  const { id } = week.town.municipality
  const output = createLines(files.output)
  const truth = createLines(files.truth)
  playWeek(week, {
    message: ({ receivedAt, device, channel, payload }) =>
      output.add(
        `{"receivedAt":${receivedAt},"municipality":"${id}","device":"${device}","channel":"${channel}","payload":${payload}}\n`,
      ),
    tick: (at) => output.add(`{"receivedAt":${at},"tick":true}\n`),
    platform: (at, state) => output.add(`{"receivedAt":${at},"platform":"${state}"}\n`),
    truth: (entry) => truth.add(truthLine(entry)),
  })
  output.close()
  truth.close()
}
