/** What one connection, and all of them together, may ask of the broker. */
export interface BrokerLimits {
  /** The largest first packet [bytes]: what an unauthenticated peer can make the broker hold. */
  maxConnectBytes: number
  /** The largest packet after CONNECT [bytes]. */
  maxPacketBytes: number
  /** Publishes of one connection that wait for the intake; above it the socket is not read. */
  maxInflightPerClient: number
  /** Packets a second of one connection, and how many may come at once; above it the socket is not read for a while. */
  packetsPerSecond: number
  packetBurst: number
  /** Bytes a second of one connection, and how many may come at once [bytes]. */
  bytesPerSecond: number
  byteBurst: number
  /** New connections a second, and how many at once; the rest wait, unread, for their turn. */
  connectionsPerSecond: number
  connectionBurst: number
  maxConnections: number
  /** How long a socket may stay without a complete TLS handshake, HTTP upgrade or CONNECT [s], each. */
  connectTimeoutS: number
  /** The longest keepalive granted [s]; 0 ("none") and longer ones are cut to it. */
  maxKeepaliveS: number
  /** The longest topic taken as one [UTF-16 units]; longer ones are cut and quarantined. */
  maxTopicLength: number
  /** What may wait in the send buffer of one slow subscriber before it is disconnected [bytes]. */
  maxSubscriberBacklogBytes: number
  /** Messages kept for one absent session; later ones are dropped. */
  maxQueuedPerSession: number
  /** How long after a start the devices of the previous process may take to return before their wills are published [s]. */
  orphanedWillDelayS: number
}

/**
 * The defaults and where they come from.
 * - 4 KiB CONNECT: user name, password (a JWT at most), ids and a will of some 100 bytes; Aedes 1.2 alone accepts 256 MiB here.
 * - 256 KiB packet: 500 readings, the most one publish may carry, of 512 bytes each.
 * - 1 000 in flight: the receive window Aedes itself grants to QoS 2, and Mosquitto's order of magnitude (`max_queued_messages`).
 * - Rates: a concentrator that flushes a backlog for some thousand lights stays below them; a runaway loop does not.
 * - 1 000 connections/s: a TLS handshake costs some milliseconds of CPU; Azure IoT Hub grants 100/s to an S1 unit.
 * - 10 s for CONNECT against slow-loris sockets (Aedes: 30 s). 1 h keepalive: a dead peer is gone after 1.5 × that [MQTT-3.1.2-24].
 */
export const defaultLimits: BrokerLimits = {
  maxConnectBytes: 4_096,
  maxPacketBytes: 262_144,
  maxInflightPerClient: 1_000,
  packetsPerSecond: 5_000,
  packetBurst: 20_000,
  bytesPerSecond: 4_194_304,
  byteBurst: 16_777_216,
  connectionsPerSecond: 1_000,
  connectionBurst: 2_000,
  maxConnections: 50_000,
  connectTimeoutS: 10,
  maxKeepaliveS: 3_600,
  maxTopicLength: 512,
  maxSubscriberBacklogBytes: 8_388_608,
  maxQueuedPerSession: 10_000,
  orphanedWillDelayS: 15,
}
