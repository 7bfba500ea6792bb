import { z } from 'zod'
import { idSchema } from './identifiers.ts'
import { instantSchema } from './time.ts'

/** WGS 84, [longitude, latitude] in degrees (RFC 7946 §3.1.1); an altitude is accepted and ignored. */
const positionSchema: z.ZodType<number[]> = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .rest(z.number())
const pointSchema = z.object({ type: z.literal('Point'), coordinates: positionSchema })
const ringSchema = z.array(positionSchema).min(4)
const polygonSchema = z.object({ type: z.literal('Polygon'), coordinates: z.array(ringSchema).min(1) })
const multiPolygonSchema = z.object({
  type: z.literal('MultiPolygon'),
  coordinates: z.array(z.array(ringSchema).min(1)).min(1),
})
const areaSchema = z.discriminatedUnion('type', [pointSchema, polygonSchema, multiPolygonSchema])

const name = z.string().min(1).max(200)
const reportIntervalSchema = z
  .number()
  .min(1)
  .max(7 * 86_400)
  .describe('Reporting interval [s]')

/** Times of a program step: a clock time, or dusk/dawn with an offset of hours and minutes. */
export const stepTimePattern =
  /^(?:([01]\d|2[0-3]):([0-5]\d)|(dusk|dawn)(?:([+-])(?=\d)(?:(\d{1,2})h)?(?:(\d{1,3})m)?)?)$/

export const programStepSchema = z.object({
  at: z.string().regex(stepTimePattern, 'must be like dusk, dawn-2h, dusk+90m or 23:30'),
  level: z.number().min(0).max(100).describe('Light level [%] from this moment on'),
})
export type ProgramStep = z.infer<typeof programStepSchema>
export const programStepsSchema = z.array(programStepSchema).min(1).max(48)

const communityPropertiesSchema = z.object({
  kind: z.literal('community'),
  id: idSchema,
  name,
  population: z.int().min(0).optional(),
})
const cabinetPropertiesSchema = z.object({
  kind: z.literal('cabinet'),
  id: idSchema,
  community: idSchema,
  device: idSchema.optional(),
  supplyNumber: z.string().max(64).optional(),
  gateway: idSchema.optional(),
  reportInterval: reportIntervalSchema.optional(),
})
const gatewayPropertiesSchema = z.object({
  kind: z.literal('gateway'),
  id: idSchema,
  device: idSchema.optional(),
})

const luminaireBase = {
  kind: z.literal('luminaire'),
  id: idSchema,
  device: idSchema.optional(),
  community: idSchema,
  cabinet: idSchema.optional(),
  circuit: idSchema.optional(),
  phase: z.enum(['L1', 'L2', 'L3']).optional(),
  position: z.number().optional().describe('Order along the circuit'),
  gateway: idSchema.optional(),
  ratedPower: z.number().positive().max(100_000).describe('Rated power [W]'),
  reportInterval: reportIntervalSchema.default(300),
  owner: z.enum(['municipality', 'networkOperator']).default('municipality'),
  street: z.string().max(200).optional(),
  pole: z.string().max(64).optional(),
  program: idSchema.default('duskToDawn').describe('duskToDawn, alwaysOn, off, or the id of a program'),
}
const luminairePropertiesSchema = z.discriminatedUnion('supply', [
  z.object({ ...luminaireBase, supply: z.literal('grid') }),
  z.object({
    ...luminaireBase,
    supply: z.literal('solar'),
    panelPower: z.number().positive().describe('Panel power [Wp]'),
    batteryCapacity: z.number().positive().describe('Battery capacity [Wh]'),
    batteryChemistry: z.enum(['lifepo4', 'leadAcid', 'liIon']).default('lifepo4'),
    batteryVoltageNominal: z.number().positive().max(500).optional().describe('Nominal battery voltage [V]'),
  }),
])

/** The built-in programs; any other name is a `program` asset's id. */
const builtInPrograms: readonly string[] = ['duskToDawn', 'alwaysOn', 'off']

const programPropertiesSchema = z.object({
  kind: z.literal('program'),
  id: idSchema
    .refine((id) => !builtInPrograms.includes(id), 'is the name of a built-in program')
    .meta({ not: { enum: builtInPrograms } }),
  steps: programStepsSchema,
})
const sensorPropertiesSchema = z.object({
  kind: z.literal('sensor'),
  id: idSchema,
  community: idSchema,
  device: idSchema.optional(),
  gateway: idSchema.optional(),
  measures: z.record(z.string().min(1).max(64), z.string().max(32)).describe('Measure name → unit'),
  reportInterval: reportIntervalSchema.default(900),
})

