import { type Instant, type PauseReason, pauseReasons } from '@fanari/contracts'
import type { Scratch } from './scratch.ts'

/** What happened so many times. Object literals: of those that are put together by names every look-up would be a search. */
const createCounts = (groups: number) => ({
  received: new Int32Array(groups),
  questions: new Int32Array(groups),
  alreadyKnown: new Int32Array(groups),
  joined: new Int32Array(groups),
  parted: new Int32Array(groups),
  responsesDue: new Int32Array(groups),
  responsesInTime: new Int32Array(groups),
  unanswered: new Int32Array(groups),
  opened: new Int32Array(groups),
  fixed: new Int32Array(groups),
  unconfirmed: new Int32Array(groups),
  answered: new Int32Array(groups),
  superseded: new Int32Array(groups),
  withdrawn: new Int32Array(groups),
  notOurs: new Int32Array(groups),
  ended: new Int32Array(groups),
  reopened: new Int32Array(groups),
  detectable: new Int32Array(groups),
  detectedFirst: new Int32Array(groups),
  withoutCall: new Int32Array(groups),
  repairsDue: new Int32Array(groups),
  repairsInTime: new Int32Array(groups),
  operatorDue: new Int32Array(groups),
  operatorInTime: new Int32Array(groups),
  asked: new Int32Array(groups),
  mended: new Int32Array(groups),
  ratings: new Int32Array(groups),
  ratingSum: new Int32Array(groups),
  overdue: new Int32Array(groups),
})
export type CountName = keyof ReturnType<typeof createCounts>

/** What took so long [ms]. */
const createDurations = (groups: number, most: number, scratch: Scratch) => ({
  responseElapsed: createGroupedValues(groups, most, scratch),
  responseService: createGroupedValues(groups, most, scratch),
  lead: createGroupedValues(groups, most, scratch),
  repairElapsed: createGroupedValues(groups, most, scratch),
  repairService: createGroupedValues(groups, most, scratch),
  repairAlone: createGroupedValues(groups, most, scratch),
  closingElapsed: createGroupedValues(groups, most, scratch),
  closingService: createGroupedValues(groups, most, scratch),
  operatorHeld: createGroupedValues(groups, most, scratch),
  age: createGroupedValues(groups, most, scratch),
  waitingForCitizen: createGroupedValues(groups, most, scratch),
  waitingForNetworkOperator: createGroupedValues(groups, most, scratch),
  weather: createGroupedValues(groups, most, scratch),
  forceMajeure: createGroupedValues(groups, most, scratch),
})
export type DurationName = keyof ReturnType<typeof createDurations>

/** Each is a duration by its own name. */
export const reasons = Object.keys(pauseReasons) as PauseReason[]

/** What is counted of all groups, before it is made into figures. Group 0 is what belongs to none. */
export interface Tallies {
  readonly groups: number
  /** Groups of which something was counted, if only nought. */
  readonly seen: Uint8Array
  readonly counts: ReturnType<typeof createCounts>
  readonly durations: ReturnType<typeof createDurations>
}

/** @param most how often each thing can have happened at the most */
export const createTallies = (groups: number, most: number, scratch: Scratch): Tallies => ({
  groups,
  seen: new Uint8Array(groups),
  counts: createCounts(groups),
  durations: createDurations(groups, most, scratch),
})

/** Values that come in any order and are wanted by their groups. */
export interface GroupedValues {
  add(group: number, value: number): void
  /** All of them, one group after the other, and where each begins; one more than there are groups. To be asked once, at the end. */
  inOrder(): { values: Float64Array; begins: Int32Array }
}

const createGroupedValues = (groups: number, most: number, scratch: Scratch): GroupedValues => {
  let size = 0
  const groupAt = scratch.integers(most)
  const valueAt = scratch.floats(most)

  return {
    add: (group, value) => {
      groupAt[size] = group
      valueAt[size++] = value
    },
    inOrder: () => {
      const begins = new Int32Array(groups + 1)
      for (let index = 0; index < size; index++) {
        const next = (groupAt[index] ?? 0) + 1
        begins[next] = (begins[next] ?? 0) + 1
      }
      for (let group = 0; group < groups; group++) begins[group + 1] = (begins[group + 1] ?? 0) + (begins[group] ?? 0)
      const places = begins.slice()
      const values = scratch.floats(size)
      for (let index = 0; index < size; index++) {
        const group = groupAt[index] ?? 0
        const place = places[group] ?? 0
        values[place] = valueAt[index] ?? 0
        places[group] = place + 1
      }
      return { values, begins }
    },
  }
}

/** What one period is. */
export interface Period {
  from: Instant
  /** Up to, and without. */
  until: Instant
}
