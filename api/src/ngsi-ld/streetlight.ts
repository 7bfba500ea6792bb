import type { FaultName, Instant, LuminaireProperties, LuminaireStatus, ReceivedReading } from '@fanari/contracts'
import { attributesOf, type Entity, idOf, type Values } from './entity.ts'
import { powerStateOf, statusOf } from './light-condition.ts'
import type { Surroundings } from './surroundings.ts'

/** A reading's field, when it has it. Kept readings are as old as the journal: what they hold is checked where it is read. */
export const numberIn = (reading: ReceivedReading, field: string): number | undefined => {
  const value = reading[field]
  return typeof value === 'number' ? value : undefined
}

const shareOf = (percent: number | undefined): number | undefined => (percent === undefined ? undefined : percent / 100)

/** A light as `Streetlight`. `status` null: the detector does not know it yet. */
export const streetlightEntity = (
  municipality: string,
  light: { properties: LuminaireProperties; coordinates: number[] },
  status: LuminaireStatus | null,
  { provider, communityName, faultsOf }: Surroundings,
): Entity => {
  const { properties, coordinates } = light
  const { id, street, cabinet, circuit, pole, ratedPower } = properties
  const areaServed = communityName(properties.community)
  const faults = faultsOf('luminaire', id, status?.incident)
  const registered: Values<'Streetlight'> = {
    name: id,
    location: { type: 'Point', coordinates },
    address: addressOf(street, areaServed),
    areaServed,
    dataProvider: provider,
    circuit,
    streetPoleNum: pole,
    powerRating: ratedPower,
    refStreetlightControlCabinet:
      cabinet === undefined ? null : idOf({ type: 'StreetlightControlCabinet', municipality, asset: cabinet }),
    // Its own controller has spoken: until then the register only promises one.
    controllingMethod: status?.lastSeen == null ? null : 'individual',
    openFaults: faults,
  }
  const reading = status?.lastReading ?? null
  return {
    id: idOf({ type: 'Streetlight', municipality, asset: id }),
    type: 'Streetlight',
    attributes: {
      ...attributesOf('Streetlight', registered, null),
      ...(status === null ? {} : attributesOf('Streetlight', judged(status, faults), judgedAt(status))),
      ...(reading === null ? {} : attributesOf('Streetlight', measured(reading), Date.parse(reading.at))),
    },
  }
}

const judged = ({ state }: LuminaireStatus, faults: readonly FaultName[]): Values<'Streetlight'> => ({
  lightState: state,
  powerState: powerStateOf(state),
  status: statusOf(state, faults),
})

/** A state holds since its beginning, and the newest reading has not changed it. */
const judgedAt = ({ since, lastReading }: LuminaireStatus): Instant =>
  Math.max(Date.parse(since), lastReading === null ? 0 : Date.parse(lastReading.at))

const measured = (reading: ReceivedReading): Values<'Streetlight'> => ({
  powerConsumption: numberIn(reading, 'activePower'),
  voltage: numberIn(reading, 'supplyVoltage'),
  current: numberIn(reading, 'supplyCurrent'),
  powerFactor: numberIn(reading, 'powerFactor'),
  illuminanceLevel: shareOf(numberIn(reading, 'lightLevel')),
  observationDateTime: { '@type': 'DateTime', '@value': reading.at },
})

const addressOf = (streetAddress: string | undefined, addressLocality: string | undefined) =>
  streetAddress === undefined && addressLocality === undefined
    ? null
    : {
        ...(streetAddress === undefined ? {} : { streetAddress }),
        ...(addressLocality === undefined ? {} : { addressLocality }),
      }
