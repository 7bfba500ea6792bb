import { z } from 'zod'
import { type DocumentName, documents } from './documents.ts'

export type JsonObject = { [key: string]: unknown }

const documentNames = new Map<z.core.$ZodType, DocumentName>(
  (Object.keys(documents) as DocumentName[]).map((name) => [documents[name].schema, name]),
)

/**
 * A document's JSON Schema, as its sender sees it (`io: input`): a default makes a field optional, a time may be text or number.
 *
 * @param options.dialect 2020-12 for the schema files; draft-07 within AsyncAPI, whose Schema Object is a superset of it.
 * @param options.refTo how a document that lies whole within this one is referred to; without it, it is written out.
 */
export const jsonSchemaOf = (
  name: DocumentName,
  options: { dialect: 'draft-2020-12' | 'draft-7'; refTo?: (name: DocumentName) => string },
): JsonObject => {
  const { dialect, refTo } = options
  const { title, schema } = documents[name]
  const generated = z.toJSONSchema(schema, {
    io: 'input',
    target: dialect,
    override: ({ zodSchema, jsonSchema }) => {
      // `format` says it; zod's pattern of a calendar says it again in three hundred characters.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern
      const inner = documentNames.get(zodSchema)
      if (refTo === undefined || inner === undefined || inner === name) return
      for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword]
      jsonSchema.$ref = refTo(inner)
    },
  })
  // A document has at most one recursive part, free JSON, and zod knows no name for it.
  const text = JSON.stringify(generated).replaceAll('__schema0', 'JsonValue')
  const { $schema, ...rest } = JSON.parse(text) as JsonObject
  return { $schema, $id: `urn:fanari:v1:${name}`, title, ...rest }
}
