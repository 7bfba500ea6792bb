import type { FieldOf, Instant, Metric } from '@fanari/contracts'
import { type Line, pointOf } from './line.ts'

/** From which metric a field of `platform_health` comes: the sum over its labels, or of one label's value. */
const healthMetrics: Readonly<
  Partial<Record<FieldOf<'platform_health'>, { metric: string; label?: readonly [name: string, value: string] }>>
> = {
  uptime_s: { metric: 'process_uptime_seconds' },
  cpu_s: { metric: 'process_cpu_seconds_total' },
  memory_bytes: { metric: 'process_resident_memory_bytes' },
  readings_total: { metric: 'fanari_intake_readings_total' },
  messages_total: { metric: 'fanari_intake_messages_total' },
  duplicates_total: { metric: 'fanari_intake_duplicates_total' },
  quarantined_total: { metric: 'fanari_intake_quarantined_total' },
  journal_head: { metric: 'fanari_journal_head' },
  journal_bytes: { metric: 'fanari_journal_bytes' },
  journal_segments: { metric: 'fanari_journal_segments' },
  disk_free_bytes: { metric: 'fanari_disk_free_bytes' },
  disk_total_bytes: { metric: 'fanari_disk_total_bytes' },
  journal_commits_total: { metric: 'fanari_journal_commits_total' },
  journal_commit_ms_total: { metric: 'fanari_journal_commit_milliseconds_total' },
  journal_commit_ms_max: { metric: 'fanari_journal_commit_milliseconds_max' },
  journal_commit_failures_total: { metric: 'fanari_journal_commit_failures_total' },
  mqtt_connections: { metric: 'fanari_mqtt_connections' },
  mqtt_packets_total: { metric: 'fanari_mqtt_received_packets_total' },
  mqtt_bytes_total: { metric: 'fanari_mqtt_received_bytes_total' },
  mqtt_refused_total: { metric: 'fanari_mqtt_refused_total' },
  mqtt_pauses_total: { metric: 'fanari_mqtt_socket_pauses_total' },
  lights_lit: { metric: 'fanari_lights', label: ['state', 'lit'] },
  lights_dark: { metric: 'fanari_lights', label: ['state', 'dark'] },
  lights_unknown: { metric: 'fanari_lights', label: ['state', 'unknown'] },
  incidents_open: { metric: 'fanari_incidents_open' },
  tickets_open: { metric: 'fanari_tickets_open' },
  announcements_pending: { metric: 'fanari_announcements_pending' },
  stream_clients: { metric: 'fanari_stream_clients' },
  influx_reachable: { metric: 'fanari_influx_reachable' },
  influx_points_total: { metric: 'fanari_influx_points_total' },
  influx_rejected_total: { metric: 'fanari_influx_refused_total' },
  influx_spooled: { metric: 'fanari_influx_spooled' },
  platform_blind: { metric: 'fanari_platform_blind' },
}

/** Where this installation's pages are, for links to them. */
export const infoLines = (info: { consoleUrl: string; version: string }, at: Instant): Line[] =>
  pointOf('platform_info', { console_url: info.consoleUrl }, { version: info.version }, at)

/** The platform's own health as points: what `/metrics` says, at wall time. */
export const healthLines = (metrics: readonly Metric[], service: string, at: Instant): Line[] => {
  const byName = new Map(metrics.map((metric) => [metric.name, metric]))
  const totalOf = (name: string, label?: readonly [string, string]): number | null => {
    const values = byName.get(name)?.values
    if (values === undefined) return null
    const matching = label === undefined ? values : values.filter(({ labels }) => labels?.[label[0]] === label[1])
    return matching.reduce((sum, { value }) => sum + value, 0)
  }
  const labelled = (name: string, label: string): ReadonlyMap<string, number> =>
    new Map(byName.get(name)?.values.map(({ labels, value }) => [labels?.[label] ?? 'none', value]))

  const fields: Partial<Record<FieldOf<'platform_health'>, number | null>> = {}
  for (const [field, { metric, label }] of Object.entries(healthMetrics))
    fields[field as FieldOf<'platform_health'>] = totalOf(metric, label)
  const failures = labelled('fanari_follower_failures_total', 'follower')
  return [
    ...pointOf('platform_health', { service }, fields, at),
    ...[...labelled('fanari_follower_lag_entries', 'follower')].flatMap(([follower, lag]) =>
      pointOf(
        'platform_follower',
        { service, follower },
        { lag_entries: lag, failures_total: failures.get(follower) ?? 0 },
        at,
      ),
    ),
    ...[...labelled('fanari_intake_quarantined_total', 'reason')].flatMap(([reason, total]) =>
      pointOf('platform_quarantine', { service, reason }, { total }, at),
    ),
  ]
}
