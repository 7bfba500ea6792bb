/** A device as the journal knows it. */
export interface JournalDevice {
  readonly key: string
  readonly keyBytes: Uint8Array
  /** Latest event time appended, durable or not yet [ms]; −∞ when it has none. Anything later is certainly no duplicate. */
  latestAt: number
}

/** The latest event time of every device that ever reported. */
export interface LatestAt {
  find(municipality: string, device: string): JournalDevice | undefined
  obtain(municipality: string, device: string): JournalDevice
  /** Takes note of `at` for `municipality/device`. */
  raise(key: string, at: number): void
  of(key: string): number
  keys(): Iterable<string>
}

export const createLatestAt = (): LatestAt => {
  // Nested by id, so that the hot path looks up strings whose hash is known instead of building a new one a message.
  const municipalities = new Map<string, Map<string, JournalDevice>>()
  const byKey = new Map<string, JournalDevice>()

  const find = (municipality: string, device: string) => municipalities.get(municipality)?.get(device)
  const obtain = (municipality: string, device: string): JournalDevice => {
    const known = find(municipality, device)
    if (known !== undefined) return known
    const key = `${municipality}/${device}`
    const created: JournalDevice = { key, keyBytes: new TextEncoder().encode(key), latestAt: Number.NEGATIVE_INFINITY }
    let devices = municipalities.get(municipality)
    if (devices === undefined) {
      devices = new Map()
      municipalities.set(municipality, devices)
    }
    devices.set(device, created)
    byKey.set(key, created)
    return created
  }

  return {
    find,
    obtain,
    raise(key, at) {
      const separator = key.indexOf('/')
      const known = byKey.get(key) ?? obtain(key.slice(0, separator), key.slice(separator + 1))
      if (at > known.latestAt) known.latestAt = at
    },
    of: (key) => byKey.get(key)?.latestAt ?? Number.NEGATIVE_INFINITY,
    keys: () => byKey.keys(),
  }
}
