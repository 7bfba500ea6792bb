import { float, integer, text } from './measurement-fields.ts'

/**
 * The platform's own health, from the metrics of `GET /metrics`, at wall time and every 15 s. `service` is the process: `platform`, or
 * `broker`, `ingest`, `api` where they run apart. Counters begin anew when a process starts: read them with `non_negative_derivative`.
 */
export const platformMeasurements = {
  platform_health: {
    title: "The platform's own health",
    retention: 'raw',
    tags: ['service'],
    fields: {
      uptime_s: float('s', 'Since the process started'),
      cpu_s: float('s', 'CPU time, counter'),
      memory_bytes: integer('bytes', 'Resident memory'),
      readings_total: integer('1', 'Readings taken, without repeats; counter'),
      messages_total: integer('1', 'Messages of known devices; counter'),
      duplicates_total: integer('1', 'Readings dropped as repeats; counter'),
      quarantined_total: integer('1', 'Messages and readings set aside; counter'),
      journal_head: integer('1', 'Position of the last durable entry'),
      journal_bytes: integer('bytes', 'Size of the journal'),
      journal_segments: integer('1', 'Segment files of the journal'),
      disk_free_bytes: integer('bytes', 'Space left where the journal lies'),
      disk_total_bytes: integer('bytes', 'All space where the journal lies'),
      journal_commits_total: integer('1', 'Durable writes; counter'),
      journal_commit_ms_total: float('ms', 'Time in durable writes; counter'),
      journal_commit_ms_max: float('ms', 'Longest durable write'),
      journal_commit_failures_total: integer('1', 'Durable writes the disk refused; counter'),
      mqtt_connections: integer('1', 'Open MQTT sockets'),
      mqtt_packets_total: integer('1', 'MQTT packets received; counter'),
      mqtt_bytes_total: integer('bytes', 'Bytes of MQTT received; counter'),
      mqtt_refused_total: integer('1', 'Connections, publishes and subscriptions refused; counter'),
      mqtt_pauses_total: integer('1', 'Times a socket was left unread; counter'),
      lights_lit: integer('1', 'Lights that are lit'),
      lights_dark: integer('1', 'Lights that are dark'),
      lights_unknown: integer('1', 'Lights of which nothing is known'),
      incidents_open: integer('1', 'Open incidents'),
      tickets_open: integer('1', 'Tickets neither resolved nor closed'),
      announcements_pending: integer('1', 'Documents stored and not yet published on MQTT'),
      stream_clients: integer('1', 'Open live streams'),
      influx_reachable: integer('1', '1 while InfluxDB answers, else 0'),
      influx_points_total: integer('1', 'Points that InfluxDB has taken; counter'),
      influx_rejected_total: integer('1', 'Points that InfluxDB refused, and that were set aside; counter'),
      influx_spooled: integer('1', 'Derived points that wait for InfluxDB'),
      platform_blind: integer(
        '1',
        'Municipalities of which the platform says that it cannot hear (open `platformBlind`)',
      ),
    },
  },
  platform_info: {
    title: 'What the installation says of itself, for links back to it',
    retention: 'raw',
    tags: ['console_url'],
    fields: { version: text('Version of the platform') },
  },
  platform_follower: {
    title: 'A follower of the journal',
    retention: 'raw',
    tags: ['service', 'follower'],
    fields: {
      lag_entries: integer('1', 'Durable entries that the follower has not taken yet'),
      failures_total: integer('1', 'Calls of the follower that failed and were repeated; counter'),
    },
  },
  platform_quarantine: {
    title: 'Messages and readings set aside, by reason',
    retention: 'raw',
    tags: ['service', 'reason'],
    fields: { total: integer('1', 'Set aside since the start; counter') },
  },
} as const
