import qlobber from 'qlobber'

/**
 * Who could hear what devices send: the subscriptions of connected clients and of stored sessions, as a set of filters. A filter
 * that ends in `/command` hears commands only and is left out, so that ten thousand devices that wait for theirs cost nothing here.
 */
export class Audience {
  readonly #owners = new Map<string, Set<unknown>>()
  readonly #filters = new qlobber.QlobberTrue({
    separator: '/',
    wildcard_one: '+',
    wildcard_some: '#',
    match_empty_levels: true,
  })

  /** `owner` is whatever tells one subscription to `filter` from another. */
  add(filter: string, owner: unknown): void {
    if (isCommandTopic(filter)) return
    const owners = this.#owners.get(filter)
    if (owners !== undefined) {
      owners.add(owner)
      return
    }
    this.#owners.set(filter, new Set([owner]))
    this.#filters.add(filter)
  }

  remove(filter: string, owner: unknown): void {
    const owners = this.#owners.get(filter)
    if (owners === undefined || !owners.delete(owner) || owners.size > 0) return
    this.#owners.delete(filter)
    this.#filters.remove(filter)
  }

  /** Whether anyone could hear `topic`. Exact for what devices send; commands always could be. */
  hears(topic: string): boolean {
    return isCommandTopic(topic) || (this.#owners.size > 0 && this.#filters.test(topic))
  }
}

const isCommandTopic = (topic: string): boolean => topic.endsWith('/command')
