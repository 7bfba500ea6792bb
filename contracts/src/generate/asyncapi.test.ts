import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { parseTopic } from '../topics.ts'
import { asyncApiDocument } from './asyncapi.ts'
import type { JsonObject } from './json-schema.ts'
import { messages } from './messages.ts'

const document = asyncApiDocument() as JsonObject & {
  channels: Record<string, { address: string; parameters: JsonObject; messages: JsonObject }>
  operations: Record<string, { action: string; channel: { $ref: string }; bindings: { mqtt: JsonObject } }>
  components: { schemas: Record<string, JsonObject>; messages: Record<string, { payload: { $ref: string } }> }
}

const validator = (): Ajv => formats.default(new Ajv({ allErrors: true, strict: false }))

const references = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  )
}

const pointedAt = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as JsonObject | undefined)?.[key], document)

describe('the AsyncAPI document', () => {
  test('is valid by the JSON Schema of AsyncAPI 3.0.0', () => {
    const require = createRequire(import.meta.url)
    const schema: JsonObject = require('@asyncapi/specs/schemas/3.0.0-without-$id.json')
    const validate = validator().compile(schema)
    validate(document)
    expect(validate.errors).toBeNull()
  })

  test('refers to nothing that is not there', () => {
    const all = references(document)
    expect(all.length).toBeGreaterThan(30)
    expect(all.filter((reference) => !reference.startsWith('#/') || pointedAt(reference) === undefined)).toEqual([])
  })

  test('has the addresses of the contract', () => {
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual([
      'city/v1/{municipality}/devices/{device}/telemetry',
      'city/v1/{municipality}/devices/{device}/status',
      'city/v1/{municipality}/devices/{device}/event',
      'city/v1/{municipality}/devices/{device}/command',
      'city/v1/{municipality}/devices/{device}/result',
      'city/v1/{municipality}/incidents/{incident}',
      'city/v1/{municipality}/tickets/{ticket}',
      'city/v1/{municipality}/communities/{community}/light',
    ])
  })

  test.each(Object.values(document.channels))('$address declares its parameters, and is a topic', (channel) => {
    const named = [...channel.address.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
    expect(Object.keys(channel.parameters)).toEqual(named)
    expect(parseTopic(channel.address.replaceAll(/[{}]/g, ''))).not.toBeNull()
  })

  // Direction as the platform sees it; QoS and retain of the contract's table.
  test.each([
    ['receiveTelemetry', 'receive', false],
    ['receiveStatus', 'receive', false],
    ['receiveEvent', 'receive', false],
    ['sendCommand', 'send', false],
    ['receiveResult', 'receive', false],
    ['sendIncident', 'send', true],
    ['sendTicket', 'send', true],
    ['sendCommunityLight', 'send', true],
  ])('%s: %s with QoS 1, retained: %s', (name, action, retain) => {
    expect(document.operations[name]).toMatchObject({ action, bindings: { mqtt: { qos: 1, retain } } })
  })

  test('has no operation beyond these', () => {
    expect(Object.keys(document.operations)).toHaveLength(8)
  })

  test('says of every server how to sign in', () => {
    for (const server of Object.values(document.servers as Record<string, { security: JsonObject[] }>)) {
      expect(server.security).toHaveLength(2)
    }
  })

  test('tells every reason of the quarantine', () => {
    const { description } = document.info as { description: string }
    const told = ['malformedJson', 'emptyPayload', 'invalidField', 'tooManyReadings', 'emptyArray', 'futureTime']
    const more = ['ancientTime', 'unknownDevice', 'unknownTopic', 'topicForbidden', 'tooLarge']
    expect([...told, ...more].filter((code) => !description.includes(`\`${code}\``))).toEqual([])
  })
})

describe('the examples', () => {
  const examples = Object.entries(messages).flatMap(([message, value]) =>
    value.examples.map(({ name, payload }) => ({ message, name, payload: payload as unknown })),
  )

  test.each(examples)('$message, $name, is valid by its schema in the document', ({ message, payload }) => {
    const reference = document.components.messages[message]?.payload.$ref
    const validate = validator().compile({ $ref: reference, components: document.components })
    validate(payload)
    expect(validate.errors).toBeNull()
  })

  test('there is one of every message', () => {
    expect(new Set(examples.map(({ message }) => message))).toEqual(new Set(Object.keys(document.channels)))
  })
})
