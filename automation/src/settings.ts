import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { parseEscalation, parseQuietHours, parseSeverity } from './duty/policy.ts'

interface Variable {
  schema: z.ZodType<string>
  help: string
  /** Empty: not set. */
  default: string
}

/** A text that `read` understands, or says why not. */
const readBy = (read: (text: string) => unknown) =>
  z.string().superRefine((text, context) => {
    try {
      read(text)
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error))
    }
  })
const zoneOf = (zone: string) => new Intl.DateTimeFormat('en', { timeZone: zone })
const urlOf = (...protocols: string[]) =>
  readBy((text) => {
    if (text !== '' && !protocols.includes(new URL(text).protocol))
      throw new Error(`begins with ${protocols.join(' or ')}`)
  })
const text = z.string()
const number = (least: number, most: number) =>
  readBy((given) => {
    const value = Number(given)
    if (given === '' || !(value >= least && value <= most)) throw new Error(`must be from ${least} to ${most}`)
  })
const oneOf = (...names: string[]) =>
  readBy((given) => {
    if (!names.includes(given)) throw new Error(`must be ${names.join(' or ')}`)
  })
const variable = (schema: z.ZodType<string>, help: string, fallback = ''): Variable => ({
  schema,
  help,
  default: fallback,
})

/**
 * Every variable of the automation: what it means, what it may be, what it is when it is not set. Flows use them as `${NAME}`, so
 * each is a text, and each is set.
 */
