import { type DeviceDirectory, isId, type MqttIdentity } from '@fanari/contracts'

export type SignIn =
  | { ok: true; identity: MqttIdentity }
  /** `returnCode` of the CONNACK, MQTT 3.1.1 table 3.1. */
  | { ok: false; reason: 'anonymous' | 'wrongCredentials' | 'clientIdMismatch'; returnCode: 2 | 4 | 5 }

const deviceOf = (username: string): string | null => {
  const [municipality, device, ...rest] = username.split('/')
  if (municipality === undefined || device === undefined || rest.length > 0) return null
  return isId(municipality) && isId(device) ? device : null
}

/**
 * The name a session is kept under. A session belongs to whoever presents its name: a second client of that name closes the first
 * [MQTT-3.1.4-2] and inherits its queue. So a device's is always `{municipality}/{device}`, whichever of its two allowed client ids
 * it sends (two municipalities may each have a `lamp-1`), and anyone else's carries the user name in front and so is never a
 * device's. An empty id stays empty: the broker then makes one up.
 */
export const sessionName = (username: string | undefined, clientId: string): string => {
  if (clientId === '') return ''
  if (username === undefined) return `:${clientId}`
  const device = deviceOf(username)
  return device !== null && (clientId === device || clientId === username) ? username : `${username}:${clientId}`
}

const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address)

/**
 * Decides who a client is. `session` is its `sessionName`. Without credentials a client gets in only under `deviceAuth` `open` and
 * from a loopback address; credentials that are given must be right under either.
 */
export const signIn = (
  client: { username: string | undefined; password: string; session: string; remoteAddress: string },
  deviceAuth: 'closed' | 'open',
  directory: Pick<DeviceDirectory, 'authenticate'>,
): SignIn => {
  if (client.username === undefined) {
    if (deviceAuth === 'open' && isLoopback(client.remoteAddress)) return { ok: true, identity: { kind: 'open' } }
    return { ok: false, reason: 'anonymous', returnCode: 5 }
  }
  const identity = directory.authenticate(client.username, client.password)
  if (identity === null) return { ok: false, reason: 'wrongCredentials', returnCode: 4 }
  if (identity.kind === 'device' && client.session !== `${identity.municipality}/${identity.device}`) {
    return { ok: false, reason: 'clientIdMismatch', returnCode: 2 }
  }
  return { ok: true, identity }
}
