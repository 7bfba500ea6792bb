import { communityLightSchema, incidentSchema, ticketSchema } from '@fanari/contracts'
import type nodeRed from 'node-red'
import type { z } from 'zod'
import { isAtLeast, parseSeverity } from '../duty/policy.ts'
import type { DocumentKind } from './link.ts'
import { createNewest, namesIn } from './newest.ts'
import { linkOf, reasonOf, showConnection } from './platform-nodes.ts'

interface ListenDef extends nodeRed.NodeDef {
  platform: string
}
interface IncidentDef extends ListenDef {
  faults?: string
  /** Least severity. */
  severity?: string
  /** `open`, `resolved`, or empty. */
  state?: string
}
interface TicketDef extends ListenDef {
  services?: string
  statuses?: string
}
interface LightDef extends ListenDef {
  communities?: string
  /** Only when a community turns dark or light again. */
  onlyDarkness?: boolean
}

/** Registers `fanari-incident`, `fanari-ticket` and `fanari-community-light`. */
export const register: nodeRed.NodeInitializer = (RED): void => {
  /** Sends each valid document that `wanted` takes as `msg.payload`; others are warned of and harm nothing. */
  const listen = <Document>(
    node: nodeRed.Node,
    def: ListenDef,
    kind: DocumentKind,
    schema: z.ZodType<Document>,
    wanted: (document: Document, id: string) => boolean,
  ): void => {
    const link = linkOf(RED, node, def.platform)
    if (link === null) return
    const unwatch = showConnection(node, link)
    const unlisten = link.listen(kind, (topic, text, retained) => {
      if (text === '' || topic.kind === 'device') return
      const document = readDocument(schema, text)
      const id = idOf(topic)
      if (!document.ok) return node.warn(`${kind} ${id}: ${document.reason}`)
      if (wanted(document.value, id)) node.send({ payload: document.value, topic: id, retained } as nodeRed.NodeMessage)
    })
    node.on('close', () => {
      unlisten()
      unwatch()
    })
  }

  RED.nodes.registerType('fanari-incident', function (this: nodeRed.Node, def: IncidentDef) {
    RED.nodes.createNode(this, def)
    const isNew = createNewest()
    const faults = namesIn(def.faults)
    const least = parseSeverity(def.severity || 'info')
    listen(
      this,
      def,
      'incident',
      incidentSchema,
      ({ id, revision, fault, severity, state }) =>
        isNew(id, revision) &&
        (faults?.has(fault) ?? true) &&
        isAtLeast(severity, least) &&
        (def.state === undefined || def.state === '' || def.state === state),
    )
  })

  RED.nodes.registerType('fanari-ticket', function (this: nodeRed.Node, def: TicketDef) {
    RED.nodes.createNode(this, def)
    const isNew = createNewest()
    const services = namesIn(def.services)
    const statuses = namesIn(def.statuses)
    listen(
      this,
      def,
      'ticket',
      ticketSchema,
      ({ id, revision, service, status }) =>
        isNew(id, revision) && (services?.has(service) ?? true) && (statuses?.has(status) ?? true),
    )
  })

  RED.nodes.registerType('fanari-community-light', function (this: nodeRed.Node, def: LightDef) {
    RED.nodes.createNode(this, def)
    const communities = namesIn(def.communities)
    const isNewer = createNewest()
    const dark = new Map<string, boolean>()
    listen(this, def, 'communityLight', communityLightSchema, ({ darkCommunity, at }, community) => {
      if (!(communities?.has(community) ?? true) || !isNewer(community, Date.parse(at))) return false
      const before = dark.get(community) ?? false
      dark.set(community, darkCommunity)
      return !def.onlyDarkness || darkCommunity !== before
    })
  })
}

const idOf = (
  topic:
    | { kind: 'incident'; incident: string }
    | { kind: 'ticket'; ticket: string }
    | { kind: 'communityLight'; community: string },
): string => {
  switch (topic.kind) {
    case 'incident':
      return topic.incident
    case 'ticket':
      return topic.ticket
    case 'communityLight':
      return topic.community
  }
}

const readDocument = <Document>(
  schema: z.ZodType<Document>,
  text: string,
): { ok: true; value: Document } | { ok: false; reason: string } => {
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    if (parsed.success) return { ok: true, value: parsed.data }
    return {
      ok: false,
      reason: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    }
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  }
}
