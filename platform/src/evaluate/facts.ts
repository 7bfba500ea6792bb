import { type AssetFeature, deviceOf, type Instant, type Scope, secondMs } from '@fanari/contracts'

/** What the scorer needs to know of a light. */
export interface LightFacts {
  id: string
  device: string
  intervalMs: number
  solar: boolean
}

/** The town as the register has it: what is where, and who measures it. */
export interface TownFacts {
  lights: ReadonlyMap<string, LightFacts>
  /** Ids of the lights registered under a scope, sorted; none for an area or the platform. */
  lightsOf(scope: Pick<Scope, 'kind' | 'id'>): readonly string[]
  /** The device of a cabinet; `null` when it has none. */
  cabinetDevice(cabinet: string): string | null
  /** The cabinets that feed these lights. */
  cabinetsOf(lights: readonly string[]): readonly string[]
}

/** A stretch of time, `to` excluded [ms since 1970 UTC]. */
export interface Span {
  from: Instant
  to: Instant
}

export const factsOf = (assets: readonly AssetFeature[]): TownFacts => {
  const lights = new Map<string, LightFacts>()
  const feeds = new Map<string, string>()
  const devices = new Map<string, string>()
  const groups = new Map<string, string[]>()
  const join = (kind: string, id: string | undefined, light: string): void => {
    if (id === undefined) return
    const key = `${kind} ${id}`
    groups.set(key, [...(groups.get(key) ?? []), light])
  }
  for (const { properties } of assets) {
    const device = deviceOf(properties)
    if (properties.kind === 'cabinet' && properties.device !== undefined) devices.set(properties.id, properties.device)
    if (properties.kind !== 'luminaire') continue
    const { id, phase } = properties
    lights.set(id, {
      id,
      device: device ?? id,
      intervalMs: properties.reportInterval * secondMs,
      solar: properties.supply === 'solar',
    })
    if (properties.cabinet !== undefined) feeds.set(id, properties.cabinet)
    join('luminaire', id, id)
    join('circuit', properties.circuit, id)
    join('cabinet', properties.cabinet, id)
    join('gateway', properties.gateway, id)
    join('community', properties.community, id)
    if (phase === undefined) continue
    for (const feeder of [properties.circuit, properties.cabinet])
      if (feeder !== undefined) join('phase', `${feeder}:${phase}`, id)
  }
  for (const members of groups.values()) members.sort()
  return {
    lights,
    lightsOf: ({ kind, id }) => groups.get(`${kind} ${id}`) ?? [],
    cabinetDevice: (cabinet) => devices.get(cabinet) ?? null,
    cabinetsOf: (ids) => [...new Set(ids.flatMap((id) => feeds.get(id) ?? []))],
  }
}
