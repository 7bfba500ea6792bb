import { between, createRandom } from '../random.ts'
import type { Place } from './town.ts'

export interface Settlement extends Place {
  /** Code of the statistical authority; names the settlement for ever. */
  code: string
  name: string
  population: number
}

const columns = ['elstat_code', 'settlement', 'community', 'municipal_unit', 'population_2011', 'lat', 'lon'] as const

interface Row {
  code: string
  name: string
  unit: string
  population: number
  place: Place | null
}

/** How far from the middle of its municipal unit a settlement without coordinates is put [°]. */
const displacedBy = { lat: 0.035, lon: 0.045 } as const

const inRange = (text: string, limit: number): number | null => {
  const value = Number(text)
  return text !== '' && Number.isFinite(value) && Math.abs(value) <= limit ? value : null
}

const parseRow = (line: string, number: number): Row => {
  const cells = line.split(',').map((cell) => cell.trim())
  if (cells.length !== columns.length || line.includes('"'))
    throw new Error(`line ${number}: expected ${columns.length} unquoted columns, got "${line}"`)
  const [code = '', name = '', , unit = '', people = '', lat = '', lon = ''] = cells
  const population = Number(people)
  if (!/^\d+$/.test(code)) throw new Error(`line ${number}: elstat_code must be digits, got "${code}"`)
  if (name === '') throw new Error(`line ${number}: settlement has no name`)
  if (people === '' || !Number.isInteger(population) || population < 0)
    throw new Error(`line ${number}: population_2011 must be a whole number, got "${people}"`)
  if (lat === '' && lon === '') return { code, name, unit, population, place: null }
  const [north, east] = [inRange(lat, 66), inRange(lon, 180)]
  if (north === null || east === null)
    throw new Error(`line ${number}: lat and lon must be degrees, got "${lat},${lon}"`)
  return { code, name, unit, population, place: { lat: north, lon: east } }
}

/** A settlement without coordinates lies in a direction of its own (from its code) off the mean of its municipal unit. */
const placeInUnit = (row: Row, rows: readonly Row[]): Place => {
  const known = rows.flatMap(({ unit, place }) => (unit === row.unit && place !== null ? [place] : []))
  if (known.length === 0) throw new Error(`${row.name}: no settlement of its municipal unit has coordinates`)
  const mean = (pick: (place: Place) => number) => known.reduce((sum, place) => sum + pick(place), 0) / known.length
  const bearing = between(createRandom(Number(row.code.slice(-6)), 'place'), 0, 2 * Math.PI)
  return {
    lat: mean(({ lat }) => lat) + displacedBy.lat * Math.cos(bearing),
    lon: mean(({ lon }) => lon) + displacedBy.lon * Math.sin(bearing),
  }
}

/**
 * Reads the settlements of a municipality from CSV (the columns of `data/orestiada-settlements.csv`). Those without residents
 * are left out.
 * @throws Error naming the line that is wrong
 */
export const parseSettlements = (csv: string): Settlement[] => {
  const [header = '', ...lines] = csv.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (header.trim() !== columns.join(',')) throw new Error(`line 1: the columns must be ${columns.join(',')}`)
  const rows = lines.flatMap((line, i) => (line.trim() === '' ? [] : [parseRow(line, i + 2)]))
  const inhabited = rows.filter(({ population }) => population > 0)
  if (inhabited.length === 0) throw new Error('there is no settlement with residents')
  const repeated = rows.find(({ code }, i) => rows.findIndex((other) => other.code === code) !== i)
  if (repeated !== undefined) throw new Error(`elstat_code ${repeated.code} appears twice`)
  return inhabited.map((row) => ({
    code: row.code,
    name: row.name,
    population: row.population,
    ...(row.place ?? placeInUnit(row, rows)),
  }))
}
