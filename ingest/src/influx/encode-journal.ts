import {
  faultNames,
  type Instant,
  type JournalEntry,
  measurements,
  type PointField,
  type Reading,
  type ReadingFieldName,
} from '@fanari/contracts'
import { fieldText, isStorable, type Lines, lineHead, lineOf, pointOf } from './line.ts'
import { communityOf, type Place, type Places } from './places.ts'

/** What could not be written, and why; the journal keeps it. */
export type Skipped = 'unknownDevice' | 'noMeasurement' | 'time'

/** Fields of a measurement that are written straight from a reading's, in the order of the table. */
const readingColumns = (name: 'luminaire_reading' | 'solar_reading' | 'cabinet_reading') =>
  Object.entries<PointField>(measurements[name].fields).flatMap(([field, { type, reading }]) =>
    reading === undefined ? [] : [{ key: `${field}=`, type, reading }],
  )
const lightColumns = readingColumns('luminaire_reading')
const solarColumns = readingColumns('solar_reading')
const cabinetColumns = readingColumns('cabinet_reading')
const solarFields: readonly ReadingFieldName[] = solarColumns.map(({ reading }) => reading)

/** Quantities of a sensor that are fields of a reading of their own. */
const ownQuantities = [
  { quantity: 'illuminance_lx', field: 'illuminance', unit: 'lx' },
  { quantity: 'temperature_c', field: 'temperature', unit: '°C' },
  { quantity: 'rssi_dbm', field: 'rssi', unit: 'dBm' },
] as const

const isFaultName = new Set<string>(faultNames)
const longestDetails = 500

/** The lines of one entry of the journal, added to `lines`; assets are learned on the way. Answers why it has none, or null. */
export const encodeEntry = (places: Places, entry: JournalEntry, lines: Lines): Skipped | null => {
  switch (entry.kind) {
    case 'assets':
      for (const feature of entry.features) places.put(entry.municipality, feature)
      return null
    case 'reading':
      return encodeReading(places.ofDevice(entry.municipality, entry.device), entry, lines)
    case 'event': {
      const { municipality, device, event, receivedAt } = entry
      const place = places.ofDevice(municipality, device)
      const points = pointOf(
        'device_event',
        {
          municipality,
          community: communityOf(place),
          device_kind: place?.kind,
          device,
          event: isFaultName.has(event.type) ? event.type : 'other',
        },
        {
          received_delay_ms: receivedAt - event.at,
          type: event.type,
          details: event.details === undefined ? null : JSON.stringify(event.details).slice(0, longestDetails),
        },
        event.at,
      )
      for (const { policy, text } of points) lines[policy].push(text)
      return points.length === 0 ? 'time' : null
    }
    case 'status': {
      const { municipality, device, status, receivedAt } = entry
      const at = status.at ?? receivedAt
      const place = places.ofDevice(municipality, device)
      const points = pointOf(
        'device_status',
        { municipality, community: communityOf(place), device_kind: place?.kind, device },
        {
          received_delay_ms: receivedAt - at,
          state: status.state,
          online: status.state === 'online',
          firmware: status.firmware ?? null,
        },
        at,
      )
      for (const { policy, text } of points) lines[policy].push(text)
      return points.length === 0 ? 'time' : null
    }
    case 'tick':
    case 'platform':
    case 'result':
    case 'quarantine':
    case 'municipality':
    case 'maintenance':
      return null
  }
}

const encodeReading = (
  place: Place | null,
  { municipality, reading, receivedAt }: { municipality: string; reading: Reading; receivedAt: Instant },
  { raw }: Lines,
): Skipped | null => {
  if (place === null) return 'unknownDevice'
  if (!isStorable(reading.at)) return 'time'
  const delay = `received_delay_ms=${receivedAt - reading.at}i`
  switch (place.kind) {
    case 'luminaire':
      raw.push(`${place.heads.reading} ${delay}${columnsOf(lightColumns, reading)}${faultsOf(reading)} ${reading.at}`)
      if (place.tags.supply === 'solar' && solarFields.some((field) => reading[field] !== undefined))
        raw.push(
          `${place.heads.solar} ${delay}${columnsOf(solarColumns, reading)}${panelPowerOf(reading)} ${reading.at}`,
        )
      return null
    case 'cabinet':
      raw.push(
        `${place.head} ${delay}${columnsOf(cabinetColumns, reading)}${totalPowerOf(reading)}${faultsOf(reading)} ${reading.at}`,
      )
      return null
    case 'sensor': {
      for (const { quantity, value, unit } of quantitiesOf(place.measures, reading)) {
        const head = lineHead('sensor_reading', {
          municipality,
          community: place.community,
          sensor: place.id,
          quantity,
        })
        const values = { received_delay_ms: receivedAt - reading.at, value, unit }
        const line = lineOf(head, measurements.sensor_reading.fields, values, reading.at)
        if (line !== null) raw.push(line)
      }
      return null
    }
    case 'gateway':
      return 'noMeasurement'
  }
}

/** `,name=value` for each column the reading has. */
const columnsOf = (columns: typeof lightColumns, reading: Reading): string => {
  let text = ''
  for (const { key, type, reading: field } of columns) {
    const value = reading[field]
    if (value === undefined) continue
    const written = fieldText(type, value)
    if (written !== null) text += `,${key}${written}`
  }
  return text
}

const faultsOf = ({ faults }: Reading): string =>
  faults === undefined || faults.length === 0 ? '' : `,faults="${faults.join(',')}"`

const panelPowerOf = ({ panelVoltage, panelCurrent }: Reading): string =>
  panelVoltage === undefined || panelCurrent === undefined ? '' : `,panel_power_w=${panelVoltage * panelCurrent}`

const totalPowerOf = ({ powerL1, powerL2, powerL3 }: Reading): string =>
  powerL1 === undefined || powerL2 === undefined || powerL3 === undefined
    ? ''
    : `,power_total_w=${powerL1 + powerL2 + powerL3}`

/** Only what the asset announces: a device could make up names without end, and each would be a series. */
const quantitiesOf = (measures: Readonly<Record<string, string>>, reading: Reading) => [
  ...Object.entries(reading.measurements ?? {}).flatMap(([quantity, value]) => {
    const unit = Object.hasOwn(measures, quantity) ? measures[quantity] : undefined
    return unit === undefined ? [] : [{ quantity, value, unit }]
  }),
  ...ownQuantities.flatMap(({ quantity, field, unit }) => {
    const value = reading[field]
    return value === undefined ? [] : [{ quantity, value, unit }]
  }),
]