export const variables = {
  FANARI_AUTOMATION_HOST: variable(text.min(1), 'Address the editor listens on', '127.0.0.1'),
  FANARI_AUTOMATION_PORT: variable(number(0, 65_535), 'Its port; 0 = any that is free', '1880'),
  FANARI_AUTOMATION_DATA: variable(text.min(1), 'Folder of flows, credentials and state', 'data/automation'),
  FANARI_AUTOMATION_EDITOR: variable(oneOf('on', 'off'), 'off: flows run and nobody can edit them', 'on'),
  FANARI_AUTOMATION_EDITOR_USER: variable(text.min(1), 'Who signs in to the editor', 'admin'),
  FANARI_AUTOMATION_EDITOR_PASSWORD: variable(
    text.max(72),
    'The password, 12 characters or more; on loopback one is made and printed when it is not set',
  ),
  FANARI_AUTOMATION_CREDENTIAL_SECRET: variable(
    text,
    'Encrypts the credentials that flows hold; on loopback one is made and kept in the folder when it is not set',
  ),
  FANARI_AUTOMATION_MQTT_URL: variable(urlOf('mqtt:', 'mqtts:'), "The platform's broker", 'mqtt://127.0.0.1:1883'),
  FANARI_AUTOMATION_HTTP_URL: variable(urlOf('http:', 'https:'), "The platform's HTTP API", 'http://127.0.0.1:8080'),
  FANARI_AUTOMATION_TOKEN: variable(text, 'An API token of the role automation, for both'),
  FANARI_AUTOMATION_MUNICIPALITY: variable(
    text.regex(/^[A-Za-z0-9_-]{1,64}$/),
    'The municipality that staff is told about',
    'orestiada',
  ),
  FANARI_AUTOMATION_TIME_ZONE: variable(readBy(zoneOf), 'Zone of quiet hours and of times in texts', 'Europe/Athens'),

  FANARI_AUTOMATION_SMTP_HOST: variable(text, 'Mail server', '127.0.0.1'),
  FANARI_AUTOMATION_SMTP_PORT: variable(number(1, 65_535), 'Its port', '25'),
  FANARI_AUTOMATION_SMTP_TLS: variable(
    oneOf('true', 'false'),
    'true: TLS from the first byte; false: STARTTLS where offered',
    'false',
  ),
  FANARI_AUTOMATION_SMTP_USER: variable(text, 'User at the mail server; not set: without a sign-in'),
  FANARI_AUTOMATION_SMTP_PASSWORD: variable(text, 'Password there'),
  FANARI_AUTOMATION_MAIL_FROM: variable(text.min(1), 'Sender of all mails', 'fanari@localhost'),
  FANARI_AUTOMATION_SMS_URL: variable(
    urlOf('http:', 'https:'),
    'SMS gateway: takes POST {"from","to","text"}; not set: no SMS',
  ),
  FANARI_AUTOMATION_SMS_TOKEN: variable(text, 'Bearer token of the gateway'),
  FANARI_AUTOMATION_SMS_SENDER: variable(text, 'Sender of SMS', 'Fanari'),
  FANARI_AUTOMATION_SMS_LEAST: variable(readBy(parseSeverity), 'Least severity that is sent by SMS', 'major'),
  FANARI_AUTOMATION_TELEGRAM_TOKEN: variable(text, "A Telegram bot's token; not set: no chat"),
  FANARI_AUTOMATION_TELEGRAM_URL: variable(urlOf('http:', 'https:'), 'The Bot API', 'https://api.telegram.org'),

  FANARI_AUTOMATION_DUTY_MAIL: variable(text, 'Technician on duty: e-mail addresses, after commas'),
  FANARI_AUTOMATION_DUTY_PHONE: variable(text, 'Telephone for SMS, +30…'),
  FANARI_AUTOMATION_DUTY_CHAT: variable(text, 'Telegram chat id'),
  FANARI_AUTOMATION_SUPERVISOR_MAIL: variable(text, 'Supervisor, told when nobody takes up a ticket: e-mail'),
  FANARI_AUTOMATION_SUPERVISOR_PHONE: variable(text, 'Telephone for SMS'),
  FANARI_AUTOMATION_SUPERVISOR_CHAT: variable(text, 'Telegram chat id'),
  FANARI_AUTOMATION_MAYOR_MAIL: variable(text, "The mayor's office, for roll-call reports"),
  FANARI_AUTOMATION_HEDNO_MAIL: variable(text, 'ΔΕΔΔΗΕ, for dossiers'),

  FANARI_AUTOMATION_LEAST: variable(readBy(parseSeverity), 'Least severity that the technician is told of', 'minor'),
  FANARI_AUTOMATION_QUIET_HOURS: variable(
    readBy(parseQuietHours),
    'Local hours in which a severity waits',
    'minor=22:00-07:00,info=20:00-08:00',
  ),
  FANARI_AUTOMATION_ESCALATE_MINUTES: variable(
    readBy(parseEscalation),
    'Minutes until the supervisor is told, by severity; not listed: never',
    'critical=15,major=30,minor=240',
  ),
  FANARI_AUTOMATION_GROUP_MINUTES: variable(number(0, 720), 'In heavy weather: minutes that are told together', '30'),
  FANARI_AUTOMATION_STORM_HOURS: variable(number(0, 72), 'How long heavy weather lasts unless told otherwise', '6'),
  FANARI_AUTOMATION_MORNING: variable(
    text.regex(/^(0\d|1[01]):[0-5]\d$/),
    "Local time of the morning's report",
    '07:00',
  ),
  FANARI_AUTOMATION_DOSSIER_WAIT_MINUTES: variable(
    number(0, 1_440),
    'How long a new matter may grow before ΔΕΔΔΗΕ hears',
    '2',
  ),
  FANARI_AUTOMATION_CORRECTION_MINUTES: variable(number(0, 1_440), 'Least time between two letters on a matter', '15'),
} as const satisfies Record<string, Variable>

export type Settings = Record<keyof typeof variables, string>

/** What is wrong with the environment, one line a variable. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`the environment is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'SettingsError'
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** `NAME_FILE` names a file that holds the value of `NAME`. */
const givenText = (environment: Environment, name: string): string => {
  const given = environment[name] ?? ''
  const file = environment[`${name}_FILE`] ?? ''
  if (file === '') return given
  if (given !== '') throw new Error(`both ${name} and ${name}_FILE are set`)
  return readFileSync(file, 'utf8').trim()
}

/**
 * Reads the settings, whole, before anything is opened. An empty variable counts as not set.
 * @throws {SettingsError} naming every variable that is wrong
 */
export const readSettings = (environment: Environment): Settings => {
  const settings: Record<string, string> = {}
  const problems: string[] = []
  for (const [name, { schema, default: fallback }] of Object.entries<Variable>(variables)) {
    try {
      const parsed = schema.safeParse(givenText(environment, name) || fallback)
      if (parsed.success) settings[name] = parsed.data
      else problems.push(`${name}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`)
    } catch (error) {
      problems.push(`${name}_FILE: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return settings as Settings
}

export const describeVariables = (): string =>
  Object.entries<Variable>(variables)
    .map(([name, { help, default: fallback }]) => `  ${name}\n      ${help}${fallback === '' ? '' : ` [${fallback}]`}`)
    .join('\n')
