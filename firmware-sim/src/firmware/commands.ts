import { type DeviceCommand, deviceCommandSchema } from '@fanari/contracts'

export type ParsedCommand =
  | { id: string; command: DeviceCommand }
  | { id: string; command: null; reason: string }
  | { id: null }

/** Reads a command; one that is wrong but has an id can be answered. */
export const parseCommand = (payload: string): ParsedCommand => {
  let json: unknown
  try {
    json = JSON.parse(payload)
  } catch {
    return { id: null }
  }
  const parsed = deviceCommandSchema.safeParse(json)
  if (parsed.success) return { id: parsed.data.id, command: parsed.data }
  const id = deviceCommandSchema.pick({ id: true }).safeParse(json)
  if (!id.success) return { id: null }
  const issue = parsed.error.issues[0]
  return { id: id.data.id, command: null, reason: `${issue?.path.join('.')}: ${issue?.message}`.slice(0, 200) }
}
