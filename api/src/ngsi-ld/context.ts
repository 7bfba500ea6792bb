import { allTerms, typeIris } from './vocabulary.ts'

/** What every NGSI-LD consumer knows by heart; last in a list, where it prevails (ETSI GS CIM 009, 5.5.7). */
export const coreContext = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld'

/** The terms of the core context that our entities use, so that whoever has this document alone can read them without the network. */
const coreTerms = {
  'ngsi-ld': 'https://uri.etsi.org/ngsi-ld/',
  geojson: 'https://purl.org/geojson/vocab#',
  id: '@id',
  type: '@type',
  Property: 'ngsi-ld:Property',
  Relationship: 'ngsi-ld:Relationship',
  GeoProperty: 'ngsi-ld:GeoProperty',
  DateTime: 'ngsi-ld:DateTime',
  value: 'ngsi-ld:hasValue',
  object: { '@id': 'ngsi-ld:hasObject', '@type': '@id' },
  unitCode: 'ngsi-ld:unitCode',
  observedAt: { '@id': 'ngsi-ld:observedAt', '@type': 'DateTime' },
  createdAt: { '@id': 'ngsi-ld:createdAt', '@type': 'DateTime' },
  modifiedAt: { '@id': 'ngsi-ld:modifiedAt', '@type': 'DateTime' },
  Feature: 'geojson:Feature',
  FeatureCollection: 'geojson:FeatureCollection',
  Point: 'geojson:Point',
  features: { '@container': '@set', '@id': 'geojson:features' },
  geometry: 'geojson:geometry',
  properties: 'geojson:properties',
  coordinates: { '@container': '@list', '@id': 'geojson:coordinates' },
}

const parts = {
  streetAddress: 'https://smartdatamodels.org/streetAddress',
  addressLocality: 'https://smartdatamodels.org/addressLocality',
}

const attributes = Object.fromEntries(
  Object.entries(allTerms).map(([name, { iri, kind }]) => [
    name,
    kind === 'Relationship' ? { '@id': iri, '@type': '@id' } : iri,
  ]),
)

/** The JSON-LD context of our entities. */
export const contextDocument = { '@context': { ...coreTerms, ...typeIris, ...attributes, ...parts } }
