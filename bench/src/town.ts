import type { AssetFeature } from '@fanari/contracts'
import { deviceName } from './load.ts'

export const reportMs = 5 * 60_000
export const lightsPerCircuit = 40
const circuitsPerCabinet = 6

const feature = (properties: object): AssetFeature =>
  ({ type: 'Feature', geometry: { type: 'Point', coordinates: [26.53, 41.5] }, properties }) as AssetFeature

/** Whether a light is solar, when one in `oneIn` is. */
export const isSolar = (number: number, oneIn: number): boolean => number % oneIn === oneIn - 1

/** A town in rows of circuits; one light in `oneSolarIn` is solar, none without it. */
export const town = (lights: number, oneSolarIn = Number.POSITIVE_INFINITY): AssetFeature[] => {
  const features = [feature({ kind: 'community', id: 'village', name: 'Village' })]
  for (let number = 0; number < lights; number++) {
    const circuit = Math.floor(number / lightsPerCircuit)
    const common = {
      kind: 'luminaire',
      id: deviceName(number),
      community: 'village',
      gateway: `gateway-${number % 20}`,
      reportInterval: reportMs / 1_000,
      owner: 'municipality',
      program: 'duskToDawn',
    }
    const grid = {
      cabinet: `cabinet-${Math.floor(circuit / circuitsPerCabinet)}`,
      circuit: `circuit-${circuit}`,
      phase: `L${(number % 3) + 1}`,
      position: number % lightsPerCircuit,
      supply: 'grid',
      ratedPower: 60,
    }
    const solar = {
      supply: 'solar',
      ratedPower: 30,
      panelPower: 160,
      batteryCapacity: 960,
      batteryChemistry: 'lifepo4',
      batteryVoltageNominal: 12.8,
    }
    features.push(feature({ ...common, ...(isSolar(number, oneSolarIn) ? solar : grid) }))
  }
  return features
}
