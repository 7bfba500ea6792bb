import type { LightExplanation, LuminaireStatus, ReceivedReading } from '@fanari/contracts'
import { useEffect, useState } from 'react'
import { type ApiClient, ApiError } from '../api/client.ts'
import { platformTime } from '../live/state.ts'
import { useTown, useTownStore } from '../live/town-context.tsx'
import { chartSpanMs, mostReadings, refreshMs } from './series.ts'

export interface LightDetails {
  status: LuminaireStatus
  explanation: LightExplanation | null
  readings: ReceivedReading[]
  fromMs: number
  toMs: number
}

export type LightAnswer =
  | { kind: 'loading' }
  | { kind: 'known'; details: LightDetails }
  | { kind: 'missing' }
  | { kind: 'failed'; why: string }

/** A light's status and recent readings, asked for again at every report and whenever the stream says that it changed. */
export const useLight = (client: ApiClient, municipality: string, id: string): LightAnswer => {
  const store = useTownStore()
  const clockKnown = useTown((town) => town.clock !== null)
  const speed = useTown((town) => town.clock?.speed ?? 1)
  const reportIntervalS = useTown((town) => town.register.luminaires.get(id)?.reportInterval ?? 300)
  const [answer, setAnswer] = useState<LightAnswer>({ kind: 'loading' })

  useEffect(() => {
    if (!clockKnown) return
    let stopped = false

    const ask = async () => {
      const { clock } = store.state()
      if (clock === null) return
      const toMs = platformTime(clock, Date.now())
      const fromMs = toMs - chartSpanMs(reportIntervalS)
      try {
        const [status, explanation, readings] = await Promise.all([
          client.luminaire(municipality, id),
          client.explainLight(municipality, id),
          client.readings(municipality, id, { fromMs, toMs, limit: mostReadings * 2 }),
        ])
        if (!stopped) setAnswer({ kind: 'known', details: { status, explanation, readings, fromMs, toMs } })
      } catch (error) {
        if (stopped) return
        const failure = toFailure(error)
        // What was known stays on the page through a passing failure.
        setAnswer((known) => (failure.kind === 'failed' && known.kind === 'known' ? known : failure))
      }
    }

    let summary = store.state().lights.get(id)
    const unsubscribe = store.subscribe(() => {
      const next = store.state().lights.get(id)
      if (next === summary) return
      summary = next
      void ask()
    })
    const timer = setInterval(ask, refreshMs(reportIntervalS, speed))
    void ask()
    return () => {
      stopped = true
      unsubscribe()
      clearInterval(timer)
    }
  }, [client, municipality, id, store, clockKnown, speed, reportIntervalS])

  return answer
}

const toFailure = (error: unknown): LightAnswer =>
  error instanceof ApiError && error.status === 404
    ? { kind: 'missing' }
    : { kind: 'failed', why: error instanceof Error ? error.message : String(error) }
