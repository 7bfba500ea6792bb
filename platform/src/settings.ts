import { readFileSync } from 'node:fs'
import { roles } from '@fanari/api'
import { z } from 'zod'

/** A port: 0 takes any that is free, `off` opens none. */
const port = z
  .union([z.literal('off').transform(() => null), z.coerce.number().int().min(0).max(65_535)])
  .describe('0 = any free port, off = none')
const text = z.string().min(1)
/** Requests a minute. */
const rate = z
  .union([z.literal('off').transform(() => null), z.coerce.number().int().min(1).max(1_000_000)])
  .describe('off = as many as come')
/** `group=role` after commas; that the roles exist is checked by the api's own list. */
const rolesOfGroups = z.string().transform((list, context) => {
  const pairs = list.split(',').filter((pair) => pair.trim() !== '')
  return pairs.map((pair) => {
    const [group = '', role = ''] = pair.split('=').map((part) => part.trim())
    const known = roles.find((name) => name === role)
    if (group === '' || known === undefined) {
      context.addIssue(`"${pair.trim()}" must be group=role, with a role of ${roles.join(', ')}`)
      return { group, role: 'viewer' as const }
    }
    return { group, role: known }
  })
})
/** An inner door's address, with the port that its service listens on. */
const innerUrl = z
  .url({ protocol: /^http$/ })
  .refine((url) => new URL(url).port !== '' && new URL(url).pathname === '/', 'needs a port and no path')
  .transform((url) => new URL(url).origin)

interface Variable<S extends z.ZodType = z.ZodType> {
  schema: S
  /** As it would be written in the environment; none for a variable that may be left out. */
  default?: string
  help: string
}
const variable = <S extends z.ZodType>(schema: S, help: string, fallback?: string): Variable<S> =>
  fallback === undefined ? { schema, help } : { schema, help, default: fallback }

