import { type Incident, incidentSchema, type Ticket, ticketSchema } from '@fanari/contracts'
import mqtt, { type IClientOptions } from 'mqtt'

export interface Heard {
  topic: string
  /** Empty when a retained document was taken away. */
  payload: string
  retained: boolean
  /** Wall time of its arrival [ms]. */
  at: number
}

/** Somebody who follows a municipality's incidents, tickets and communities over MQTT. */
export interface Listener {
  readonly heard: readonly Heard[]
  incidents(): { document: Incident; at: number }[]
  tickets(): { document: Ticket; at: number }[]
  close(): Promise<void>
}

export const listen = async (mqttUrl: string, municipality: string, as: IClientOptions = {}): Promise<Listener> => {
  const client = await mqtt.connectAsync(mqttUrl, { reconnectPeriod: 200, ...as })
  const heard: Heard[] = []
  client.on('message', (topic, payload, { retain }) => {
    heard.push({ topic, payload: payload.toString(), retained: retain, at: Date.now() })
  })
  client.on('error', () => {})
  const root = `city/v1/${municipality}`
  await client.subscribeAsync([`${root}/incidents/+`, `${root}/tickets/+`, `${root}/communities/+/light`], { qos: 1 })
  const documents = (branch: string): { json: unknown; at: number }[] =>
    heard
      .filter(({ topic, payload }) => topic.startsWith(`${root}/${branch}/`) && payload !== '')
      .map(({ payload, at }) => ({ json: JSON.parse(payload), at }))
  return {
    heard,
    incidents: () => documents('incidents').map(({ json, at }) => ({ document: incidentSchema.parse(json), at })),
    tickets: () => documents('tickets').map(({ json, at }) => ({ document: ticketSchema.parse(json), at })),
    close: () => client.endAsync(true),
  }
}
