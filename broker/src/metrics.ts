import type { Metric } from '@fanari/contracts'
import type { Traffic } from './guard.ts'
import type { Refusals } from './refusals.ts'

export const brokerMetrics = (connections: number, traffic: Traffic, refusals: Refusals): Metric[] => [
  {
    name: 'fanari_mqtt_connections',
    help: 'Open MQTT sockets, those that wait for admission or CONNECT included',
    type: 'gauge',
    values: [{ value: connections }],
  },
  {
    name: 'fanari_mqtt_received_packets_total',
    help: 'MQTT packets received',
    type: 'counter',
    values: [{ value: traffic.packets }],
  },
  {
    name: 'fanari_mqtt_received_bytes_total',
    help: 'Bytes of MQTT received',
    type: 'counter',
    values: [{ value: traffic.bytes }],
  },
  {
    name: 'fanari_mqtt_socket_pauses_total',
    help: 'Times a socket was left unread: too many publishes in flight, or over its rate',
    type: 'counter',
    values: Object.entries(traffic.pauses).map(([reason, value]) => ({ labels: { reason }, value })),
  },
  {
    name: 'fanari_mqtt_refused_total',
    help: 'Connections, packets, publishes and subscriptions refused, by reason',
    type: 'counter',
    values: [...refusals.counts()].map(([reason, value]) => ({ labels: { reason }, value })),
  },
]
