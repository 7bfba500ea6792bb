import type nodeRed from 'node-red'
import { createLink, type Link } from './link.ts'

interface PlatformDef extends nodeRed.NodeDef {
  mqttUrl: string
  httpUrl: string
  municipality: string
}

/** The configuration node `fanari-platform`: where the platform is, and whom we are there. */
interface PlatformNode extends nodeRed.Node<{ token?: string }> {
  link: Link
}

/** Registers `fanari-platform`. */
export const register: nodeRed.NodeInitializer = (RED): void => {
  RED.nodes.registerType<PlatformNode, PlatformDef, object, { token?: string }>(
    'fanari-platform',
    function (this: PlatformNode, def: PlatformDef) {
      RED.nodes.createNode(this, def)
      const log = (_level: string, event: string, fields = {}): void => this.warn(`${event} ${JSON.stringify(fields)}`)
      const { mqttUrl, httpUrl, municipality } = def
      this.link = createLink({ mqttUrl, httpUrl, municipality, token: this.credentials.token ?? '', log })
      this.on('close', (done: () => void) => {
        this.link.close().then(done, done)
      })
    },
    { credentials: { token: { type: 'password' } } },
  )
}

/** The link of the configuration node that `node` names; `null`, and a red mark on it, when it names none. */
export const linkOf = (RED: nodeRed.NodeAPI, node: nodeRed.Node, platform: string): Link | null => {
  const found = RED.nodes.getNode(platform) as PlatformNode | null
  if (found?.link === undefined) {
    node.status({ fill: 'red', shape: 'ring', text: 'fanari-platform?' })
    return null
  }
  return found.link
}

/** Shows on a node whether the broker is connected. */
export const showConnection = (node: nodeRed.Node, link: Link): (() => void) =>
  link.watch((connected) =>
    node.status(
      connected
        ? { fill: 'green', shape: 'dot', text: 'node-red:common.status.connected' }
        : { fill: 'red', shape: 'ring', text: 'node-red:common.status.disconnected' },
    ),
  )

/** What is wrong, in words. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
