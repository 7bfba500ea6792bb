import { z } from 'zod'

/*
 * What GeoReport v2 answers, as JSON by its "Spark" convention: no root, a container is an array even around one child, an empty
 * element is null. XML is made from the same values (xml.ts), so the two cannot differ. Specification:
 * https://wiki.open311.org/GeoReport_v2 (frozen), https://wiki.open311.org/Service_Discovery.
 */

const text = z.string()
const when = z.iso.datetime({ offset: true })

export const discoverySchema = z.strictObject({
  changeset: when.describe('Changes when services or definitions do'),
  contact: text,
  key_service: text,
  endpoints: z.array(
    z.strictObject({
      specification: z.literal('http://wiki.open311.org/GeoReport_v2'),
      url: z.url(),
      changeset: when,
      type: z.enum(['production', 'test']),
      formats: z.array(z.enum(['text/xml', 'application/json'])),
    }),
  ),
})

export const serviceSchema = z.strictObject({
  service_code: text,
  service_name: text,
  description: text,
  metadata: z.boolean(),
  type: z.enum(['realtime', 'batch', 'blackbox']),
  keywords: text,
  group: text,
})
export type Service = z.infer<typeof serviceSchema>

export const definitionSchema = z.strictObject({
  service_code: text,
  attributes: z.array(
    z.strictObject({
      variable: z.boolean(),
      code: text,
      datatype: z.enum(['string', 'number', 'datetime', 'text', 'singlevaluelist', 'multivaluelist']),
      required: z.boolean(),
      datatype_description: text.nullable(),
      order: z.int().min(1),
      description: text,
      values: z.array(z.strictObject({ key: text, name: text })),
    }),
  ),
})
export type Definition = z.infer<typeof definitionSchema>

const noteSchema = z.strictObject({ datetime: when, description: text, type: text })

export const requestSchema = z.strictObject({
  service_request_id: text,
  status: z.enum(['open', 'closed']),
  status_notes: text.nullable(),
  service_name: text,
  service_code: text,
  description: text.nullable(),
  agency_responsible: text.nullable(),
  service_notice: text.nullable(),
  requested_datetime: when,
  updated_datetime: when,
  expected_datetime: when.nullable(),
  address: text.nullable(),
  address_id: text.nullable(),
  zipcode: text.nullable(),
  lat: z.number().nullable(),
  long: z.number().nullable(),
  media_url: z.url().nullable(),
  extended_attributes: z
    .strictObject({
      channel: text,
      status: text.describe('Of the matter: open, assigned, inProgress, waiting, resolved, closed'),
      outcome: text.nullable(),
      matter: text.describe('The ticket, which several requests may belong to'),
      reports: z.int(),
      incident: text.nullable(),
      luminaire: text.nullable(),
      community: text.nullable(),
      detected_by_telemetry: z.boolean(),
    })
    .optional(),
  notes: z.array(noteSchema).optional(),
})
export type Request = z.infer<typeof requestSchema>

/** What a request that was sent is answered. It is on record at once, so that never a token is given in place of the id. */
export const receiptSchema = z.strictObject({
  service_request_id: text,
  service_notice: text.nullable(),
  account_id: text.nullable(),
})

export const tokenSchema = z.strictObject({ service_request_id: text, token: text })

/** mySociety's extended statuses, as open311-adapter lists them. */
export const extendedStatuses = [
  'open',
  'investigating',
  'in_progress',
  'planned',
  'action_scheduled',
  'fixed',
  'closed',
  'duplicate',
  'not_councils_responsibility',
  'no_further_action',
  'internal_referral',
  'cancelled',
  'for_triage',
  'reopen',
  'unchanged',
] as const
export type ExtendedStatus = (typeof extendedStatuses)[number]

export const updateSchema = z.strictObject({
  update_id: text,
  service_request_id: text,
  status: z.enum(extendedStatuses),
  updated_datetime: when,
  description: text,
  media_url: text.nullable(),
})
export type Update = z.infer<typeof updateSchema>

export const updateReceiptSchema = z.strictObject({ update_id: text })

export const errorSchema = z.strictObject({ code: z.int(), description: text })
