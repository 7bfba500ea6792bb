import {
  type CitizenLineSettings,
  type Clock,
  deviceOf,
  type Instant,
  type Known,
  type LightQueries,
  type ListedReport,
  type Log,
  type LuminaireStatus,
  ProblemError,
  type Publisher,
  type Report,
  type ReportAnswer,
  type ReportEvidence,
  type ReportRecord,
  type Ticket,
  toIso,
  topics,
} from '@fanari/contracts'
import type { ChangedDocuments } from '../incidents/documents.ts'
import type { Inventory } from '../register/inventory.ts'
import type { Register } from '../register/register.ts'
import type { Database } from '../store/database.ts'
import { gatherReport } from '../tickets/gathering.ts'
import { stepTicket, type TicketChange } from '../tickets/step.ts'
import { lastOfEach, type TicketStore } from '../tickets/ticket-store.ts'
import { type Attachment, decideAttachment, isDangerous } from './attach.ts'
import {
  answered,
  attachedBy,
  attachedCircuit,
  citizen,
  dangerAnswer,
  type IncomingReport,
  isQuestion,
  platform,
  reportIdOf,
  saysTheSame,
} from './intake-rules.ts'
import { knownOf } from './known.ts'
import { type ReportStore, tellOfReport } from './report-store.ts'
import type { CitizenLineSettingsStore } from './settings.ts'
import type { Location, SurroundingsReader } from './surroundings.ts'
import { openTicket } from './ticket-of-report.ts'
import { newTrackingCode } from './tracking-code.ts'
import { evidenceOf, verificationOf } from './verify.ts'

/** Takes reports. Whatever the lights say, none is refused. */
export interface ReportDesk {
  /**
   * Answers once the report is stored. The same `clientId` again answers the first report, whatever else the repeat says.
   *
   * @param how.by `citizen`, or the name of the operator
   * @throws ProblemError `not-found` for a municipality that is not known
   */
  take(
    municipality: string,
    report: IncomingReport,
    how: { by: string },
  ): Promise<{ created: boolean; answer: ReportAnswer }>
  /** What is known at a place; `null`: nothing. */
  known(
    municipality: string,
    place: Pick<Report, 'luminaire' | 'pole' | 'lat' | 'lon' | 'address' | 'street'>,
  ): Promise<Known | null>
}

