import { type AssetFeature, hourMs, minuteMs } from '@fanari/contracts'
import { deviceName } from './load.ts'

/*
 * A town for dashboards: communities of 200 lights with one cabinet each, five circuits of 40, one light in seven solar; every device
 * reports as often as is asked for. A few lamps burn out every night and are mended days later; some wait for a spare part to the end.
 */

const lightsPerCommunity = 200
const lightsPerCircuit = 40
const oneSolarIn = 7
/** Hours after noon between which lights are on: mid-January to mid-February in Orestiada, with the twilight left out. */
const [duskHour, dawnHour] = [5.75, 19.67]

const isSolar = (number: number): boolean => number % oneSolarIn === oneSolarIn - 1
const communityOf = (number: number): number => Math.floor(number / lightsPerCommunity)
const cabinetDevice = (community: number): string => `meter-${community}`

const feature = (properties: object, [lon, lat]: [number, number]): AssetFeature =>
  ({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties }) as AssetFeature

const communitiesOf = (lights: number): number => Math.ceil(lights / lightsPerCommunity)

export const assetsOf = (lights: number, reportEveryMs: number): AssetFeature[] => {
  const features: AssetFeature[] = []
  for (let community = 0; community < communitiesOf(lights); community++) {
    const at: [number, number] = [26.4 + 0.02 * (community % 5), 41.4 + 0.02 * Math.floor(community / 5)]
    const id = `community-${community}`
    features.push(feature({ kind: 'community', id, name: `Κοινότητα ${community}` }, at))
    features.push(
      feature({ kind: 'cabinet', id: `cabinet-${community}`, community: id, device: cabinetDevice(community) }, at),
    )
  }
  for (let number = 0; number < lights; number++) {
    const community = communityOf(number)
    const common = {
      kind: 'luminaire',
      id: deviceName(number),
      community: `community-${community}`,
      reportInterval: reportEveryMs / 1_000,
      owner: 'municipality',
      program: 'duskToDawn',
    }
    const grid = {
      cabinet: `cabinet-${community}`,
      circuit: `circuit-${Math.floor(number / lightsPerCircuit)}`,
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
    const at: [number, number] = [26.4 + 0.02 * (community % 5), 41.4 + 0.02 * Math.floor(community / 5)]
    features.push(feature({ ...common, ...(isSolar(number) ? solar : grid) }, at))
  }
  return features
}

/** From 0 at sunrise over 1 at noon to 0 at sunset. */
const sunshine = (hour: number): number => Math.max(0, Math.cos((Math.min(hour, 24 - hour) / 4.8) * (Math.PI / 2)))

/** What one device reports, `sinceNoonMs` after the noon at which the month begins. */
export type Message = { device: string; payload: object }

/** When a message is made: since the noon at which the month begins [ms], its own time, and its number. */
type Moment = { sinceNoonMs: number; at: number; seq: number }

const lightMessage = (number: number, { sinceNoonMs, at, seq }: Moment): Message => {
  const hours = sinceNoonMs / hourMs
  const hour = hours % 24
  const day = Math.floor(hours / 24)
  const isNight = hour >= duskHour && hour < dawnHour
  const nightHours = day * (dawnHour - duskHour) + Math.min(Math.max(hour - duskHour, 0), dawnHour - duskHour)
  // Each lamp has its own day; three days later it is mended. Others burn out in the second night and stay dark.
  const isBurnt = (number % 400 === 7 && (day + Math.floor(number / 400)) % 10 < 3) || (number % 800 === 9 && day >= 1)
  const common = { at, seq, uptime: 100_000 + Math.floor(sinceNoonMs / 1_000), rssi: -90 + (number % 20) }
  if (!isSolar(number)) {
    const power = isNight && !isBurnt ? 55 + (number % 7) : 0.4
    const payload = { lightLevel: isNight ? 100 : 0, supplyVoltage: 228 + (seq % 6), activePower: power }
    const activeEnergy = 900 + (nightHours * (55 + (number % 7))) / 1_000
    const operatingHours = 4_000 + nightHours
    return {
      device: deviceName(number),
      payload: { ...common, ...payload, powerFactor: 0.97, activeEnergy, operatingHours, temperature: 8 + (seq % 9) },
    }
  }
  const panelCurrent = 7 * sunshine(hour) * (0.6 + 0.1 * (day % 5))
  return {
    device: deviceName(number),
    payload: {
      ...common,
      lightLevel: isNight ? 100 : 0,
      activePower: isNight ? 29 : 0.3,
      panelVoltage: panelCurrent > 0 ? 17.5 : 0,
      panelCurrent,
      batteryVoltage: isNight ? 13.1 : 13.3 + 0.05 * panelCurrent,
      batteryCurrent: isNight ? -2.3 : panelCurrent,
      batteryLevel: isNight ? 95 - 2.6 * (hour - duskHour) : 60 + 5 * Math.min(hour, 6),
      batteryTemperature: 6 + (day % 5),
      loadState: isNight ? 'on' : 'off',
    },
  }
}

const cabinetMessage = (community: number, { sinceNoonMs, at, seq }: Moment): Message => {
  const hour = (sinceNoonMs / hourMs) % 24
  const isNight = hour >= duskHour && hour < dawnHour
  const power = isNight ? 3_300 : 40
  const phase = (share: number) => ({
    voltage: 229 + share,
    current: (power / 690) * (1 + share / 50),
    power: power / 3,
  })
  const [l1, l2, l3] = [phase(0), phase(1), phase(2)]
  return {
    device: cabinetDevice(community),
    payload: {
      at,
      seq,
      uptime: 100_000 + Math.floor(sinceNoonMs / 1_000),
      voltageL1: l1.voltage,
      voltageL2: l2.voltage,
      voltageL3: l3.voltage,
      currentL1: l1.current,
      currentL2: l2.current,
      currentL3: l3.current,
      powerL1: l1.power,
      powerL2: l2.power,
      powerL3: l3.power,
      doorOpen: false,
      contactorClosed: isNight,
      leakageCurrent: 4 + (community % 3),
    },
  }
}

/** The messages of one minute: its share of the devices, spread over it. */
export function* messagesOf(
  { lights, reportEveryMs }: { lights: number; reportEveryMs: number },
  sinceNoonMs: number,
  at: number,
): Generator<Message & { at: number }> {
  const minutesApart = reportEveryMs / minuteMs
  const turn = Math.floor(sinceNoonMs / minuteMs) % minutesApart
  const seq = Math.floor(sinceNoonMs / reportEveryMs)
  const spread = (index: number) => at + Math.floor((index / lights) * minuteMs)
  for (let number = turn; number < lights; number += minutesApart) {
    const ownAt = spread(number)
    yield { ...lightMessage(number, { sinceNoonMs, at: ownAt, seq }), at: ownAt }
  }
  for (let community = turn; community < communitiesOf(lights); community += minutesApart) {
    const ownAt = at + minuteMs - 1
    yield { ...cabinetMessage(community, { sinceNoonMs, at: ownAt, seq }), at: ownAt }
  }
}
