/** Keeps the `limit` most recently used values; `load` makes the missing ones. */
export const createLru = <K, V>(limit: number, load: (key: K) => V): { get(key: K): V; delete(key: K): void } => {
  const values = new Map<K, V>()
  return {
    get(key) {
      let value = values.get(key)
      if (value === undefined) value = load(key)
      else values.delete(key)
      values.set(key, value)
      if (values.size > limit) values.delete(values.keys().next().value as K)
      return value
    },
    delete: (key) => void values.delete(key),
  }
}
