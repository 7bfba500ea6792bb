import type nodeRed from 'node-red'
import { registerDuty } from './duty-node.ts'
import { registerDossier, registerRollCall } from './office-nodes.ts'
import { registerWeather } from './weather-node.ts'

/** Registers what the default flows are made of: who is told, of what, and when. */
export const register: nodeRed.NodeInitializer = (RED): void => {
  registerDuty(RED)
  registerDossier(RED)
  registerRollCall(RED)
  registerWeather(RED)
}