/** Every environment variable the platform reads: what it means, what it may be, and what it is when it is not set. */
export const variables = {
  FANARI_SERVICE: variable(
    z.enum(['all', 'broker', 'ingest', 'api']),
    'all: the platform in one process; or one of its three, sharing the data folder; also --service',
    'all',
  ),
  FANARI_TOWN: variable(
    z.enum(['orestiada', 'none']),
    'The simulated town; none: the bare platform in real time',
    'orestiada',
  ),
  FANARI_SPEED: variable(z.coerce.number().min(0.1).max(3_600), 'Simulated seconds a second; with a town only', '60'),
  FANARI_TOWN_LIGHTS: variable(
    z.coerce.number().int().min(50).max(20_000).optional(),
    "Lights of the simulated town; its population's share when not set",
  ),
  FANARI_TOWN_SEED: variable(z.coerce.number().int().min(0), 'Another seed, another town', '1'),
  FANARI_DATA: variable(
    text.optional(),
    'Folder of journal and databases; data/town with a town, data/platform without',
  ),
  FANARI_HTTP_HOST: variable(text, 'Address the pages and the API listen on', '127.0.0.1'),
  FANARI_HTTP_PORT: variable(
    z.coerce.number().int().min(0).max(65_535),
    'Port of pages and API; 0 = any free port',
    '8080',
  ),
  FANARI_MQTT_HOST: variable(text, 'Address the broker listens on; plain MQTT belongs on loopback', '127.0.0.1'),
  FANARI_MQTT_PORT: variable(port, 'Plain MQTT', '1883'),
  FANARI_MQTTS_PORT: variable(port, 'MQTT over TLS; needs FANARI_TLS_CERT and FANARI_TLS_KEY', 'off'),
  FANARI_WS_PORT: variable(
    port.optional(),
    'MQTT over WebSocket; 8083 unless FANARI_MQTT_PORT is set, because a second platform on the machine wants ports of its own',
  ),
  FANARI_WSS_PORT: variable(port, 'MQTT over WebSocket and TLS', 'off'),
  FANARI_TLS_CERT: variable(text.optional(), 'File: certificate chain (PEM)'),
  FANARI_TLS_KEY: variable(text.optional(), 'File: private key (PEM)'),
  FANARI_TLS_CA: variable(text.optional(), 'File: CA whose client certificates are asked for (PEM)'),
  FANARI_DEVICE_AUTH: variable(
    z.enum(['closed', 'open']),
    'open lets unregistered loopback clients in, for tests',
    'closed',
  ),
  FANARI_ADMIN_TOKEN: variable(
    text.optional(),
    "The administrator's token; made and printed at the first start when not set",
  ),
  FANARI_ALERT_TOKEN: variable(
    z.string().min(16).optional(),
    "The token that Grafana's alerts on the platform come with; it opens nothing else",
  ),
  FANARI_PUBLIC_URL: variable(
    z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    'Where browsers find the platform: https://fanari.dimos.example',
  ),
  FANARI_OIDC_ISSUER: variable(z.url().optional(), 'OpenID Connect: sign-in at this identity provider'),
  FANARI_OIDC_CLIENT_ID: variable(text.optional(), 'Its name for the platform'),
  FANARI_OIDC_CLIENT_SECRET: variable(text.optional(), 'Its secret for the platform'),
  FANARI_OIDC_ROLE_CLAIM: variable(text, "The claim that holds a person's groups", 'groups'),
  FANARI_OIDC_ROLES: variable(
    rolesOfGroups,
    'Group to role, strongest first: lighting-admins=admin,call-centre=operator',
    '',
  ),
  FANARI_TRUST_PROXY: variable(
    text.optional(),
    'Addresses or networks of reverse proxies whose X-Forwarded-For and -Proto are believed, after commas; loopback is one',
  ),
  FANARI_INTAKE_PER_MINUTE: variable(rate, 'Reports and other messages of citizens a minute from one address', '60'),
  FANARI_INTAKE_TOTAL_PER_MINUTE: variable(rate, 'The same from all addresses', '1200'),
  FANARI_SMTP_URL: variable(
    z.url({ protocol: /^smtps?$/ }).optional(),
    'Mail server for messages to citizens and staff: smtp://user:password@host:587; needs FANARI_MAIL_FROM and FANARI_PUBLIC_URL',
  ),
  FANARI_MAIL_FROM: variable(
    z
      .string()
      .regex(
        /^([^"<>\p{Cc}]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u,
        'must be an address, or a name and an <address>',
      )
      .optional(),
    'In whose name mail is sent: Δήμος Ορεστιάδας <grammi@dimos.example>',
  ),
  FANARI_SMS_URL: variable(z.url({ protocol: /^https?$/ }).optional(), 'SMS gateway that takes a POST a message'),
  FANARI_SMS_BODY: variable(
    z.string().refine((body) => body.includes('{{to}}') && body.includes('{{text}}'), 'must hold {{to}} and {{text}}'),
    'What it is sent, with {{to}}, {{text}} and {{key}}',
    '{"to":"{{to}}","text":"{{text}}","id":"{{key}}"}',
  ),
  FANARI_SMS_CONTENT_TYPE: variable(
    z.enum(['application/json', 'application/x-www-form-urlencoded']),
    'Its media type, by which values are escaped',
    'application/json',
  ),
  FANARI_SMS_AUTHORIZATION: variable(
    z
      .string()
      .regex(/^[\x21-\x7E ]+$/, 'must be a header value')
      .optional(),
    'Its Authorization header: Bearer …',
  ),
  FANARI_SMS_SECRET: variable(
    z.string().min(16).optional(),
    'Signs what it is sent (Fanari-Signature), if it checks that',
  ),
  FANARI_WEBHOOK_URL: variable(
    z.url({ protocol: /^https?$/ }).optional(),
    'A program that is told of every step of every report, without personal data; needs FANARI_WEBHOOK_SECRET',
  ),
  FANARI_WEBHOOK_SECRET: variable(
    z.string().min(16).optional(),
    'Signs what it is told (HMAC-SHA256, Fanari-Signature)',
  ),
  FANARI_BROKER_URL: variable(
    z.url({ protocol: /^mqtts?$/ }).optional(),
    'Take telemetry from this outside broker instead of the own one',
  ),
  FANARI_BROKER_USERNAME: variable(text.optional(), 'User at the outside broker'),
  FANARI_BROKER_PASSWORD: variable(text.optional(), 'Password at the outside broker'),
  FANARI_RETENTION_DAYS: variable(z.coerce.number().min(1), 'Days raw readings are kept; hourly roll-ups stay', '90'),
  FANARI_LINK_HOST: variable(text, 'Address the inner door of a single service listens on', '127.0.0.1'),
  FANARI_LINK_BROKER: variable(
    innerUrl,
    'Where the others find the broker; it listens on that port',
    'http://127.0.0.1:8091',
  ),
  FANARI_LINK_INGEST: variable(innerUrl, 'The same of ingest', 'http://127.0.0.1:8092'),
  FANARI_LINK_API: variable(innerUrl, 'The same of the api', 'http://127.0.0.1:8093'),
  FANARI_LINK_SECRET: variable(
    z.string().min(16).optional(),
    'What the services prove themselves to each other by; made in the data folder (link.secret) when not set',
  ),
  FANARI_RULES: variable(
    text.optional(),
    'File of changed thresholds, {"lampFailure":{"powerShare":0.3}}; `npm run replay -- --rules` tries one first',
  ),
  FANARI_INFLUX_URL: variable(
    z.url({ protocol: /^https?$/ }).optional(),
    'InfluxDB 1.x, 2.x or 3 that gets a copy of everything, such as http://influxdb:8086',
  ),
  FANARI_INFLUX_DATABASE: variable(
    z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, _ and -'),
    'Its database; the part before the slash of buckets (2.x) and databases (3)',
    'fanari',
  ),
  FANARI_INFLUX_TOKEN: variable(text.optional(), 'Token of 2.x and 3'),
  FANARI_INFLUX_USERNAME: variable(text.optional(), 'User of 1.x, with FANARI_INFLUX_PASSWORD'),
  FANARI_INFLUX_PASSWORD: variable(text.optional(), 'Password of 1.x'),
  FANARI_INFLUX_ORG: variable(text.optional(), 'Organisation of 2.x; the only one when not set'),
  FANARI_CO2_G_PER_KWH: variable(
    z.coerce.number().min(0).optional(),
    'Emissions of bought energy [g/kWh], for the energy figures in InfluxDB',
  ),
  FANARI_ENERGY_EUR_PER_KWH: variable(
    z.coerce.number().min(0).optional(),
    'Price of bought energy [€/kWh], for the same',
  ),
  FANARI_LOG_LEVEL: variable(z.enum(['debug', 'info', 'warn', 'error']), 'Least level that is logged', 'info'),
} as const satisfies Record<string, Variable>

type Variables = typeof variables
export type Settings = { [Name in keyof Variables]: z.output<Variables[Name]['schema']> }

/** What is wrong with the environment, one line a variable. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`the environment is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'SettingsError'
  }
}

/** A variable's text; `FANARI_X_FILE` names a file that holds it, which is how secrets reach a container without standing in its environment. */
const givenText = (environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined => {
  const text = environment[name] === '' ? undefined : environment[name]
  const file = environment[`${name}_FILE`]
  if (file === undefined || file === '') return text
  if (text !== undefined) throw new Error(`both ${name} and ${name}_FILE are set`)
  const held = readFileSync(file, 'utf8').trim()
  if (held === '') throw new Error(`${file} is empty`)
  return held
}

/**
 * Reads the settings from the environment, whole, before anything is opened. An empty variable counts as not set.
 * @throws {SettingsError} naming every variable that is wrong
 */
export const readSettings = (environment: Readonly<Record<string, string | undefined>>): Settings => {
  const settings: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, { schema, ...rest }] of Object.entries<Variable>(variables)) {
    try {
      const parsed = schema.safeParse(givenText(environment, name) ?? rest.default)
      if (parsed.success) settings[name] = parsed.data
      else problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`)
    } catch (error) {
      problems.push(`${name}_FILE: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const needsTls = settings.FANARI_MQTTS_PORT !== null || settings.FANARI_WSS_PORT !== null
  if (needsTls && problems.length === 0 && !(settings.FANARI_TLS_CERT && settings.FANARI_TLS_KEY))
    problems.push('FANARI_TLS_CERT and FANARI_TLS_KEY: needed for MQTT over TLS')
  const oidc = [settings.FANARI_OIDC_ISSUER, settings.FANARI_OIDC_CLIENT_ID, settings.FANARI_OIDC_CLIENT_SECRET]
  if (oidc.some((part) => part !== undefined) && oidc.includes(undefined) && problems.length === 0)
    problems.push('FANARI_OIDC_ISSUER, FANARI_OIDC_CLIENT_ID and FANARI_OIDC_CLIENT_SECRET: all three or none')
  const mail = [settings.FANARI_MAIL_FROM, settings.FANARI_PUBLIC_URL]
  if (settings.FANARI_SMTP_URL !== undefined && mail.includes(undefined) && problems.length === 0)
    problems.push('FANARI_SMTP_URL: needs FANARI_MAIL_FROM and FANARI_PUBLIC_URL')
  if (
    settings.FANARI_WEBHOOK_URL !== undefined &&
    settings.FANARI_WEBHOOK_SECRET === undefined &&
    problems.length === 0
  )
    problems.push('FANARI_WEBHOOK_URL: needs FANARI_WEBHOOK_SECRET')
  if (settings.FANARI_SERVICE !== 'all') {
    // The town's clock runs in one process; a service of several takes the real time.
    if (environment.FANARI_TOWN === 'orestiada')
      problems.push('FANARI_TOWN: the simulated town runs with one process alone')
    settings.FANARI_TOWN = 'none'
  }
  if (problems.length > 0) throw new SettingsError(problems)
  if (settings.FANARI_WS_PORT === undefined) settings.FANARI_WS_PORT = environment.FANARI_MQTT_PORT ? null : 8083
  return Object.freeze(settings) as Settings
}

/** Variables of ours that nobody reads: a slip of the pen, or of another release. */
export const unknownVariables = (environment: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(environment).filter(
    (name) => name.startsWith('FANARI_') && !(name in variables) && !(name.replace(/_FILE$/, '') in variables),
  )

const longestName = Math.max(...Object.keys(variables).map(({ length }) => length))

export const describeVariables = (): string =>
  Object.entries<Variable>(variables)
    .map(
      ([name, { help, default: fallback }]) =>
        `  ${name.padEnd(longestName + 1)}${help}${fallback === undefined ? '' : ` [${fallback}]`}`,
    )
    .join('\n')
