import type { HeatMap } from '@fanari/contracts'
import type { Point } from '../reports/place.ts'
import { cellNumberOf, geohashOf, middleOfCell } from './geohash.ts'

/** Counts points by their cell. Cells of fewer than `threshold` are left out: nobody is to be found in them. Pure. */
export const heatCells = (
  points: Iterable<Point | null>,
  { precision, threshold }: { precision: number; threshold: number },
): Pick<HeatMap, 'cells' | 'suppressed' | 'withoutPlace'> => {
  const counts = new Map<number, { point: Point; reports: number }>()
  let withoutPlace = 0
  for (const point of points) {
    if (point === null) {
      withoutPlace++
      continue
    }
    const number = cellNumberOf(point.lat, point.lon, precision)
    const cell = counts.get(number)
    if (cell === undefined) counts.set(number, { point, reports: 1 })
    else cell.reports++
  }
  let suppressed = 0
  const cells: HeatMap['cells'] = []
  for (const { point, reports } of counts.values()) {
    if (reports < threshold) suppressed += reports
    else
      cells.push({
        geohash: geohashOf(point.lat, point.lon, precision),
        ...middleOfCell(point.lat, point.lon, precision),
        reports,
      })
  }
  return {
    cells: cells.sort((a, b) => b.reports - a.reports || (a.geohash < b.geohash ? -1 : 1)),
    suppressed,
    withoutPlace,
  }
}
