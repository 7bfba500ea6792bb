import { z } from 'zod'

/** Parameters of the standard that we know and do not offer: they are refused by name, so that nobody takes an answer for what it is not. */
export const notOffered: readonly string[] = [
  'join',
  'joinLevel',
  'containedBy',
  'orderBy',
  'collation',
  'csf',
  'datasetId',
  'lang',
  'scopeQ',
  'expandValues',
  'jsonKeys',
  'entityMap',
  'splitEntities',
  'temporalQ',
]

/** As context brokers in use have it: a page that fits a screen, and no more than a thousand. */
const pageSize = { usual: 20, most: 1_000 }

const list = z.string().max(2_000)
const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`)
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

/** How entities are shown: for one and for many. */
export const shownQuery = {
  attrs: list.optional().describe('Attributes to show, after commas; only entities with one of them are found'),
  pick: list.optional().describe('Members to show, after commas; `id` and `type` are members'),
  omit: list.optional().describe('Members to leave out, after commas'),
  options: list.optional().describe('keyValues, concise or normalized; sysAttrs; after commas'),
  format: z.enum(['normalized', 'concise', 'simplified', 'keyValues']).optional().describe('Goes before `options`'),
  geometryProperty: z.string().max(200).optional().describe('With application/geo+json: the geometry of the features'),
  local: flag.optional().describe('All of ours is local'),
}

const pageQuery = {
  limit: whole(pageSize.most)
    .default(pageSize.usual)
    .describe(`The most entities to answer, 1 to ${pageSize.most}; 0 with count=true`),
  offset: whole(1_000_000_000).default(0),
  count: flag.default(false).describe('Answer how many there are, in NGSILD-Results-Count'),
}

export const entitiesQuerySchema = z.strictObject({
  ...shownQuery,
  ...pageQuery,
  type: list.optional().describe('Types, after commas; `*` for all'),
  id: z.string().max(20_000).optional().describe('Ids, after commas'),
  idPattern: z.string().max(500).optional().describe('A regular expression'),
  q: z.string().optional().describe('For instance lightState=="dark";powerRating>=50'),
  georel: z.string().max(200).optional().describe('near;maxDistance==metres, within, intersects, disjoint, equals, …'),
  geometry: z.string().max(50).optional().describe('Point, Polygon or MultiPolygon'),
  coordinates: z.string().optional().describe('Of the geometry, as JSON: [longitude, latitude]'),
  geoproperty: z.string().max(200).optional().describe('location'),
})

/** What goes with a POST query in the address. */
export const postQuerySchema = z.strictObject({
  ...pageQuery,
  options: shownQuery.options,
  format: shownQuery.format,
  geometryProperty: shownQuery.geometryProperty,
  local: shownQuery.local,
})

const names = z.array(z.string().min(1).max(200)).min(1).max(100).optional()

/** `Query` of ETSI GS CIM 009, 5.2.23. */
export const queryDocumentSchema = z.strictObject({
  '@context': z.unknown().optional(),
  type: z.literal('Query'),
  entities: z
    .array(
      z.strictObject({
        type: list,
        id: z.union([z.string().max(300), z.array(z.string().max(300)).min(1).max(1_000)]).optional(),
        idPattern: z.string().max(500).optional(),
      }),
    )
    .min(1)
    .max(100)
    .optional(),
  attrs: names,
  pick: names,
  omit: names,
  q: z.string().optional(),
  geoQ: z
    .strictObject({
      georel: z.string().max(200),
      geometry: z.string().max(50),
      coordinates: z.unknown(),
      geoproperty: z.string().max(200).optional(),
    })
    .optional(),
})
