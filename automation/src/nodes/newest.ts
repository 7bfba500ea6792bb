/** Documents remembered: more than are ever open in one municipality. */
const remembered = 20_000

/**
 * Tells what is new from what was heard before: a broker says what is retained again at every connection, and at least once means
 * sometimes twice. Of each id the highest revision counts.
 */
export const createNewest = (): ((id: string, revision: number) => boolean) => {
  const known = new Map<string, number>()
  return (id, revision) => {
    const before = known.get(id)
    if (before !== undefined && revision <= before) return false
    // Oldest out first: what changes moves to the end.
    known.delete(id)
    known.set(id, revision)
    for (const oldest of known.keys()) {
      if (known.size <= remembered) break
      known.delete(oldest)
    }
    return true
  }
}

/** `a, b` as a set; an empty text holds everything (`null`). */
export const namesIn = (text: string | undefined): ReadonlySet<string> | null => {
  const names = (text ?? '').split(',').map((name) => name.trim())
  const set = new Set(names.filter((name) => name !== ''))
  return set.size === 0 ? null : set
}
