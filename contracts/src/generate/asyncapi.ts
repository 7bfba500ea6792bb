import { idPattern } from '../identifiers.ts'
import { quarantineReasons } from '../quarantine.ts'
import { maxReadingsPerPublish } from '../readings.ts'
import { type DeviceChannel, topics } from '../topics.ts'
import { type DocumentName, documents } from './documents.ts'
import { type JsonObject, jsonSchemaOf } from './json-schema.ts'
import { type MessageName, messages } from './messages.ts'

const description = `Devices publish what they measure; the platform publishes what follows from it.

**PUBACK means durable.** Every message is sent with QoS 1. Once the platform has acknowledged a publish, its readings survive the
death of every process and stand in the history exactly once: repeating the same \`device\`, \`at\` and \`seq\` changes nothing. A
device that got no acknowledgement publishes again.

**Own branch only.** A device may publish and subscribe below its own \`devices/{device}/\`; a gateway also below those of the
devices registered to it. Anything else is set aside, and a forbidden subscription is refused.

**Bad input harms nobody else.** MQTT has no answer to a bad payload, so one is acknowledged and set aside with a reason, to be seen
at \`GET /api/v1/municipalities/{municipality}/quarantine\`. A reading with a field of the wrong type or outside its range is set aside
alone, never its neighbours in the array. Unknown fields are left out and counted. The reasons:

${Object.entries(quarantineReasons)
  .map(([code, meaning]) => `- \`${code}\`: ${meaning}`)
  .join('\n')}

**Times** are ISO 8601 with zone, or integer milliseconds since 1970 UTC. The platform itself writes ISO 8601 in UTC.`

interface Channel {
  /** From the table of topics, with the parameters left open. */
  address: string
  /** As the platform sees it. */
  action: 'send' | 'receive'
  retain: boolean
  description: string
}

const parameterMeanings = {
  municipality: 'Id of the municipality',
  device: 'Id of the device',
  incident: 'Id of the incident',
  ticket: 'Id of the ticket',
  community: 'Id of the community',
} as const

const ofDevice = (channel: DeviceChannel) =>
  ({
    address: topics.device('{municipality}', '{device}', channel),
    action: channel === 'command' ? 'send' : 'receive',
    retain: false,
  }) as const

/** One channel a message, under the message's name. */
const channels: Record<MessageName, Channel> = {
  telemetry: {
    ...ofDevice('telemetry'),
    description: `One reading, or up to ${maxReadingsPerPublish} buffered ones. Event times more than 10 minutes ahead or 30 days back are set aside.`,
  },
  status: {
    ...ofDevice('status'),
    description:
      'Published after connecting, before sleeping, and left as the will. A will whose `session` is not that of the last `online` is stale and ignored. A retain flag is accepted; the broker does not retain it.',
  },
  event: { ...ofDevice('event'), description: 'Sent at once, `supplyLoss` with the last of the reserve.' },
  command: { ...ofDevice('command'), description: 'Devices subscribe here; each command is answered with a result.' },
  result: { ...ofDevice('result'), description: 'The answer to a command, by its `id`.' },
  incident: {
    address: topics.incident('{municipality}', '{incident}'),
    action: 'send',
    retain: true,
    description:
      'Retained while the incident is open. When it is resolved, an empty message clears the topic and the last document follows, not retained.',
  },
  ticket: {
    address: topics.ticket('{municipality}', '{ticket}'),
    action: 'send',
    retain: true,
    description:
      'Retained while the ticket is open, and cleared and followed as an incident is when it is closed. Bears no personal data.',
  },
  communityLight: {
    address: topics.communityLight('{municipality}', '{community}'),
    action: 'send',
    retain: true,
    description: 'Retained: the last count stands for whoever subscribes later.',
  },
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** `device-status` → `DeviceStatus`. */
const componentName = (document: DocumentName): string => document.split('-').map(capitalised).join('')

const refTo = (document: DocumentName): string => `#/components/schemas/${componentName(document)}`

