import { getPosition } from 'suncalc'
import type { LonLat } from './register.ts'

export type Sky = 'day' | 'twilight' | 'night'

/** Below the horizon suncalc's apparent altitude is the geometric one plus its refraction at the horizon. */
const refractionDeg = 0.484
/** The sun sets at a geometric altitude of −0.833° (upper limb, standard refraction); civil twilight reaches to −6°. */
const sunsetDeg = -0.833 + refractionDeg
const civilDuskDeg = -6 + refractionDeg

/** Whether it is day, civil twilight or night at a place, at `atMs` (milliseconds since 1970 UTC). */
export const skyAt = (atMs: number, [lon, lat]: LonLat): Sky => {
  const { altitude } = getPosition(new Date(atMs), lat, lon)
  if (altitude > sunsetDeg) return 'day'
  return altitude > civilDuskDeg ? 'twilight' : 'night'
}
