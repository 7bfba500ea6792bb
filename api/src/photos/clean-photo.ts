import { ProblemError } from '@fanari/contracts'
import sharp from 'sharp'

/** The largest file taken [bytes]: what a telephone's camera makes. */
export const largestPhotoBytes = 10 * 1024 * 1024
/** The largest picture decoded [pixels]; its size is read before anything is decoded. */
const mostPixels = 64e6
/** The longest edge kept [px]: a house number on a lamp post stays readable. */
const longestEdgePx = 2_048
/** Wall time for one picture [s]. */
const longestWorkS = 20

/** A photo as it is kept. */
export interface CleanPhoto {
  bytes: Buffer
  mediaType: 'image/jpeg'
  widthPx: number
  heightPx: number
}

/** By their first bytes, whatever the sender calls them. SVG is a program, GIF an animation: neither is a photo. */
const isPhoto = (bytes: Buffer): boolean => {
  const ascii = (from: number, to: number) => bytes.toString('latin1', from, to)
  if (bytes.length < 16) return false
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
  const isPng = ascii(0, 8) === '\x89PNG\r\n\x1a\n'
  const isWebp = ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP'
  const isAvif = ascii(4, 8) === 'ftyp' && ['avif', 'avis', 'mif1'].includes(ascii(8, 12))
  return isJpeg || isPng || isWebp || isAvif
}

/**
 * Decodes a photo and encodes its pixels anew: what the camera wrote into it (place, time, owner), and what anybody hid in or behind
 * it, is not among them. Turned upright first. `where` names the file in the problem.
 * @throws ProblemError `unsupported-media-type`, `too-large`, `invalid-request`
 */
export const cleanPhoto = async (bytes: Buffer, where: string): Promise<CleanPhoto> => {
  const refuse = (code: 'unsupported-media-type' | 'too-large' | 'invalid-request', message: string) =>
    new ProblemError(code, `${where} ${message}`, [{ path: where, message }])
  if (!isPhoto(bytes)) throw refuse('unsupported-media-type', 'is no JPEG, PNG, WebP or AVIF')
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata()
    if (width * height > mostPixels) throw refuse('too-large', `has more than ${mostPixels / 1e6} million pixels`)
    const { data, info } = await sharp(bytes, { limitInputPixels: mostPixels, failOn: 'truncated', pages: 1 })
      .autoOrient()
      .resize({ width: longestEdgePx, height: longestEdgePx, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 80 })
      .timeout({ seconds: longestWorkS })
      .toBuffer({ resolveWithObject: true })
    return { bytes: data, mediaType: 'image/jpeg', widthPx: info.width, heightPx: info.height }
  } catch (error) {
    if (error instanceof ProblemError) throw error
    // libvips says in its own words what it stumbled over: nothing a citizen could use.
    throw refuse('invalid-request', 'cannot be read; it may be damaged')
  }
}
