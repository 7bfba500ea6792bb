import type { CabinetProperties, ReceivedReading } from '@fanari/contracts'
import { attributesOf, type Entity, idOf, type Values } from './entity.ts'
import { numberIn } from './streetlight.ts'
import type { Surroundings } from './surroundings.ts'

/** A cabinet as `StreetlightControlCabinet`. The model calls the phases R, S and T; it counts power in kW. */
export const cabinetEntity = (
  municipality: string,
  cabinet: { properties: CabinetProperties; coordinates: number[] },
  reading: ReceivedReading | null,
  { provider, communityName, faultsOf }: Surroundings,
): Entity => {
  const { properties, coordinates } = cabinet
  const areaServed = communityName(properties.community)
  const registered: Values<'StreetlightControlCabinet'> = {
    name: properties.id,
    location: { type: 'Point', coordinates },
    address: areaServed === undefined ? null : { addressLocality: areaServed },
    areaServed,
    dataProvider: provider,
    openFaults: faultsOf('cabinet', properties.id),
  }
  const type = 'StreetlightControlCabinet'
  return {
    id: idOf({ type, municipality, asset: properties.id }),
    type,
    attributes: {
      ...attributesOf(type, registered, null),
      ...(reading === null ? {} : attributesOf(type, measured(reading), Date.parse(reading.at))),
    },
  }
}

/** To a tenth of a watt: what division leaves behind says nothing. */
const kilowatts = (watts: number | undefined): number | undefined =>
  watts === undefined ? undefined : Math.round(watts * 10) / 10_000

const measured = (reading: ReceivedReading): Values<'StreetlightControlCabinet'> => ({
  energyConsumed: numberIn(reading, 'activeEnergy'),
  totalActivePower: kilowatts(numberIn(reading, 'activePower')),
  activePowerR: kilowatts(numberIn(reading, 'powerL1')),
  activePowerS: kilowatts(numberIn(reading, 'powerL2')),
  activePowerT: kilowatts(numberIn(reading, 'powerL3')),
  intensityR: numberIn(reading, 'currentL1'),
  intensityS: numberIn(reading, 'currentL2'),
  intensityT: numberIn(reading, 'currentL3'),
  voltageR: numberIn(reading, 'voltageL1'),
  voltageS: numberIn(reading, 'voltageL2'),
  voltageT: numberIn(reading, 'voltageL3'),
})
