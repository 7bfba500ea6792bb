import type { variables } from './settings.ts'

/** A node of a flow; what it holds beyond these depends on its type. */
export interface FlowNode {
  id: string
  type: string
  [property: string]: unknown
}

type Name = keyof typeof variables extends infer Key
  ? (Key extends `FANARI_AUTOMATION_${infer Rest}` ? Rest : never) | 'SMTP_AUTH' | 'SMTP_SECURE'
  : never
/** A variable of ours, as Node-RED replaces it. */
export const env = (name: Name): string => `\${FANARI_AUTOMATION_${name}}`

export const tab = (id: string, label: string, info: string): FlowNode => ({
  id,
  type: 'tab',
  label,
  info,
  disabled: false,
})

interface Placed {
  z: string
  x: number
  y: number
  /** The ids that each output leads to. */
  wires?: string[][]
}
export const node = (
  id: string,
  type: string,
  name: string,
  { z, x, y, wires = [] }: Placed,
  more: object = {},
): FlowNode => ({
  id,
  type,
  name,
  z,
  x,
  y,
  wires,
  ...more,
})

/** A mail is tried again every minute for a day: servers are away at times, and a night's fault must not be lost to that. */
const tries = 1_440
const countTries = `msg.tries = (msg.tries ?? 0) + 1
if (msg.tries > ${tries}) return null
if (msg.again !== undefined) msg.payload = msg.again
return msg`

/** Sends mails that come to `{prefix}-mail`. */
export const mailing = (prefix: string, z: string, y: number): FlowNode[] => [
  node(
    `${prefix}-mail`,
    'e-mail',
    '',
    { z, x: 690, y },
    {
      server: env('SMTP_HOST'),
      port: env('SMTP_PORT'),
      authtype: env('SMTP_AUTH'),
      saslformat: false,
      token: '',
      secure: env('SMTP_SECURE'),
      tls: true,
      dname: 'Αποστολή e-mail',
    },
  ),
  node(
    `${prefix}-mail-failed`,
    'catch',
    'Δεν στάλθηκε',
    { z, x: 130, y: y + 300, wires: [[`${prefix}-mail-count`]] },
    {
      scope: [`${prefix}-mail`],
      uncaught: false,
    },
  ),
  ...again(`${prefix}-mail`, z, y + 300),
]

const again = (target: string, z: string, y: number): FlowNode[] => [
  node(
    `${target}-count`,
    'function',
    'Μέτρημα',
    { z, x: 330, y, wires: [[`${target}-wait`]] },
    {
      func: countTries,
      outputs: 1,
      timeout: 5,
      initialize: '',
      finalize: '',
      libs: [],
    },
  ),
  node(
    `${target}-wait`,
    'delay',
    '1 λεπτό',
    { z, x: 510, y, wires: [[target]] },
    {
      pauseType: 'delay',
      timeout: '1',
      timeoutUnits: 'minutes',
    },
  ),
]

/** Posts what comes to `id`; what the other side refuses with 5xx or 429 is tried again. */
export const posting = (id: string, name: string, z: string, y: number): FlowNode[] => [
  node(
    id,
    'http request',
    name,
    { z, x: 690, y, wires: [[`${id}-refused`]] },
    { method: 'use', ret: 'txt', senderr: true },
  ),
  node(
    `${id}-refused`,
    'switch',
    'Αρνήθηκε προσωρινά;',
    { z, x: 890, y, wires: [[`${id}-count`], [`${id}-count`]] },
    {
      property: 'statusCode',
      propertyType: 'msg',
      rules: [
        { t: 'gte', v: '500', vt: 'num' },
        { t: 'eq', v: '429', vt: 'num' },
      ],
      checkall: 'false',
      outputs: 2,
    },
  ),
  node(
    `${id}-failed`,
    'catch',
    'Δεν στάλθηκε',
    { z, x: 130, y: y + 300, wires: [[`${id}-count`]] },
    {
      scope: [id],
      uncaught: false,
    },
  ),
  ...again(id, z, y + 300),
]
