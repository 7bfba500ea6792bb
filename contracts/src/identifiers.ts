import { z } from 'zod'

/** Municipality, device, asset and document ids: safe in a topic, a URL path and a file name. */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/
export const idSchema = z.string().regex(idPattern, 'must match [A-Za-z0-9_-]{1,64}')

/** Whether `text` may stand as an id. Allocation-free, for the intake's hot path. */
export const isId = (text: string): boolean => idPattern.test(text)
