import {
  type CabinetProperties,
  incidentSchema,
  type RollCall,
  rollCallSchema,
  type Ticket,
  ticketSchema,
} from '@fanari/contracts'
import type nodeRed from 'node-red'
import { z } from 'zod'
import { type PlacedLight, writeLetter } from '../office/dossier.ts'
import { type DossierState, hearMatter, initialDossiers, planLetters } from '../office/dossier-plan.ts'
import { type ReportsSent, reportDue, writeReport } from '../office/roll-call-report.ts'
import { createAlarm, keptIn } from './kept.ts'
import type { Link } from './link.ts'
import { linkOf, reasonOf } from './platform-nodes.ts'
import { mailMessage } from './senders.ts'

interface OfficeDef extends nodeRed.NodeDef {
  platform: string
  timeZone: string
  from: string
  to: string
}
interface DossierDef extends OfficeDef {
  waitMinutes: string
  correctionMinutes: string
}
interface RollCallDef extends OfficeDef {
  /** Local time of the morning's report, `07:00`. */
  morning: string
}

/** What the dossier reads of the register: fields of the contract, and no more of it. */
const featuresSchema = z.object({
  features: z.array(
    z.object({ geometry: z.unknown(), properties: z.looseObject({ kind: z.string(), id: z.string() }) }),
  ),
})
const pointSchema = z.object({ coordinates: z.tuple([z.number(), z.number()]) })
const itemsOf = <Item>(item: z.ZodType<Item>) => z.object({ items: z.array(item) })

/** Registers `fanari-dossier`: tickets in, letters to the network operator out. */
export const registerDossier = (RED: nodeRed.NodeAPI): void => {
  RED.nodes.registerType('fanari-dossier', function (this: nodeRed.Node, def: DossierDef) {
    RED.nodes.createNode(this, def)
    const link = linkOf(RED, this, def.platform)
    if (link === null) return
    const policy = { waitMs: Number(def.waitMinutes) * 60_000, correctionMs: Number(def.correctionMinutes) * 60_000 }
    const kept = keptIn<DossierState>(this, 'dossiers1', initialDossiers)

    const write = async (): Promise<void> => {
      const planned = planLetters(kept.get(), policy, Date.now())
      const letters = []
      for (const { kind, ticket } of planned.letters) {
        const facts = await factsOf(link, ticket)
        letters.push(writeLetter(kind, { ...facts, ticket, timeZone: def.timeZone }))
      }
      kept.set(planned.state)
      for (const letter of letters) {
        const message = mailMessage(def.from, def.to, letter)
        if (message !== null)
          this.send({
            ...message,
            ...(letter.attachment === null ? {} : { attachments: [letter.attachment] }),
          } as nodeRed.NodeMessage)
      }
      this.status({ fill: 'green', shape: 'dot', text: `${Object.keys(planned.state.matters).length} open` })
      alarm.at(planned.nextAt)
    }
    let turn: Promise<void> = Promise.resolve()
    const next = (): void => {
      turn = turn.then(write).catch((error) => {
        // The register could not be read: the letter stays due.
        this.error(reasonOf(error))
        alarm.at(Date.now() + 30_000)
      })
    }
    const alarm = createAlarm(next)

    this.on('input', (msg, _send, done) => {
      const ticket = ticketSchema.safeParse(msg.payload)
      if (!ticket.success) return done(new Error('msg.payload is no ticket'))
      turn = turn.then(() => kept.set(hearMatter(kept.get(), ticket.data, Date.now())))
      next()
      done()
    })
    this.on('close', alarm.stop)
    next()
  })
}

/** Of the api's dossier, what the letter does not know itself. Only the network operator's tickets have one. */
const contactSchema = z.object({ contact: z.string() })

const factsOf = async (link: Link, ticket: Ticket) => {
  const { name: municipality } = z.object({ name: z.string() }).parse(await link.town('GET', ''))
  const { contact } =
    ticket.service === 'networkOperator'
      ? contactSchema.parse(await link.town('GET', `/tickets/${ticket.id}/dossier`))
      : { contact: '' }
  const incident =
    ticket.incident === undefined ? null : incidentSchema.parse(await link.town('GET', `/incidents/${ticket.incident}`))
  const members = new Set(ticket.members)
  const featuresOf = async (kind: string) =>
    featuresSchema.parse(await link.town('GET', `/assets?kind=${kind}`)).features
  const lights = (await featuresOf('luminaire'))
    .filter(({ properties }) => members.has(properties.id))
    .map(({ geometry, properties }): PlacedLight => {
      const [lon, lat] = pointSchema.parse(geometry).coordinates
      return { light: properties as unknown as PlacedLight['light'], lat, lon }
    })
  const cabinets = new Set(lights.map(({ light }) => light.cabinet))
  const known = (await featuresOf('cabinet')).map(({ properties }) => properties as unknown as CabinetProperties)
  return { municipality, contact, incident, lights, cabinets: known.filter(({ id }) => cabinets.has(id)) }
}

/** Registers `fanari-roll-call`: asked now and then, it sends the evening's and the morning's report once each. */
export const registerRollCall = (RED: nodeRed.NodeAPI): void => {
  RED.nodes.registerType('fanari-roll-call', function (this: nodeRed.Node, def: RollCallDef) {
    RED.nodes.createNode(this, def)
    const link = linkOf(RED, this, def.platform)
    if (link === null) return
    const kept = keptIn<ReportsSent>(this, 'reports1', {})
    const [hours = 7, minutes = 0] = def.morning.split(':').map(Number)
    const { timeZone } = def
    let busy = false
    this.on('input', async (_msg, send, done) => {
      // Asked again while it still reads: one answer will do.
      if (busy) return done()
      busy = true
      try {
        const { now } = await link.clock()
        const calls = itemsOf<RollCall>(rollCallSchema).parse(await link.town('GET', '/roll-calls')).items
        const due = reportDue(kept.get(), calls, { timeZone, morningMinutes: hours * 60 + minutes }, now)
        if (due !== null) {
          const names = await namesOf(link)
          const report = mailMessage(def.from, def.to, writeReport(due.kind, due.night, calls, names, timeZone))
          kept.set({ ...kept.get(), [due.kind]: due.night })
          if (report !== null) send(report)
        }
        this.status({ fill: 'green', shape: 'dot', text: kept.get().evening ?? '—' })
        done()
      } catch (error) {
        this.status({ fill: 'red', shape: 'ring', text: 'HTTP' })
        done(new Error(reasonOf(error)))
      } finally {
        busy = false
      }
    })
  })
}

const namesOf = async (link: Link): Promise<Map<string, string>> => {
  const { features } = featuresSchema.parse(await link.town('GET', '/assets?kind=community'))
  return new Map(features.map(({ properties: { id, name } }) => [id, typeof name === 'string' ? name : id]))
}