export const createReportDesk = (options: {
  database: Database
  tickets: TicketStore
  reports: ReportStore
  settings: CitizenLineSettingsStore
  surroundings: SurroundingsReader
  register: Pick<Register, 'inventoryOf' | 'municipality'>
  lights: LightQueries
  publisher: Publisher
  clock: Clock
  log: Log
  /** Whole numbers from 0 to below a bound, and texts, that cannot be guessed. */
  random: { number: (bound: number) => number; token: () => string }
  onChange: (municipality: string, changed: ChangedDocuments) => void
}): ReportDesk => {
  const { database, tickets, reports, settings, surroundings, register, lights, publisher, clock, log } = options

  const of = (municipality: string): { inventory: Inventory; rules: CitizenLineSettings; timeZone: string } => {
    const inventory = register.inventoryOf(municipality)
    const known = register.municipality(municipality)
    if (inventory === null || known === null)
      throw new ProblemError('not-found', `There is no municipality ${municipality}`)
    return { inventory, rules: settings.of(municipality), timeZone: known.timeZone }
  }

  /** The light is asked to report at once, so that the next look at it is fresh. */
  const poll = (municipality: string, report: string, inventory: Inventory, statuses: readonly LuminaireStatus[]) => {
    for (const { id } of statuses.slice(0, mostPolled)) {
      const asset = inventory.asset('luminaire', id)
      const device = asset === null ? null : deviceOf(asset.properties)
      if (device === null) continue
      const command = JSON.stringify({ id: `poll-${report}`, type: 'poll' })
      publisher
        .publish(topics.device(municipality, device, 'command'), command, { retain: false })
        .catch((error: unknown) => log('warn', 'reports.pollFailed', { device, error: String(error) }))
    }
  }

  const evidence = async (municipality: string, statuses: readonly LuminaireStatus[]): Promise<ReportEvidence[]> =>
    Promise.all(
      statuses.slice(0, mostEvidence).map(async (status) => {
        const explanation = await lights.explainLight(municipality, status.id).catch(() => null)
        return evidenceOf(status, explanation)
      }),
    )

  const newCode = (municipality: string): string => {
    for (;;) {
      const code = newTrackingCode(options.random.number)
      if (reports.ofTrackingCode(municipality, code) === null) return code
    }
  }

  const answerOf = (report: ListedReport, rules: CitizenLineSettings): ReportAnswer => {
    const token = reports.answerToken(report.municipality, report.id)
    return {
      id: report.id,
      trackingCode: report.trackingCode,
      ticket: report.ticket,
      known: report.known,
      ...(isDangerous(report) ? { danger: dangerAnswer(rules) } : {}),
      ...(token === null ? {} : { answerToken: token }),
    }
  }

  /** Within the transaction. */
  const store = (
    municipality: string,
    report: IncomingReport,
    seen: Seen & { inventory: Inventory; rules: CitizenLineSettings; timeZone: string; by: string },
  ): { record: ReportRecord; changed: Ticket[]; statusOf: Ticket } => {
    const { location, statuses, inventory, rules, timeZone, by } = seen
    const { place } = location
    const at = clock.now()
    const id = reportIdOf(municipality, report.clientId)
    const dangerous = isDangerous(report)
    const asked = isQuestion(report)
    const incident = surroundings.incidentOf(municipality, statuses)
    const whole = report.wholeStreet === true
    const attachment = asked
      ? null
      : decideAttachment(
          {
            category: report.category,
            luminaire: place.light?.id ?? null,
            circuit: place.circuit,
            wholeStreet: whole,
            dangerous,
            at,
            country: location.country,
          },
          surroundings.candidatesAt(municipality, report, location, { inventory, settings: rules, at }),
          rules,
        )
    const verified = verificationOf(report.category, statuses, saysTheSame(report, attachment, incident))
    const known = knownOf({
      ticket: attachment?.ticket ?? null,
      incident,
      statuses,
      circuit: attachedCircuit(attachment, incident),
      now: at,
      timeZone,
    })
    const opened = openTicket({ ...report, id, municipality }, place, { by, at, verified })
    const ticketId = attachment?.ticket.id ?? opened.ticket.id
    const { contact: _contact, channel, clientId, language = 'el', description, ...said } = report
    const record: ReportRecord = {
      ...said,
      id,
      municipality,
      trackingCode: newCode(municipality),
      ticket: ticketId,
      ...(attachment === null ? { openedTicket: opened.ticket.id } : {}),
      channel,
      ...(description === undefined ? {} : { description }),
      ...(place.light === null ? {} : { luminaire: place.light.id }),
      ...(place.community === null ? {} : { community: place.community }),
      language,
      clientId,
      by,
      createdAt: toIso(at),
      acknowledgedAt: toIso(at),
      ...(asked || by !== citizen ? { firstResponseAt: toIso(at) } : {}),
      known,
      alreadyKnown: attachment !== null && attachment.ticket.status !== 'closed',
      attached: attachedBy(attachment, asked, at),
      verified,
      ...(seen.evidence.length === 0 ? {} : { evidence: seen.evidence }),
    }
    const steps = asked ? answered(opened, by, at) : attachment === null ? [opened] : joined(attachment, record, at)
    const final = steps.at(-1)?.ticket ?? opened.ticket
    reports.insert(record, {
      // The status before the steps: a report that reopens its matter is told so with the others.
      status: attachment?.ticket.status ?? final.status,
      answerToken: options.random.token(),
      contact: report.contact ?? null,
      at,
    })
    tellOfReport(database, record, 'reportReceived', { by, at }, { channel, category: report.category })
    if (attachment !== null) {
      const { rule, score } = attachment
      tellOfReport(database, record, 'reportAttached', { by: platform, at }, { rule, score })
    }
    tellOfReport(database, record, 'reportAcknowledged', { by: platform, at }, { known: known !== null })
    if (record.firstResponseAt !== undefined) tellOfReport(database, record, 'firstResponse', { by, at })
    if (asked) tellOfReport(database, record, 'informationGiven', { by, at })
    const changed = steps.flatMap((step) => tickets.write(step))
    if (dangerous && !asked) changed.push(...callDuty(ticketId, municipality, report, rules, at))
    return { record, changed, statusOf: final }
  }

  /** Someone is rung, whatever becomes of the form: who follows the log of events does it. */
  const callDuty = (
    ticketId: string,
    municipality: string,
    report: IncomingReport,
    rules: CitizenLineSettings,
    at: Instant,
  ): Ticket[] => {
    const ticket = tickets.ticket(municipality, ticketId)
    if (ticket === null) return []
    const danger = [...new Set([...(ticket.danger ?? []), ...(report.danger ?? [])])]
    const step = stepTicket(
      'ticket.updated',
      { ...ticket, safetyClass: 'danger', priority: 'urgent', ...(danger.length === 0 ? {} : { danger }) },
      { event: 'dutyCalled', by: platform, at, note: `Ειδοποίηση ${rules.dutyNumber}` },
    )
    return tickets.write(step, { details: { call: rules.dutyNumber, flags: danger.join(',') } })
  }

  const joined = (attachment: Attachment, { verified }: ReportRecord, at: Instant): TicketChange[] => {
    const { ticket } = attachment
    const judged: Ticket = ticket.verified === 'confirmed' || verified === 'unknown' ? ticket : { ...ticket, verified }
    return gatherReport(judged, { by: citizen, at, firstReportAt: at })
  }

  return {
    take: async (municipality, report, { by }) => {
      const { inventory, rules, timeZone } = of(municipality)
      const earlier = reports.ofClient(municipality, report.clientId)
      if (earlier !== null) return { created: false, answer: answerOf(earlier, rules) }
      const location = surroundings.locate(inventory, report, rules)
      const statuses = await surroundings.look(municipality, location.lights)
      const seen: Seen = { location, statuses, evidence: await evidence(municipality, statuses) }
      const taken = await database.shared(() => {
        // A repeat may have come while the lights were asked.
        const repeated = reports.ofClient(municipality, report.clientId)
        return repeated === null ? store(municipality, report, { ...seen, inventory, rules, timeZone, by }) : null
      })
      const stored = reports.ofClient(municipality, report.clientId)
      if (stored === null) throw new Error(`the report of ${report.clientId} was not stored`)
      if (taken !== null) {
        options.onChange(municipality, { incidents: [], tickets: lastOfEach(taken.changed) })
        if (taken.record.verified !== 'confirmed') poll(municipality, stored.id, inventory, statuses)
      }
      return { created: taken !== null, answer: answerOf(stored, rules) }
    },

    known: async (municipality, named) => {
      const { inventory, rules, timeZone } = of(municipality)
      const report = { ...named, category: 'street-light-out' as const }
      const location = surroundings.locate(inventory, report, rules)
      const statuses = await surroundings.look(municipality, location.lights)
      const at = clock.now()
      const { place, country } = location
      const attachment = decideAttachment(
        {
          category: report.category,
          luminaire: place.light?.id ?? null,
          circuit: place.circuit,
          wholeStreet: place.light === null,
          dangerous: false,
          at,
          country,
        },
        surroundings.candidatesAt(municipality, report, location, { inventory, settings: rules, at }),
        rules,
      )
      const open = attachment !== null && attachment.ticket.status !== 'closed' ? attachment : null
      const incident = surroundings.incidentOf(municipality, statuses)
      return knownOf({
        ticket: open?.ticket ?? null,
        incident,
        statuses,
        circuit: attachedCircuit(open, incident),
        now: at,
        timeZone,
      })
    },
  }
}

interface Seen {
  location: Location
  statuses: readonly LuminaireStatus[]
  evidence: ReportEvidence[]
}

/** Lights that one report has asked to report, and that its evidence names. */
const mostPolled = 5
const mostEvidence = 10
