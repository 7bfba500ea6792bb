import { hash } from 'node:crypto'
import { type Contact, dangerFlagSchema, reportSchema } from '@fanari/contracts'
import { z } from 'zod'
import type { IncomingReport } from '../reports/intake-rules.ts'
import { attributeCodes, definitionOf, isCategory } from './services.ts'

/** A refusal in GeoReport's words. */
export class Open311Error extends Error {
  readonly status: number
  constructor(status: number, description: string) {
    super(description)
    this.status = status
  }
}

/** A form as sent: a name may come several times, and an empty value counts as not sent. */
export type Form = ReadonlyMap<string, readonly string[]>

export const readForm = (body: string): Form => {
  const form = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(body)) {
    if (value !== '') form.set(name, [...(form.get(name) ?? []), value])
  }
  return form
}

export const first = (form: Form, name: string): string | undefined => form.get(name)?.[0]

const attributes = (form: Form, code: string): readonly string[] => [
  ...(form.get(`attribute[${code}]`) ?? []),
  ...(form.get(`attribute[${code}][]`) ?? []),
]

const degrees = (form: Form, name: string, most: number): number | undefined => {
  const given = first(form, name)
  if (given === undefined) return undefined
  const value = Number(given)
  if (!/^[-+]?\d+(\.\d+)?$/.test(given) || Math.abs(value) > most)
    throw new Open311Error(400, `${name} must be a number of degrees from -${most} to ${most}`)
  return value
}

const contactOf = (form: Form): Contact | undefined => {
  const name = [first(form, 'first_name'), first(form, 'last_name')].filter((part) => part !== undefined).join(' ')
  const [email, phone] = [first(form, 'email'), first(form, 'phone')]
  if (name === '' && email === undefined && phone === undefined) return undefined
  return {
    ...(name === '' ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
  }
}

const longestDescription = 4_000

/** What the client's own name for a request is called by those who have one: FixMyStreet's, then others'. */
const ownNames = ['attribute[fixmystreet_id]', 'attribute[external_id]', 'client_request_id']

/**
 * A request of GeoReport as a report like any other. `device_id` is taken and thrown away: it names a person's telephone.
 *
 * @param knows whether a luminaire is registered
 * @param anyId names the report of a client that has no name for it: such a request, sent twice, is two
 * @throws {Open311Error} 400 for what is missing or wrong, 404 for a service there is none of
 */
export const reportOf = (
  form: Form,
  { by, knows, anyId }: { by: string; knows: (luminaire: string) => boolean; anyId: () => string },
): IncomingReport => {
  const code = first(form, 'service_code')
  if (code === undefined) throw new Open311Error(400, 'service_code was not provided')
  if (!isCategory(code)) throw new Open311Error(404, `service_code ${code.slice(0, 64)} was not found`)
  const [lat, lon] = [degrees(form, 'lat', 90), degrees(form, 'long', 180)]
  const [address, addressId] = [first(form, 'address_string'), first(form, 'address_id')]
  if ((lat === undefined) !== (lon === undefined)) throw new Open311Error(400, 'lat and long go together')

  const pole = attributes(form, attributeCodes.luminaire)[0] ?? addressId
  if (lat === undefined && address === undefined && pole === undefined)
    throw new Open311Error(400, 'lat and long, address_string or address_id must be provided')

  const dangers = z.array(dangerFlagSchema).safeParse(attributes(form, attributeCodes.danger))
  if (!dangers.success) throw new Open311Error(400, `attribute[${attributeCodes.danger}] has a value there is none of`)
  const description = [
    first(form, 'description'),
    ...definitionOf(code).attributes.flatMap(({ code: name, description: asked, datatype }) =>
      datatype === 'text' || name === attributeCodes.plate
        ? attributes(form, name).map((answer) => `${asked}: ${answer}`)
        : [],
    ),
    ...(form.get('media_url') ?? []).map((url) => `Φωτογραφία: ${url}`),
  ].filter((part) => part !== undefined)
  const text = description.join('\n')
  if (text.length > longestDescription)
    throw new Open311Error(400, `description has more than ${longestDescription} characters`)

  const own = ownNames.map((name) => first(form, name)).find((value) => value !== undefined)
  const contact = contactOf(form)
  const candidate = {
    category: code,
    // Whose name it is belongs to it: two clients count from 1.
    clientId: own === undefined ? `open311-${anyId()}` : `open311-${hash('sha256', `${by}\n${own}`).slice(0, 32)}`,
    channel: 'web',
    ...(text === '' ? {} : { description: text }),
    ...(lat === undefined || lon === undefined ? {} : { lat, lon }),
    ...(address === undefined ? {} : { address }),
    ...(pole === undefined ? {} : knows(pole) ? { luminaire: pole } : { pole }),
    ...(attributes(form, attributeCodes.wholeStreet)[0] === 'yes' ? { wholeStreet: true } : {}),
    ...(dangers.data.length === 0 ? {} : { danger: [...new Set(dangers.data)] }),
    ...(contact === undefined ? {} : { contact }),
  }
  const parsed = reportSchema.safeParse(candidate)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Open311Error(400, `${issue?.path.join('.') ?? 'request'}: ${issue?.message ?? 'invalid'}`)
  }
  return { ...parsed.data, channel: 'open311' }
}
