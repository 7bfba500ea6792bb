/** What the page's address names after its `#`, so that a view can be passed on and other systems can link to it. */
export interface Address {
  municipality: string | null
  light: string | null
  ticket: string | null
}

export const readAddress = (hash: string): Address => {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''))
  const named = (key: keyof Address): string | null => parameters.get(key) || null
  return { municipality: named('municipality'), light: named('light'), ticket: named('ticket') }
}

/** The address with these names after its `#`; without any, nothing. */
export const writeAddress = (address: Partial<Address>): string => {
  const parameters = Object.entries(address).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
  )
  return parameters.length === 0 ? '' : `#${parameters.join('&')}`
}
