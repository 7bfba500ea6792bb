import type { Evidence, FaultName, Instant, Reason, Scope } from '@fanari/contracts'
import type { World } from '../world.ts'

/** An incident about to be opened. */
interface Found {
  fault: FaultName
  scope: Scope
  reason: Reason
  community: string | null
  startedAt: Instant
  members: string[]
  evidence: Evidence[]
}

/** Opens an incident that explains those under `takes`: they end with it as their parent, and their first ticket goes on as its own. */
export const openTaking = (world: World, key: string, found: Found, takes: readonly string[]): void => {
  const taken = [...new Set(takes)].flatMap((it) => world.book.get(it) ?? [])
  const absorbs = taken.map(({ id }) => id).sort()
  const { id } = world.book.open(key, { ...found, absorbs }, world.now)
  for (const it of taken) world.book.resolve(it.key, 'absorbed', world.now, { parent: id })
}
