/** Base 32 as Niemeyer's geohash writes it: without a, i, l and o. */
const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz'

/** A point's cell, WGS 84 [°]: every letter more makes it smaller, by 8 and 4 in turn. Six letters are about 1.2 × 0.6 km. */
export const geohashOf = (lat: number, lon: number, letters: number): string => {
  const { column, row, lonBits, latBits } = cellOf(lat, lon, letters)
  let text = ''
  let value = 0
  for (let bit = 0; bit < lonBits + latBits; bit++) {
    // Longitude has the even bits, from the greatest down.
    const isLon = bit % 2 === 0
    const place = (isLon ? lonBits : latBits) - 1 - Math.floor(bit / 2)
    value = value * 2 + (Math.floor((isLon ? column : row) / 2 ** place) % 2)
    if (bit % 5 === 4) {
      text += alphabet[value]
      value = 0
    }
  }
  return text
}

/** The middle of the cell that a point is in, WGS 84 [°]. */
export const middleOfCell = (lat: number, lon: number, letters: number): { lat: number; lon: number } => {
  const { column, row, lonBits, latBits } = cellOf(lat, lon, letters)
  return { lat: ((row + 0.5) / 2 ** latBits) * 180 - 90, lon: ((column + 0.5) / 2 ** lonBits) * 360 - 180 }
}

/** A number that points have in common when their cell of so many letters, nine at the most, is the same. */
export const cellNumberOf = (lat: number, lon: number, letters: number): number => {
  const { column, row, latBits } = cellOf(lat, lon, letters)
  return column * 2 ** latBits + row
}

const cellOf = (lat: number, lon: number, letters: number) => {
  const lonBits = Math.ceil((letters * 5) / 2)
  const latBits = Math.floor((letters * 5) / 2)
  const within = (share: number, bits: number) => Math.min(2 ** bits - 1, Math.floor(share * 2 ** bits))
  return { lonBits, latBits, column: within((lon + 180) / 360, lonBits), row: within((lat + 90) / 180, latBits) }
}
