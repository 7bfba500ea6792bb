import { incidentSchema, ticketSchema } from '@fanari/contracts'
import type nodeRed from 'node-red'
import { type DutyState, decide, hearIncident, hearTicket, initialDuty, setStorm, ticketsDue } from '../duty/duty.ts'
import { type DutyPolicy, parseEscalation, parseQuietHours, parseSeverity } from '../duty/policy.ts'
import { inWords } from '../duty/words.ts'
import { createAlarm, keptIn } from './kept.ts'
import { linkOf, reasonOf } from './platform-nodes.ts'
import { messagesFor, type Reach, type SenderOptions } from './senders.ts'

interface DutyDef extends nodeRed.NodeDef {
  platform: string
  timeZone: string
  least: string
  quietHours: string
  escalateMinutes: string
  groupMinutes: string
  from: string
  dutyMail: string
  dutyPhone: string
  dutyChat: string
  supervisorMail: string
  supervisorPhone: string
  supervisorChat: string
  smsUrl: string
  smsToken: string
  smsSender: string
  smsLeast: string
  telegramUrl: string
  telegramToken: string
}

/** Registers `fanari-duty`: incidents, tickets and heavy weather in; mails, SMS and chat messages out. */
export const registerDuty = (RED: nodeRed.NodeAPI): void => {
  RED.nodes.registerType('fanari-duty', function (this: nodeRed.Node, def: DutyDef) {
    RED.nodes.createNode(this, def)
    const link = linkOf(RED, this, def.platform)
    if (link === null) return
    const { policy, senders } = readDef(def)
    const reach: Record<'duty' | 'supervisor', Reach> = {
      duty: { mail: def.dutyMail, phone: def.dutyPhone, chat: def.dutyChat },
      supervisor: { mail: def.supervisorMail, phone: def.supervisorPhone, chat: def.supervisorChat },
    }
    const kept = keptIn<DutyState>(this, 'duty1', initialDuty)

    /** A ticket may have been taken up while nobody listened: it is looked at once more before anybody is called. */
    const lookAgain = async (ids: readonly string[]): Promise<void> => {
      for (const id of ids) {
        try {
          const now = ticketSchema.parse(await link.town('GET', `/tickets/${encodeURIComponent(id)}`))
          kept.set(hearTicket(kept.get(), now, Date.now()))
        } catch (error) {
          // Better one call too many than one too few.
          this.warn(`ticket ${id}: ${reasonOf(error)}`)
        }
      }
    }
    const speak = async (): Promise<void> => {
      await lookAgain(ticketsDue(kept.get(), policy, Date.now()))
      const { state, notices, nextAt } = decide(kept.get(), policy, Date.now())
      kept.set(state)
      for (const notice of notices)
        this.send(
          messagesFor(
            inWords(notice, policy.timeZone),
            notice.severity,
            reach[notice.to],
            senders,
          ) as nodeRed.NodeMessage[],
        )
      const open = Object.values(state.watched).filter(({ ticket }) => ticket.status === 'open').length
      this.status({ fill: state.storm === null ? 'green' : 'yellow', shape: 'dot', text: `${open} open` })
      alarm.at(nextAt)
    }
    // One after the other: a look at the API takes time, and what is told must not be told twice.
    let turn: Promise<void> = Promise.resolve()
    const next = (): void => {
      turn = turn.then(speak).catch((error) => this.error(reasonOf(error)))
    }
    const alarm = createAlarm(next)

    this.on('input', (msg: nodeRed.NodeMessage & { storm?: unknown }, _send, done) => {
      const state = kept.get()
      const ticket = ticketSchema.safeParse(msg.payload)
      const incident = incidentSchema.safeParse(msg.payload)
      if (ticket.success) kept.set(hearTicket(state, ticket.data, Date.now()))
      else if (incident.success) kept.set(hearIncident(state, incident.data))
      else if (msg.storm === null || typeof msg.storm === 'number') kept.set(setStorm(state, msg.storm, Date.now()))
      else return done(new Error('neither a ticket, nor an incident, nor msg.storm'))
      next()
      done()
    })
    this.on('close', alarm.stop)
    // What ended or was taken up while this did not run is not said again by the broker.
    turn = lookAgain(Object.keys(kept.get().watched))
    next()
  })
}

const readDef = (def: DutyDef): { policy: DutyPolicy; senders: SenderOptions } => ({
  policy: {
    timeZone: def.timeZone,
    least: parseSeverity(def.least),
    quiet: parseQuietHours(def.quietHours),
    escalateAfterMs: parseEscalation(def.escalateMinutes),
    groupMs: Number(def.groupMinutes) * 60_000,
  },
  senders: {
    from: def.from,
    smsUrl: def.smsUrl,
    smsToken: def.smsToken,
    smsSender: def.smsSender,
    smsLeast: parseSeverity(def.smsLeast),
    telegramUrl: def.telegramUrl,
    telegramToken: def.telegramToken,
  },
})
