import { randomUUID } from 'node:crypto'
import { type DeviceCommand, deviceCommandSchema, isId, ticketActionSchema, topics } from '@fanari/contracts'
import type nodeRed from 'node-red'
import { linkOf, reasonOf, showConnection } from './platform-nodes.ts'

interface ActDef extends nodeRed.NodeDef {
  platform: string
}
interface CommandDef extends ActDef {
  /** When the message names none. */
  device?: string
  command?: string
  level?: string | number
}
interface CommandMessage extends nodeRed.NodeMessage {
  device?: unknown
  ticket?: unknown
}

/** Registers `fanari-command` and `fanari-ticket-event`. */
export const register: nodeRed.NodeInitializer = (RED): void => {
  RED.nodes.registerType('fanari-command', function (this: nodeRed.Node, def: CommandDef) {
    RED.nodes.createNode(this, def)
    const link = linkOf(RED, this, def.platform)
    if (link === null) return
    const unwatch = showConnection(this, link)
    this.on('input', async (msg: CommandMessage, send, done) => {
      try {
        const device = msg.device ?? def.device
        if (typeof device !== 'string' || !isId(device)) throw new Error('msg.device: no device is named')
        const command = commandOf(msg.payload, def)
        await link.publish(topics.device(link.municipality, device, 'command'), command)
        send({ ...msg, payload: command } as nodeRed.NodeMessage)
        done()
      } catch (error) {
        done(new Error(reasonOf(error)))
      }
    })
    this.on('close', unwatch)
  })

  RED.nodes.registerType('fanari-ticket-event', function (this: nodeRed.Node, def: ActDef) {
    RED.nodes.createNode(this, def)
    const link = linkOf(RED, this, def.platform)
    if (link === null) return
    this.on('input', async (msg: CommandMessage, send, done) => {
      try {
        const { ticket } = msg
        if (typeof ticket !== 'string' || !isId(ticket)) throw new Error('msg.ticket: no ticket is named')
        const action = ticketActionSchema.safeParse(msg.payload)
        if (!action.success)
          throw new Error('msg.payload: {"event":"assigned|started|waiting|resolved|reopened","note"}')
        send({
          ...msg,
          payload: await link.town('POST', `/tickets/${ticket}/events`, action.data),
        } as nodeRed.NodeMessage)
        done()
      } catch (error) {
        done(new Error(reasonOf(error)))
      }
    })
  })
}

/** The command of a message, else the node's own. @throws Error saying what is wrong with it */
const commandOf = (payload: unknown, { command, level }: CommandDef): DeviceCommand => {
  const given = typeof payload === 'object' && payload !== null && 'type' in payload
  const own = { type: command, ...(command === 'setLevel' ? { level: Number(level) } : {}) }
  const parsed = deviceCommandSchema.safeParse({ id: randomUUID(), ...(given ? payload : own) })
  if (parsed.success) {
    if (parsed.data.type === 'setLevel' && parsed.data.level === undefined)
      throw new Error('setLevel: level is missing')
    return parsed.data
  }
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
}
