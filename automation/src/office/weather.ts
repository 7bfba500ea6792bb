import { type DeviceCommand, type Instant, type LuminaireStatus, minuteMs } from '@fanari/contracts'

/*
 * Heavy weather: dimmed lights burn in full. Pure: what lights do comes in, commands come out.
 *
 * An override is short and renewed, never as long as the weather: when dawn, the end, or the death of this program comes, each light
 * is back at its own program within minutes, by itself. A light that is off is never switched on.
 */

/** Longest that a light burns in full after it should not [ms of the platform's time]. */
const overrideMs = 10 * minuteMs
/** How often lights are looked at while heavy weather lasts [ms of the platform's time]. */
export const lookAgainMs = 4 * minuteMs

export interface WeatherState {
  /** Our time, not the platform's; `null`: no heavy weather. */
  until: Instant | null
  /** Devices that burn in full by our command. */
  raised: readonly string[]
}
export const calm: WeatherState = { until: null, raised: [] }

type Command = { device: string; command: Omit<DeviceCommand, 'id'> }

/**
 * What lights are to be told at `now`: the raised are held, the dimmed raised, and those no longer planned to burn left alone.
 *
 * @param clock the platform's time at `now`: how long a command holds is told in the lights' time, the weather lasts in ours
 */
export const raiseLights = (
  state: WeatherState & { until: Instant },
  lights: readonly LuminaireStatus[],
  now: Instant,
  clock: { now: Instant; speed: number },
): { state: WeatherState; commands: Command[] } => {
  const held = new Set(state.raised)
  const raise = lights.filter(({ state: does, device, lastReading }) => {
    if (does !== 'lit') return false
    const level = lastReading?.lightLevel
    return held.has(device) || (typeof level === 'number' && level > 0 && level < 100)
  })
  const until = clock.now + Math.round(Math.min(overrideMs, (state.until - now) * clock.speed))
  return {
    state: { until: state.until, raised: raise.map(({ device }) => device) },
    commands: raise.map(({ device }) => ({ device, command: { type: 'setLevel', level: 100, until } })),
  }
}

/** The end: what was raised goes back to its program at once. */
export const resumeLights = (state: WeatherState): { state: WeatherState; commands: Command[] } => ({
  state: calm,
  commands: state.raised.map((device) => ({ device, command: { type: 'resume' } })),
})

/** Reads a switch or a storm input: true, false, "on", "off", or hours; `null` when it is none of these. */
export const weatherAsked = (payload: unknown, usualHours: number): { hours: number } | null => {
  if (payload === true || payload === 'on' || payload === 'storm') return { hours: usualHours }
  if (payload === false || payload === 'off' || payload === 'calm') return { hours: 0 }
  if (typeof payload === 'number' && Number.isFinite(payload) && payload >= 0) return { hours: Math.min(payload, 72) }
  return null
}