const mapValues = <Key extends string, From, To>(table: Record<Key, From>, map: (value: From, key: Key) => To) =>
  Object.fromEntries(Object.entries<From>(table).map(([key, value]) => [key, map(value, key as Key)])) as Record<
    Key,
    To
  >

/** The documents that travel over MQTT, and those that lie within them. Local definitions move up beside them. */
const schemas = (): JsonObject => {
  const used = new Set<DocumentName>(['reading', ...Object.values(messages).map(({ document }) => document)])
  const components: JsonObject = {}
  for (const document of used) {
    const { $schema, $id, definitions, ...schema } = jsonSchemaOf(document, { dialect: 'draft-7', refTo })
    Object.assign(components, { [componentName(document)]: schema }, definitions)
  }
  return JSON.parse(JSON.stringify(components).replaceAll('#/definitions/', '#/components/schemas/')) as JsonObject
}

const server = (protocol: 'mqtt' | 'mqtts' | 'ws' | 'wss', port: number, summary: string): JsonObject => ({
  host: `{host}:${port}`,
  protocol,
  ...(protocol.startsWith('mqtt') ? { protocolVersion: '3.1.1' } : {}),
  description: summary,
  variables: { host: { description: 'Name or address of the platform', default: 'localhost' } },
  security: [
    { $ref: '#/components/securitySchemes/deviceCredentials' },
    { $ref: '#/components/securitySchemes/operatorToken' },
  ],
})

const messageOf = (name: MessageName) => ({ $ref: `#/channels/${name}/messages/${name}` })

const operation = ({ action, retain }: Channel, name: MessageName): JsonObject => ({
  action,
  channel: { $ref: `#/channels/${name}` },
  summary: messages[name].summary,
  messages: [messageOf(name)],
  bindings: { mqtt: { qos: 1, retain, bindingVersion: '0.2.0' } },
  ...(name === 'command' ? { reply: { channel: { $ref: '#/channels/result' }, messages: [messageOf('result')] } } : {}),
})

/** The MQTT side of the contract as an AsyncAPI 3.0 document, written from the platform's point of view. */
export const asyncApiDocument = (): JsonObject => ({
  asyncapi: '3.0.0',
  id: 'urn:fanari:v1:mqtt',
  info: {
    title: 'Fanari street lighting: MQTT',
    version: '1.0.0',
    description,
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
  defaultContentType: 'application/json',
  servers: {
    plain: server('mqtt', 1883, 'Without encryption; on the loopback address unless configured otherwise'),
    tls: server('mqtts', 8883, 'With TLS'),
    webSocket: server('ws', 8083, 'MQTT over WebSocket, subprotocol `mqtt`, any path'),
    webSocketTls: server('wss', 8084, 'MQTT over WebSocket with TLS, subprotocol `mqtt`, any path'),
  },
  channels: mapValues(channels, ({ address, description: text }, name) => ({
    address,
    description: text,
    parameters: Object.fromEntries(
      [...address.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => [
        parameter,
        { $ref: `#/components/parameters/${parameter}` },
      ]),
    ),
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
  })),
  operations: Object.fromEntries(
    Object.entries(mapValues(channels, operation)).map(([name, value]) => [
      `${value.action}${capitalised(name)}`,
      value,
    ]),
  ),
  components: {
    messages: mapValues(messages, ({ document, summary, examples }, name) => ({
      name,
      title: documents[document].title,
      summary,
      payload: { $ref: refTo(document) },
      ...(name === 'command' || name === 'result' ? { correlationId: { location: '$message.payload#/id' } } : {}),
      examples,
    })),
    parameters: mapValues(parameterMeanings, (meaning) => ({
      description: `${meaning}, matching ${idPattern.source}`,
    })),
    schemas: schemas(),
    securitySchemes: {
      deviceCredentials: {
        type: 'userPassword',
        description:
          'User name `{municipality}/{device}`, and the password that was shown once when the device was registered',
      },
      operatorToken: {
        type: 'userPassword',
        description: 'User name `token`, and an API token as password: may read all of `city/v1` and send commands',
      },
    },
  },
})
