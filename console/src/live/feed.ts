import type { ApiClient } from '../api/client.ts'
import type { StreamEvents } from '../api/types.ts'
import type { Snapshot, TownEvent } from './reducer.ts'
import { readRegister } from './register.ts'

/** The platform sends its clock every five seconds; this long without a word means that the line is dead. */
const silenceLimitMs = 20_000
const firstRetryMs = 1_000
const lastRetryMs = 10_000
/** How long a closed incident or ticket stays on the page. */
const endedStayMs = 5 * 60_000
/** New lights in an import come one by one; their assets are fetched once for all of them. */
const newAssetsDelayMs = 2_000

export interface Feed {
  start(): void
  stop(): void
}

/**
 * Keeps the picture of one municipality up to date: opens the event stream, fetches the whole picture, then follows the events.
 * The stream is opened first and its events wait for the picture, so that nothing falls between the two. After any loss it
 * starts again from the beginning.
 */
export const createFeed = (options: {
  client: ApiClient
  municipality: string
  dispatch: (event: TownEvent) => void
  wallNow: () => number
  EventSource: typeof EventSource
}): Feed => {
  const { client, municipality, dispatch, wallNow } = options
  let source: EventSource | null = null
  /** Events that came before the picture did; `null` once it is there. */
  let waiting: TownEvent[] | null = null
  /** Lights of the register, and those once asked for in vain. */
  const known = new Set<string>()
  let retryMs = firstRetryMs
  let silence: ReturnType<typeof setTimeout> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let refresh: ReturnType<typeof setTimeout> | undefined
  let tidy: ReturnType<typeof setInterval> | undefined

  const connect = () => {
    const opened = new options.EventSource(client.streamUrl(municipality))
    source = opened
    waiting = []
    listenForSilence()
    opened.onopen = () => void loadPicture(opened)
    opened.onerror = lose
    follow(opened, 'lights', (lights) => {
      const size = known.size
      for (const { id } of lights) known.add(id)
      if (waiting === null && known.size > size) refreshSoon()
      return { type: 'lights', lights }
    })
    follow(opened, 'community', (community) => ({ type: 'community', community }))
    follow(opened, 'incident', (incident) => ({ type: 'incident', incident, wallMs: wallNow() }))
    follow(opened, 'ticket', (ticket) => ({ type: 'ticket', ticket, wallMs: wallNow() }))
    follow(opened, 'rollCall', (rollCall) => ({ type: 'rollCall', rollCall }))
    follow(opened, 'clock', (clock) => ({ type: 'clock', clock, wallMs: wallNow() }))
  }

  const follow = <Name extends keyof StreamEvents>(
    opened: EventSource,
    name: Name,
    toEvent: (data: StreamEvents[Name]) => TownEvent,
  ) => {
    opened.addEventListener(name, (message: MessageEvent<string>) => {
      listenForSilence()
      const event = toEvent(JSON.parse(message.data) as StreamEvents[Name])
      if (waiting === null || event.type === 'clock') dispatch(event)
      else waiting.push(event)
    })
  }

  const loadPicture = async (opened: EventSource) => {
    try {
      const { snapshot, clock } = await fetchSnapshot(client, municipality)
      if (source !== opened) return
      for (const id of snapshot.register.luminaires.keys()) known.add(id)
      dispatch({ type: 'clock', clock, wallMs: wallNow() })
      dispatch({ type: 'snapshot', snapshot })
      for (const event of waiting ?? []) dispatch(event)
      waiting = null
      retryMs = firstRetryMs
    } catch {
      if (source === opened) lose()
    }
  }

  const refreshSoon = () => {
    refresh ??= setTimeout(() => {
      refresh = undefined
      if (source === null || waiting !== null) return
      waiting = []
      void loadPicture(source)
    }, newAssetsDelayMs)
  }

  const lose = () => {
    disconnect()
    dispatch({ type: 'lost', wallMs: wallNow() })
    retry = setTimeout(connect, retryMs)
    retryMs = Math.min(retryMs * 2, lastRetryMs)
  }

  const listenForSilence = () => {
    clearTimeout(silence)
    silence = setTimeout(lose, silenceLimitMs)
  }

  const disconnect = () => {
    clearTimeout(silence)
    clearTimeout(retry)
    clearTimeout(refresh)
    refresh = undefined
    source?.close()
    source = null
  }

  return {
    start: () => {
      if (tidy !== undefined) return
      tidy = setInterval(() => dispatch({ type: 'tidied', endedBefore: wallNow() - endedStayMs }), 15_000)
      connect()
    },
    stop: () => {
      clearInterval(tidy)
      tidy = undefined
      disconnect()
    },
  }
}

const fetchSnapshot = async (
  client: ApiClient,
  municipality: string,
): Promise<{ snapshot: Snapshot; clock: StreamEvents['clock'] }> => {
  const [luminaires, communityAssets, cabinets, gateways, lights, communities, incidents, tickets, rollCalls, clock] =
    await Promise.all([
      client.assets(municipality, 'luminaire'),
      client.assets(municipality, 'community'),
      client.assets(municipality, 'cabinet'),
      client.assets(municipality, 'gateway'),
      client.lights(municipality),
      client.communities(municipality),
      client.openIncidents(municipality),
      client.openTickets(municipality),
      client.rollCalls(municipality),
      client.platform(),
    ])
  const register = readRegister({ luminaires, communities: communityAssets, cabinets, gateways })
  return { snapshot: { register, lights: lights.lights, communities, incidents, tickets, rollCalls }, clock }
}
