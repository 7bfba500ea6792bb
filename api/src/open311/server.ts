import { randomUUID } from 'node:crypto'
import { type Category, type Clock, type Instant, type Municipality, type ReportRecord, toIso } from '@fanari/contracts'
import type { Principal } from '../access/permissions.ts'
import { judge } from '../access/permissions.ts'
import type { Tokens } from '../access/tokens.ts'
import type { Register } from '../register/register.ts'
import type { ReportDesk } from '../reports/desk.ts'
import type { Proof } from '../reports/proof.ts'
import type { ReportStore } from '../reports/report-store.ts'
import { readTrackingCode } from '../reports/tracking-code.ts'
import type { Database } from '../store/database.ts'
import { type Form, first, Open311Error, reportOf } from './intake.ts'
import { caps, type Open311Requests } from './requests.ts'
import { type ExtendedStatus, extendedStatuses, type Request } from './schemas.ts'
import { definitionOf, isCategory } from './services.ts'
import type { Open311Updates } from './updates.ts'

/** Pages are counted from 1. */
interface Page {
  number: number
  size: number
  total: number
}

/**
 * GeoReport v2 over the citizen line. Takes parameters as they came (an empty one counts as not sent), answers what JSON says, and
 * throws {@link Open311Error}.
 */
export const createOpen311 = (options: {
  database: Database
  register: Pick<Register, 'municipalities' | 'municipality' | 'inventoryOf'>
  tokens: Pick<Tokens, 'principalOf'>
  reports: ReportStore
  desk: ReportDesk
  proof: Proof
  requests: Open311Requests
  updates: Open311Updates
  clock: Clock
}) => {
  const { database, register, tokens, reports, desk, proof, requests, updates, clock } = options

  /** `jurisdiction_id` is the municipality; where there is one only, it need not be named. */
  const jurisdiction = (parameters: Form): Municipality => {
    const named = first(parameters, 'jurisdiction_id')
    if (named !== undefined) {
      const found = register.municipality(named)
      if (found === null) throw new Open311Error(404, 'jurisdiction_id was not found')
      return found
    }
    const [only, ...others] = register.municipalities()
    if (only === undefined) throw new Open311Error(404, 'there is no jurisdiction yet')
    if (others.length > 0) throw new Open311Error(400, 'jurisdiction_id was not provided')
    return only
  }

  /** Who sends, by `api_key` or a bearer token. */
  const sender = (parameters: Form, bearer: Principal | null, municipality: string): Principal => {
    const key = first(parameters, 'api_key')
    const principal = key === undefined ? bearer : tokens.principalOf(key)
    if (principal === null || judge(principal, 'open311.write', municipality) !== 'allowed')
      throw new Open311Error(403, 'api_key was missing, invalid, or not for this jurisdiction')
    return principal
  }

  const categoryOf = (code: string): Category => {
    if (!isCategory(code)) throw new Open311Error(404, `service_code ${code.slice(0, 64)} was not found`)
    return code
  }

  const time = (parameters: Form, name: string): Instant | undefined => {
    const text = first(parameters, name)
    if (text === undefined) return undefined
    // A `+` that was not percent-encoded arrives as a space; a bare date is what some clients send.
    const at = /^\d{4}-\d\d-\d\d([T ].*)?$/.test(text) ? Date.parse(text.replace(/ (?=\d\d:\d\d$)/, '+')) : Number.NaN
    if (Number.isNaN(at)) throw new Open311Error(400, `${name} must be a W3C date and time`)
    return at
  }

  /** The span asked for, or the 90 days that end now, after `start_date` or before `end_date`. */
  const span = (parameters: Form): { from: Instant; until: Instant } => {
    const [start, end] = [time(parameters, 'start_date'), time(parameters, 'end_date')]
    const until = end ?? (start === undefined ? clock.now() + 1 : start + caps.spanMs)
    const from = start ?? until - caps.spanMs
    if (until < from) throw new Open311Error(400, 'end_date is before start_date')
    if (until - from > caps.spanMs) throw new Open311Error(400, 'start_date and end_date may be 90 days apart at most')
    return { from, until }
  }

  const number = (parameters: Form, name: string, low: number, high: number): number | undefined => {
    const text = first(parameters, name)
    if (text === undefined) return undefined
    const value = Number(text)
    if (!/^-?\d+(\.\d+)?$/.test(text) || value < low || value > high)
      throw new Open311Error(400, `${name} must be a number from ${low} to ${high}`)
    return value
  }
  const whole = (parameters: Form, name: string, low: number, high: number): number | undefined => {
    const value = number(parameters, name, low, high)
    if (value !== undefined && !Number.isInteger(value)) throw new Open311Error(400, `${name} must be a whole number`)
    return value
  }
  const list = (parameters: Form, name: string): string[] | undefined =>
    first(parameters, name)
      ?.split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
  const extensions = (parameters: Form): boolean => first(parameters, 'extensions') === 'true'

  const near = (parameters: Form) => {
    const lat = number(parameters, 'lat', -90, 90)
    const lon = number(parameters, 'long', -180, 180)
    const radiusM = number(parameters, 'radius', 1, 100_000)
    if (lat === undefined && lon === undefined && radiusM === undefined) return undefined
    if (lat === undefined || lon === undefined) throw new Open311Error(400, 'lat, long and radius go together')
    return { lat, lon, radiusM: radiusM ?? 100 }
  }

  const statusesAsked = (parameters: Form): ('open' | 'closed')[] | undefined =>
    list(parameters, 'status')?.map((status) => {
      if (status !== 'open' && status !== 'closed') throw new Open311Error(400, 'status must be open or closed')
      return status
    })

  /** Adds what another system says to what the report says, for staff; it goes with the report when its term is over. */
  const note = (report: ReportRecord, text: string, at: Instant): ReportRecord => {
    const added = [report.description, `(${toIso(at)}) ${text}`].filter((part) => part !== undefined).join('\n')
    return { ...report, description: added.slice(0, 4_000) }
  }

  return {
    jurisdiction,

    definition: (parameters: Form, code: string) => {
      jurisdiction(parameters)
      return definitionOf(categoryOf(code))
    },

    requests: (parameters: Form, origin: string): { requests: Request[]; page: Page | null } => {
      const { id: municipality } = jurisdiction(parameters)
      const how = { extensions: extensions(parameters), origin }
      const ids = list(parameters, 'service_request_id')
      if (ids !== undefined)
        return { requests: requests.byId(municipality, ids.slice(0, caps.requests), how), page: null }
      const size = whole(parameters, 'page_size', 1, caps.requests)
      const at = whole(parameters, 'page', 1, 1_000_000)
      const isPaged = size !== undefined || at !== undefined
      const { limit, number } = { limit: size ?? caps.requests, number: at ?? 1 }
      const found = requests.find(
        municipality,
        {
          codes: list(parameters, 'service_code')?.map(categoryOf),
          statuses: statusesAsked(parameters),
          near: near(parameters),
          ...span(parameters),
          ...{ limit, offset: (number - 1) * limit, counts: isPaged },
        },
        how,
      )
      const page = found.total === null ? null : { number, size: limit, total: found.total }
      return { requests: found.requests, page }
    },

    request: (parameters: Form, id: string, origin: string): Request => {
      const how = { extensions: extensions(parameters), origin }
      const [found] = requests.byId(jurisdiction(parameters).id, [id], how)
      if (found === undefined) throw new Open311Error(404, 'service_request_id was not found')
      return found
    },

    /** A tracking code is what we have in the place of a token. */
    token: (parameters: Form, token: string) => {
      const code = readTrackingCode(token)
      const report = code === null ? null : reports.ofTrackingCode(jurisdiction(parameters).id, code)
      if (report === null) throw new Open311Error(404, 'token was not found')
      return { service_request_id: report.id, token }
    },

    send: async (parameters: Form, bearer: Principal | null) => {
      const { id: municipality } = jurisdiction(parameters)
      const { name: by } = sender(parameters, bearer, municipality)
      const inventory = register.inventoryOf(municipality)
      const report = reportOf(parameters, {
        by,
        knows: (luminaire) => (inventory?.asset('luminaire', luminaire) ?? null) !== null,
        anyId: randomUUID,
      })
      const { answer } = await desk.take(municipality, report, { by })
      const { known, danger } = answer
      return {
        service_request_id: answer.id,
        service_notice: danger?.el ?? known?.el ?? 'Η αναφορά σας καταγράφηκε.',
        account_id: null,
      }
    },

    updates: (parameters: Form) => {
      const { id: municipality } = jurisdiction(parameters)
      return updates.find(municipality, span(parameters))
    },

    /**
     * What another system says of a request of ours. `FIXED` and `REOPEN` are the reporter's answers to "is it lit?"; of other statuses
     * the text alone counts: what our crews do is said by our crews.
     */
    addUpdate: async (parameters: Form, bearer: Principal | null) => {
      const { id: municipality } = jurisdiction(parameters)
      const { name: by } = sender(parameters, bearer, municipality)
      const needed = (name: string): string => {
        const value = first(parameters, name)
        if (value === undefined) throw new Open311Error(400, `${name} was not provided`)
        return value
      }
      const id = needed('update_id').slice(0, 128)
      const request = needed('service_request_id')
      const status = needed('status').toLowerCase()
      const description = needed('description')
      needed('updated_datetime')
      const at = time(parameters, 'updated_datetime') ?? clock.now()
      const isStatus = (text: string): text is ExtendedStatus => extendedStatuses.some((one) => one === text)
      if (!isStatus(status))
        throw new Open311Error(400, `status must be one of ${extendedStatuses.join(', ').toUpperCase()}`)
      if (description.length > 4_000) throw new Open311Error(400, 'description has more than 4000 characters')
      const report = reports.report(municipality, request)
      if (report === null) throw new Open311Error(404, 'service_request_id was not found')
      database.transaction(() => {
        if (!updates.add({ municipality, id, request, status, at, by }))
          throw new Open311Error(400, `the update ${id} already exists`)
        const { status: own, ...record } = report
        reports.update(note(record, description, at), own)
      })
      if (status === 'fixed' || status === 'reopen') {
        try {
          await proof.answerFor(municipality, request, { lit: status === 'fixed', by })
        } catch {
          // Nothing is asked of this report at the moment: the text stands for itself.
        }
      }
      return { update_id: id }
    },
  }
}

export type Open311 = ReturnType<typeof createOpen311>