const feature = <P extends z.ZodType, G extends z.ZodType>(properties: P, geometry: G) =>
  z.object({ type: z.literal('Feature'), geometry, properties })

/** One asset as GeoJSON, by its `kind`. Defaults are filled in, so two spellings of the same asset compare equal. */
export const assetSchemas = {
  community: feature(communityPropertiesSchema, areaSchema),
  cabinet: feature(cabinetPropertiesSchema, pointSchema),
  gateway: feature(gatewayPropertiesSchema, pointSchema),
  luminaire: feature(luminairePropertiesSchema, pointSchema),
  program: feature(programPropertiesSchema, z.null()),
  sensor: feature(sensorPropertiesSchema, pointSchema),
} as const
export type AssetKind = keyof typeof assetSchemas
export type AssetFeature = z.infer<(typeof assetSchemas)[AssetKind]>
export type LuminaireProperties = z.infer<typeof luminairePropertiesSchema>
export type CabinetProperties = z.infer<typeof cabinetPropertiesSchema>
export type GatewayProperties = z.infer<typeof gatewayPropertiesSchema>
export type CommunityProperties = z.infer<typeof communityPropertiesSchema>
export type ProgramProperties = z.infer<typeof programPropertiesSchema>
export type SensorProperties = z.infer<typeof sensorPropertiesSchema>

export const assetKinds = Object.keys(assetSchemas) as AssetKind[]
const kindSchema = z.object({ properties: z.object({ kind: z.enum(assetKinds), id: z.unknown() }) })

/**
 * Reads one feature with the schema of its `kind`, so that a rejection names the field that is wrong and not six alternatives.
 */
export const parseAssetFeature = (
  candidate: unknown,
): { ok: true; feature: AssetFeature } | { ok: false; id?: string; reason: string } => {
  const kind = kindSchema.safeParse(candidate)
  if (!kind.success) return { ok: false, reason: `properties.kind must be one of ${assetKinds.join(', ')}` }
  const { id } = kind.data.properties
  const parsed = assetSchemas[kind.data.properties.kind].safeParse(candidate)
  if (parsed.success) return { ok: true, feature: parsed.data }
  const issue = parsed.error.issues[0]
  const reason = issue === undefined ? 'invalid' : `${issue.path.join('.')}: ${issue.message}`
  return typeof id === 'string' ? { ok: false, id, reason } : { ok: false, reason }
}

/** The body of `PUT …/assets`. Features are read one by one, so that a bad one rejects itself alone. */
export const assetCollectionSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(z.unknown()).max(200_000),
})

/** The answer of `PUT …/assets`. */
export const importAnswerSchema = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.array(z.object({ index: z.int(), id: z.string().optional(), reason: z.string() })),
  credentials: z
    .array(z.object({ device: idSchema, username: z.string(), password: z.string() }))
    .optional()
    .describe('MQTT credentials of devices seen for the first time; shown once, stored hashed'),
})
export type ImportAnswer = z.infer<typeof importAnswerSchema>

/** The device id behind an asset, or `null` for assets that have none. */
export const deviceOf = (asset: AssetFeature['properties']): string | null => {
  switch (asset.kind) {
    case 'luminaire':
    case 'sensor':
      return asset.device ?? asset.id
    case 'cabinet':
    case 'gateway':
      return asset.device ?? null
    case 'community':
    case 'program':
      return null
  }
}

export const municipalitySchema = z.object({
  id: idSchema,
  name,
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone'),
})
export type Municipality = z.infer<typeof municipalitySchema>
export const defaultTimeZone = 'Europe/Athens'
/** The body of `PUT …/municipalities/{municipality}`. */
export const municipalityBodySchema = z.object({
  name,
  timeZone: municipalitySchema.shape.timeZone.default(defaultTimeZone),
})

function isTimeZone(zone: string): boolean {
  // Intl also takes fixed offsets such as +02:00, which know no daylight-saving time.
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** `PUT …/maintenance` on a luminaire, cabinet or circuit. */
export const maintenanceBodySchema = z.object({
  until: instantSchema.describe('End of the maintenance: ISO 8601 with zone, or integer milliseconds since 1970 UTC'),
  note: z.string().max(2_000).optional(),
})
