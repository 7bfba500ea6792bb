import { type FaultName, faultCatalogue, type LightState } from '@fanari/contracts'

/** `Streetlight.powerState` of the Smart Data Models, as far as we use it. */
type PowerState = 'on' | 'off'
/** `Streetlight.status`: of lamp, lantern and column. */
export type LanternStatus = 'ok' | 'defectiveLamp' | 'columnIssue'

/**
 * Our state of a light in the words of the Smart Data Models (`Streetlight`: `powerState`, `status`). A dark light is off; whether it
 * should be on is said by our own `lightState`, for which the model has no word. `sound` is a state in which a light shows that lamp and
 * column are in order as long as nothing else is known: one that is dark for want of a supply, silent or worked on shows nothing, so that
 * its `status` is left out. `low` and `bootingUp` are not used: the model does not say where `low` begins, and the level itself stands in
 * `illuminanceLevel`.
 */
const conditions = {
  lit: { powerState: 'on', sound: true },
  unexpectedlyOn: { powerState: 'on', sound: true },
  off: { powerState: 'off', sound: true },
  dark: { powerState: 'off', sound: false },
  unknown: { powerState: null, sound: false },
  maintenance: { powerState: null, sound: false },
} as const satisfies Record<LightState, { powerState: PowerState | null; sound: boolean }>

export const powerStateOf = (state: LightState): PowerState | null => conditions[state].powerState

/** By the fault catalogue, whose `smartDataModels` names the status of a fault; what is worse for people goes first. */
export const statusOf = (state: LightState, faults: readonly FaultName[]): LanternStatus | null => {
  const named = new Set(faults.map((fault) => faultCatalogue[fault].smartDataModels))
  for (const status of ['columnIssue', 'defectiveLamp'] as const) {
    if (named.has(`Streetlight.status=${status}`)) return status
  }
  return conditions[state].sound ? 'ok' : null
}
