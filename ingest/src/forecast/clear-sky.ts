import { dayMs, hourMs, type Instant } from '@fanari/contracts'

/*
 * What a cloudless sky would give a panel: the measure against which harvests of different seasons compare. Sun by Spencer's series
 * (1971, within 0.3°), sky by Haurwitz (1945), diffuse share of a clear sky 15 %, isotropic transposition.
 */

export interface Place {
  lat: number
  lon: number
}

const radian = Math.PI / 180
const clearDiffuseShare = 0.15
const groundAlbedo = 0.2
/** Stand-alone panels are set for the winter: steeper than the latitude. */
const winterTilt = 12
const stepMs = 0.5 * hourMs

/** Irradiance of a cloudless sky on a panel that faces the noon sun, tilted for the winter [W/m²]. */
export const clearSkyIrradiance = ({ lat, lon }: Place, at: Instant): number => {
  const date = new Date(at)
  const day = 2 * Math.PI * ((at - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs / 365)
  const [sin1, cos1, sin2, cos2] = [Math.sin(day), Math.cos(day), Math.sin(2 * day), Math.cos(2 * day)]
  const declination = 0.006918 - 0.399912 * cos1 + 0.070257 * sin1 - 0.006758 * cos2 + 0.000907 * sin2
  const equationMinutes = 229.18 * (0.000075 + 0.001868 * cos1 - 0.032077 * sin1 - 0.014615 * cos2 - 0.040849 * sin2)
  const solarHour = ((at % dayMs) / hourMs + lon / 15 + equationMinutes / 60 + 24) % 24
  const hourAngle = (solarHour - 12) * 15 * radian
  const latitude = lat * radian
  const across = Math.cos(declination) * Math.cos(hourAngle)
  const cosZenith = Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * across
  if (cosZenith <= 0.02) return 0
  const global = 1_098 * cosZenith * Math.exp(-0.059 / cosZenith)
  const tilt = Math.min(80, Math.abs(lat) + winterTilt) * radian
  // A tilted panel sees the sun as a flat one does at a latitude nearer to the equator by the tilt.
  const seenLatitude = latitude - (lat < 0 ? -tilt : tilt)
  const cosIncidence = Math.max(0, Math.sin(seenLatitude) * Math.sin(declination) + Math.cos(seenLatitude) * across)
  const diffuse = clearDiffuseShare * global
  return (
    // Near the horizon the ratio of two small cosines runs away; 5 bounds it as PV tools do.
    (global - diffuse) * Math.min(5, cosIncidence / cosZenith) +
    (diffuse * (1 + Math.cos(tilt))) / 2 +
    (groundAlbedo * global * (1 - Math.cos(tilt))) / 2
  )
}

/** The sum of `clearSkyIrradiance` from `from` until `until` [Wh/m²]. */
export const clearSkySum = (place: Place, from: Instant, until: Instant): number => {
  if (until <= from) return 0
  const steps = Math.ceil((until - from) / stepMs)
  const width = (until - from) / steps
  let sum = 0
  for (let i = 0; i < steps; i++) sum += clearSkyIrradiance(place, from + (i + 0.5) * width)
  return (sum * width) / hourMs
}
