import { faultNameSchema, idSchema, lightStateSchema } from '@fanari/contracts'
import { z } from 'zod'

/**
 * What our entities may say: attribute by attribute its kind, IRI, UN/CEFACT unit code and value. Names, enumerations and units are
 * those of the Smart Data Models (smart-data-models/dataModel.Streetlighting: `Streetlight`, `StreetlightControlCabinet`). The JSON-LD
 * context, the schemas and the discovery of types are made from this table.
 */
interface Term {
  kind: 'Property' | 'GeoProperty' | 'Relationship'
  iri: string
  /** UN/CEFACT Recommendation 20. */
  unitCode?: string
  value: z.ZodType
}

const models = 'https://smartdatamodels.org/'
const lighting = `${models}dataModel.Streetlighting/`
/** Where NGSI-LD puts a name that no model has (ETSI GS CIM 009, 5.5.7): such are ours. */
const own = 'https://uri.etsi.org/ngsi-ld/default-context/'

const property = <Value extends z.ZodType>(iri: string, value: Value) => ({ kind: 'Property', iri, value }) as const
const measured = <Unit extends string>(name: string, unitCode: Unit, value = z.number()) =>
  ({ kind: 'Property', iri: `${lighting}${name}`, unitCode, value }) as const
const text = z.string().min(1)

const pointSchema = z.object({ type: z.literal('Point'), coordinates: z.array(z.number()).min(2) })
/** A time as a value (4.6.3). */
const dateTimeSchema = z.object({ '@type': z.literal('DateTime'), '@value': z.iso.datetime() })
const addressSchema = z.object({ streetAddress: text.optional(), addressLocality: text.optional() })

export const typeIris = {
  Streetlight: `${lighting}Streetlight`,
  StreetlightControlCabinet: `${lighting}StreetlightControlCabinet`,
} as const
export type EntityType = keyof typeof typeIris
export const entityTypes = Object.keys(typeIris) as EntityType[]

const common = {
  name: property(`${models}name`, idSchema),
  location: { kind: 'GeoProperty', iri: 'https://uri.etsi.org/ngsi-ld/location', value: pointSchema } as const,
  address: property(`${models}address`, addressSchema),
  areaServed: property(`${models}areaServed`, text),
  dataProvider: property(`${models}dataProvider`, text),
  openFaults: property(`${own}openFaults`, z.array(faultNameSchema)),
}

export const attributeTerms = {
  Streetlight: {
    ...common,
    status: property(
      'https://uri.etsi.org/ngsi-ld/status',
      z.enum(['ok', 'defectiveLamp', 'columnIssue', 'brokenLantern']),
    ),
    powerState: property(`${lighting}powerState`, z.enum(['on', 'off', 'low', 'bootingUp'])),
    lightState: property(`${own}lightState`, lightStateSchema),
    circuit: property(`${lighting}circuit`, text),
    streetPoleNum: property(`${lighting}streetPoleNum`, text),
    controllingMethod: property(`${lighting}controllingMethod`, z.enum(['group', 'individual'])),
    refStreetlightControlCabinet: {
      kind: 'Relationship',
      iri: `${lighting}refStreetlightControlCabinet`,
      value: z.string().startsWith('urn:ngsi-ld:StreetlightControlCabinet:'),
    } as const,
    powerRating: measured('powerRating', 'WTT'),
    powerConsumption: measured('powerConsumption', 'WTT'),
    voltage: measured('voltage', 'VLT'),
    current: measured('current', 'AMP'),
    powerFactor: property(`${lighting}powerFactor`, z.number().min(-1).max(1)),
    illuminanceLevel: property(`${lighting}illuminanceLevel`, z.number().min(0).max(1)),
    observationDateTime: property(`${lighting}observationDateTime`, dateTimeSchema),
  },
  StreetlightControlCabinet: {
    ...common,
    energyConsumed: measured('energyConsumed', 'KWH', z.number().min(0)),
    totalActivePower: measured('totalActivePower', 'KWT'),
    activePowerR: measured('activePowerR', 'KWT'),
    activePowerS: measured('activePowerS', 'KWT'),
    activePowerT: measured('activePowerT', 'KWT'),
    intensityR: measured('intensityR', 'AMP', z.number().min(0)),
    intensityS: measured('intensityS', 'AMP', z.number().min(0)),
    intensityT: measured('intensityT', 'AMP', z.number().min(0)),
    voltageR: measured('voltageR', 'VLT', z.number().min(0)),
    voltageS: measured('voltageS', 'VLT', z.number().min(0)),
    voltageT: measured('voltageT', 'VLT', z.number().min(0)),
  },
} as const satisfies Record<EntityType, Record<string, Term>>

export type Terms = typeof attributeTerms
export type AttributeName = { [Type in EntityType]: keyof Terms[Type] }[EntityType]

/** Every attribute, of whichever type. */
export const allTerms: Readonly<Record<string, Term>> = Object.assign({}, ...Object.values(attributeTerms))

const shortNames = new Map(
  [...Object.entries(typeIris), ...Object.entries(allTerms).map(([name, { iri }]) => [name, iri] as const)].map(
    ([name, iri]) => [iri, name] as const,
  ),
)

/** The IRIs that may stand in the place of a name in a request, longest first: some begin another. */
export const knownIris: readonly string[] = [...shortNames.keys()].sort((a, b) => b.length - a.length)

/** Our name of a type or attribute, which a request may also give as its IRI. */
export const shortNameOf = (nameOrIri: string): string => shortNames.get(nameOrIri) ?? nameOrIri
