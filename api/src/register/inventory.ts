import { type AssetFeature, type AssetKind, deviceOf } from '@fanari/contracts'
import { type Bounds, createLightGrid } from './light-grid.ts'

/** What the ticket rules ask of the register: an asset by its id, or `null`. */
export interface AssetFacts {
  asset(kind: AssetKind, id: string): AssetFeature | null
}

/** The assets of one municipality, in memory: answers at the speed of MQTT traffic. */
export interface Inventory extends AssetFacts {
  assets(kind: AssetKind): Iterable<AssetFeature>
  /** The luminaires of an area, and some just outside it. */
  lightsAround(bounds: Bounds): Iterable<AssetFeature>
  ownerOfDevice(device: string): AssetFeature | null
  /** Whether `gateway` is the device of the gateway that `target` is registered to. */
  speaksFor(gateway: string, target: string): boolean
  hasCircuit(circuit: string): boolean
  put(feature: AssetFeature): void
}

/** A gateway without a `device` connects under its own id: it has no other purpose than to connect. */
export const registeredDeviceOf = (feature: AssetFeature): string | null =>
  deviceOf(feature.properties) ?? (feature.properties.kind === 'gateway' ? feature.properties.id : null)

export const createInventory = (features: Iterable<AssetFeature> = []): Inventory => {
  const byKind = new Map<AssetKind, Map<string, AssetFeature>>()
  const byDevice = new Map<string, AssetFeature>()
  const grid = createLightGrid()

  const asset = (kind: AssetKind, id: string) => byKind.get(kind)?.get(id) ?? null
  const assets = (kind: AssetKind): Iterable<AssetFeature> => byKind.get(kind)?.values() ?? []

  const put = (feature: AssetFeature) => {
    const { kind, id } = feature.properties
    const previous = asset(kind, id)
    const released = previous === null ? null : registeredDeviceOf(previous)
    // When two assets swap devices, the first to come has already taken over what the second gives up.
    if (released !== null && byDevice.get(released) === previous) byDevice.delete(released)
    const device = registeredDeviceOf(feature)
    if (device !== null) byDevice.set(device, feature)
    if (previous !== null) grid.remove(previous)
    grid.put(feature)
    byKind.set(kind, (byKind.get(kind) ?? new Map<string, AssetFeature>()).set(id, feature))
  }
  for (const feature of features) put(feature)

  return {
    asset,
    assets,
    lightsAround: grid.around,
    ownerOfDevice: (device) => byDevice.get(device) ?? null,
    speaksFor: (gateway, target) => {
      const properties = byDevice.get(target)?.properties
      if (properties === undefined || !('gateway' in properties) || properties.gateway === undefined) return false
      const registered = asset('gateway', properties.gateway)
      return gateway === (registered === null ? properties.gateway : registeredDeviceOf(registered))
    },
    hasCircuit: (circuit) => {
      for (const { properties } of assets('luminaire')) {
        if (properties.kind === 'luminaire' && properties.circuit === circuit) return true
      }
      return false
    },
    put,
  }
}
