import { type FaultName, faultNames } from '@fanari/contracts'

/*
 * An incident whose cause gets a nearer name keeps its id. Its points do not keep their series: the name is a tag, and what was written
 * under the first would say for ever that it is open.
 */

const isFaultName = new Set<string>(faultNames)

/**
 * The name an incident was opened by: its id begins with it, and stays (`incident-book.ts`). So the points of a change are the same when
 * it is told again, whatever was forgotten in between. `now` for an id of another make.
 */
export const firstNameOf = ({ id, fault: now }: { id: string; fault: FaultName }): FaultName => {
  const first = id.slice(0, id.lastIndexOf('-'))
  return isFaultName.has(first) ? (first as FaultName) : now
}
