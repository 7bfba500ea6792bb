import { type AssetFeature, deviceOf, secondMs } from '@fanari/contracts'
import type { SolarUnit } from '../forecast/index.ts'
import type { Program } from './schedule.ts'

/** What detection needs of a luminaire. Kept small: there is one a light. */
export interface LightAsset {
  id: string
  device: string
  community: string
  cabinet: string | null
  circuit: string | null
  phase: string | null
  /** Order along the circuit, from the cabinet outward. */
  position: number | null
  gateway: string | null
  /** Panel and battery; `null` on the grid. */
  solar: SolarUnit | null
  ratedPowerW: number
  intervalMs: number
  program: string
  lat: number
  lon: number
}

/**
 * Lets the lights of one import or snapshot share the names they have in common: JSON leaves a copy of each with each light, some 100 bytes.
 */
export const createNameSharer = (): ((asset: LightAsset) => LightAsset) => {
  const names = new Map<string, string>()
  const one = (name: string): string => {
    const known = names.get(name)
    if (known === undefined) names.set(name, name)
    return known ?? name
  }
  const oneOrNone = (name: string | null): string | null => (name === null ? null : one(name))
  return (asset) => {
    asset.community = one(asset.community)
    asset.cabinet = oneOrNone(asset.cabinet)
    asset.circuit = oneOrNone(asset.circuit)
    asset.phase = oneOrNone(asset.phase)
    asset.gateway = oneOrNone(asset.gateway)
    asset.program = one(asset.program)
    return asset
  }
}

/** A device that reports but gives no light: its silence is watched, nothing else. */
export interface OtherAsset {
  kind: 'sensor' | 'cabinet' | 'gateway'
  id: string
  device: string | null
  community: string | null
  gateway: string | null
  intervalMs: number
}

/** How often a cabinet reports when its asset does not say [ms]. */
const cabinetIntervalMs = 300 * secondMs

/** About 1 km, 2.4 s of sun time: near enough for switching, and one plan serves a neighbourhood. */
const roundPlace = (degrees: number): number => Math.round(degrees * 100) / 100

export const lightAssetOf = (feature: AssetFeature): LightAsset | null => {
  const asset = feature.properties
  if (asset.kind !== 'luminaire' || feature.geometry?.type !== 'Point') return null
  const [lon = 0, lat = 0] = feature.geometry.coordinates
  const place = { lat: roundPlace(lat), lon: roundPlace(lon) }
  return {
    id: asset.id,
    device: asset.device ?? asset.id,
    community: asset.community,
    cabinet: asset.cabinet ?? null,
    circuit: asset.circuit ?? null,
    phase: asset.phase ?? null,
    position: asset.position ?? null,
    gateway: asset.gateway ?? null,
    solar:
      asset.supply === 'solar'
        ? {
            ...place,
            ratedPowerW: asset.ratedPower,
            panelPowerW: asset.panelPower,
            capacityWh: asset.batteryCapacity,
            chemistry: asset.batteryChemistry,
            nominalV: asset.batteryVoltageNominal ?? null,
          }
        : null,
    ratedPowerW: asset.ratedPower,
    intervalMs: asset.reportInterval * secondMs,
    program: asset.program,
    // Written out: an object that is spread at its end keeps its last fields in a list of their own, 24 bytes a light.
    lat: place.lat,
    lon: place.lon,
  }
}

export const otherAssetOf = (feature: AssetFeature): OtherAsset | null => {
  const asset = feature.properties
  const device = deviceOf(asset)
  switch (asset.kind) {
    case 'sensor':
      return {
        kind: 'sensor',
        id: asset.id,
        device,
        community: asset.community,
        gateway: asset.gateway ?? null,
        intervalMs: asset.reportInterval * secondMs,
      }
    case 'cabinet':
      return {
        kind: 'cabinet',
        id: asset.id,
        device,
        community: asset.community,
        gateway: asset.gateway ?? null,
        intervalMs: asset.reportInterval === undefined ? cabinetIntervalMs : asset.reportInterval * secondMs,
      }
    case 'gateway':
      // A gateway without a device of its own may still speak under its asset id.
      return {
        kind: 'gateway',
        id: asset.id,
        device: device ?? asset.id,
        community: null,
        gateway: null,
        intervalMs: 0,
      }
    case 'luminaire':
    case 'community':
    case 'program':
      return null
  }
}

const builtIn: ReadonlyMap<string, Program> = new Map(
  (['duskToDawn', 'alwaysOn', 'off'] as const).map((kind) => [kind, { kind }]),
)
const unknownProgram: Program = { kind: 'unknown' }

/** The program of that name; the same object for all lights that follow it. */
export const programOf = (name: string, programs: ReadonlyMap<string, Program>): Program =>
  builtIn.get(name) ?? programs.get(name) ?? unknownProgram
