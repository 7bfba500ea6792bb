import { z } from 'zod'
import type { Credentials } from './edge/mqtt-transport.ts'

const entrySchema = z.object({ device: z.string(), username: z.string(), password: z.string() })

/**
 * Reads MQTT credentials by device: a JSON array, or one JSON object a line.
 * @throws Error naming the entry that is wrong, and never showing a password
 */
export const parseCredentials = (text: string): Map<string, Credentials> => {
  const isArray = text.trimStart().startsWith('[')
  const entries: [where: string, value: unknown][] = isArray
    ? z
        .array(z.unknown())
        .parse(json('the file', text))
        .map((value, i) => [`entry ${i + 1}`, value])
    : text.split('\n').flatMap((line, i) => {
        const where = `line ${i + 1}`
        return line.trim() === '' ? [] : [[where, json(where, line)]]
      })
  return new Map(
    entries.map(([where, value]) => {
      const parsed = entrySchema.safeParse(value)
      if (!parsed.success) throw new Error(`${where} must hold the strings device, username and password`)
      const { device, username, password } = parsed.data
      return [device, { username, password }]
    }),
  )
}

const json = (where: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${where} is not JSON`)
  }
}
