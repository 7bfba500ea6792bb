import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { ApiClient } from '../api/client.ts'
import { createFeed } from './feed.ts'
import { boundsOf } from './register.ts'
import { type Sky, skyAt } from './sky.ts'
import { platformTime, type TownState } from './state.ts'
import { createTownStore, onNextFrame, type TownStore } from './store.ts'

const TownContext = createContext<TownStore | null>(null)

/** Follows one municipality for as long as it is on the page. */
export const TownProvider = ({
  client,
  municipality,
  children,
}: {
  client: ApiClient
  municipality: string
  children: ReactNode
}) => {
  const store = useMemo(() => createTownStore(onNextFrame), [])
  useEffect(() => {
    const { dispatch } = store
    const feed = createFeed({ client, municipality, dispatch, wallNow: Date.now, EventSource })
    feed.start()
    return feed.stop
  }, [client, municipality, store])
  return <TownContext value={store}>{children}</TownContext>
}

export const useTownStore = (): TownStore => {
  const store = useContext(TownContext)
  if (store === null) throw new Error('useTownStore needs a TownProvider above it')
  return store
}

/** A part of the picture. `select` must return a part of the state as it is, not a new object. */
export const useTown = <Part,>(select: (town: TownState) => Part): Part => {
  const store = useTownStore()
  return useSyncExternalStore(store.subscribe, () => select(store.state()))
}

/** Wall time in milliseconds, refreshed every `everyMs`. */
export const useWallNow = (everyMs: number): number => {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** The platform's time in milliseconds since 1970 UTC, refreshed every `everyMs` of wall time; `null` until it is known. */
export const usePlatformNow = (everyMs: number): number | null => {
  const wallMs = useWallNow(everyMs)
  const clock = useTown((town) => town.clock)
  return clock === null ? null : platformTime(clock, wallMs)
}

/** Day, twilight or night in the middle of the municipality; `null` until its clock and communities are known. */
export const useSky = (): Sky | null => {
  const nowMs = usePlatformNow(5_000)
  const communities = useTown((town) => town.register.communities)
  const bounds = useMemo(() => boundsOf([...communities.values()].map(({ at }) => at)), [communities])
  if (nowMs === null || bounds === null) return null
  return skyAt(nowMs, [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2])
}
