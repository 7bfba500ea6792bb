import { type AssetFeature, type ImportAnswer, parseAssetFeature } from '@fanari/contracts'
import { type Inventory, registeredDeviceOf } from './inventory.ts'

/** What an import will do, decided before anything is written. */
export interface ImportPlan {
  created: AssetFeature[]
  updated: AssetFeature[]
  unchanged: number
  rejected: ImportAnswer['rejected']
  /** Devices that no asset claimed before. */
  newDevices: string[]
  /** Devices whose asset has given them up, and which no other has taken over. */
  releasedDevices: string[]
}

interface Candidate {
  index: number
  feature: AssetFeature
  stored: AssetFeature | null
}

/** Compares features with the register. Pure; a bad feature rejects itself alone. Assets left out of the collection stay as they are. */
export const planImport = (features: readonly unknown[], inventory: Inventory): ImportPlan => {
  const rejected: ImportAnswer['rejected'] = []
  const candidates = rejectDeviceConflicts(readCandidates(features, inventory, rejected), inventory, rejected)
  const plan: ImportPlan = {
    created: [],
    updated: [],
    unchanged: 0,
    rejected: rejected.sort((a, b) => a.index - b.index),
    newDevices: [],
    releasedDevices: [],
  }
  const claimed = new Set(candidates.map(({ feature }) => registeredDeviceOf(feature)))
  for (const { feature, stored } of candidates) {
    // Both were read by the same schema, which fills in defaults and fixes the order of keys: equal assets have equal JSON.
    if (stored !== null && JSON.stringify(stored) === JSON.stringify(feature)) {
      plan.unchanged += 1
      continue
    }
    plan[stored === null ? 'created' : 'updated'].push(feature)
    const device = registeredDeviceOf(feature)
    if (device !== null && inventory.ownerOfDevice(device) === null) plan.newDevices.push(device)
    const before = stored === null ? null : registeredDeviceOf(stored)
    if (before !== null && !claimed.has(before)) plan.releasedDevices.push(before)
  }
  return plan
}

const readCandidates = (
  features: readonly unknown[],
  inventory: Inventory,
  rejected: ImportAnswer['rejected'],
): Candidate[] => {
  const candidates: Candidate[] = []
  const firstIndex = new Map<string, number>()
  for (const [index, candidate] of features.entries()) {
    const parsed = parseAssetFeature(candidate)
    if (!parsed.ok) {
      const { id, reason } = parsed
      rejected.push({ index, ...(id === undefined ? {} : { id: id.slice(0, 200) }), reason })
      continue
    }
    const { kind, id } = parsed.feature.properties
    const first = firstIndex.get(`${kind}/${id}`)
    if (first !== undefined) {
      rejected.push({ index, id, reason: `properties.id: this ${kind} is already feature ${first} of the collection` })
      continue
    }
    firstIndex.set(`${kind}/${id}`, index)
    candidates.push({ index, feature: parsed.feature, stored: inventory.asset(kind, id) })
  }
  return candidates
}

/**
 * A device belongs to one asset. Claims are judged as they stand after the whole import, so that two lights may swap their controllers.
 * A rejected feature keeps what it had, which may put another one in conflict: hence the repetition.
 */
const rejectDeviceConflicts = (
  candidates: Candidate[],
  inventory: Inventory,
  rejected: ImportAnswer['rejected'],
): Candidate[] => {
  let accepted = candidates
  for (;;) {
    const remaining = rejectDeviceConflictsOnce(accepted, inventory, rejected)
    if (remaining.length === accepted.length) return accepted
    accepted = remaining
  }
}

const rejectDeviceConflictsOnce = (
  candidates: Candidate[],
  inventory: Inventory,
  rejected: ImportAnswer['rejected'],
): Candidate[] => {
  const replaced = new Set(candidates.map(({ stored }) => stored))
  const owners = new Map<string, AssetFeature>()
  return candidates.filter(({ index, feature }) => {
    const device = registeredDeviceOf(feature)
    if (device === null) return true
    const registered = inventory.ownerOfDevice(device)
    const owner = owners.get(device) ?? (registered !== null && !replaced.has(registered) ? registered : null)
    if (owner === null) {
      owners.set(device, feature)
      return true
    }
    const { kind, id } = owner.properties
    rejected.push({
      index,
      id: feature.properties.id,
      reason: `properties.device: ${device} is the device of ${kind} ${id}`,
    })
    return false
  })
}
