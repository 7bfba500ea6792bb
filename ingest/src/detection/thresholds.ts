import { type FaultName, faultCatalogue } from '@fanari/contracts'

/**
 * A threshold of the fault catalogue, in the catalogue's unit.
 * @throws when the catalogue has none of that name: a slip that must not wait for its fault
 */
export const thresholdOf = (fault: FaultName, name: string): number => {
  const found = faultCatalogue[fault].thresholds[name]
  if (found === undefined) throw new Error(`the fault catalogue lacks ${fault}.${name}`)
  return found.value
}
