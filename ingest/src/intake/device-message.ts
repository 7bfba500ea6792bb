import {
  commandResultSchema,
  deviceEventSchema,
  deviceStatusSchema,
  type JournalRecord,
  type UplinkChannel,
} from '@fanari/contracts'
import { describeIssue, type SchemaIssue } from './describe-issue.ts'

/** A status, event or result as a journal record, or what is wrong with it. */
export type DeviceMessageCheck = { ok: true; record: JournalRecord } | { ok: false; problem: string }

/** Checks what came on any channel but `telemetry`. */
export const checkDeviceMessage = (
  channel: Exclude<UplinkChannel, 'telemetry'>,
  from: { municipality: string; device: string },
  value: unknown,
): DeviceMessageCheck => {
  const { municipality, device } = from
  switch (channel) {
    case 'status':
      return check(deviceStatusSchema, value, (status) => ({ kind: 'status', municipality, device, status }))
    case 'event':
      return check(deviceEventSchema, value, (event) => ({ kind: 'event', municipality, device, event }))
    case 'result':
      return check(commandResultSchema, value, (result) => ({ kind: 'result', municipality, device, result }))
  }
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: SchemaIssue[] } }
}

const check = <T>(schema: Schema<T>, value: unknown, toRecord: (data: T) => JournalRecord): DeviceMessageCheck => {
  try {
    const parsed = schema.safeParse(value)
    return parsed.success
      ? { ok: true, record: toRecord(parsed.data) }
      : { ok: false, problem: describeIssue(parsed.error.issues) }
  } catch (error) {
    // `details` may hold any JSON, and checking it recurses.
    if (error instanceof RangeError) return { ok: false, problem: 'nested too deeply' }
    throw error
  }
}
