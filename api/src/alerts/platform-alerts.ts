import type { Clock, Instant, Log, MetricsSource } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'

/** An alert about the platform itself, as whoever watches it tells it. */
export interface PlatformAlert {
  /** Of its labels: the same alert, told again, has the same. */
  fingerprint: string
  name: string
  severity: string
  status: 'firing' | 'resolved'
  summary: string
  startedAt: Instant
  endedAt: Instant | null
}

export interface PlatformAlerts {
  /** Keeps what is told. Only a change goes to the log and to the trail: an alert that goes on is told again every few hours. */
  take(alerts: readonly PlatformAlert[], by: string): { changed: number }
  /** Those that fire first, then the newest. */
  list(limit: number): PlatformAlert[]
  metrics: MetricsSource
}

/** Alerts on the platform's health, which Grafana sends: kept, so that they outlive a restart of either. */
export const createPlatformAlerts = (options: { database: Database; clock: Clock; log: Log }): PlatformAlerts => {
  const { database, clock, log } = options
  let changes = 0

  const takeOne = (alert: PlatformAlert, by: string): boolean => {
    const { fingerprint, name, severity, status, summary, startedAt, endedAt } = alert
    const known = database.get<{ status: string; started_at: number }>(
      'SELECT status, started_at FROM platform_alerts WHERE fingerprint = ?',
      fingerprint,
    )
    if (known?.status === status && known.started_at === startedAt) return false
    database.run(
      `INSERT INTO platform_alerts (fingerprint, name, severity, status, summary, started_at, ended_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name, severity = excluded.severity, status = excluded.status,
         summary = excluded.summary, started_at = excluded.started_at, ended_at = excluded.ended_at`,
      fingerprint,
      name,
      severity,
      status,
      summary,
      startedAt,
      endedAt,
    )
    const subject = `platform-alert/${name}`
    writeAudit(database, { municipality: null, at: clock.now(), by, subject, event: status, note: summary })
    return true
  }

  return {
    take: (alerts, by) => {
      const changed = database.transaction(() => alerts.filter((alert) => takeOne(alert, by)))
      changes += changed.length
      for (const { name, severity, status, summary } of changed)
        log(status === 'firing' ? 'warn' : 'info', 'platform.alert', { name, severity, status, summary })
      return { changed: changed.length }
    },
    list: (limit) =>
      database
        .all<{
          fingerprint: string
          name: string
          severity: string
          status: 'firing' | 'resolved'
          summary: string
          started_at: number
          ended_at: number | null
        }>(
          `SELECT fingerprint, name, severity, status, summary, started_at, ended_at FROM platform_alerts
           ORDER BY status = 'firing' DESC, started_at DESC, fingerprint LIMIT ?`,
          limit,
        )
        .map(({ started_at: startedAt, ended_at: endedAt, ...alert }) => ({ ...alert, startedAt, endedAt })),
    metrics: () => [
      {
        name: 'fanari_platform_alerts_firing',
        help: 'Alerts on the platform itself that fire now, as Grafana told them',
        type: 'gauge',
        values: [
          {
            value:
              database.get<{ count: number }>("SELECT count(*) AS count FROM platform_alerts WHERE status = 'firing'")
                ?.count ?? 0,
          },
        ],
      },
      {
        name: 'fanari_platform_alert_changes_total',
        help: 'Alerts on the platform itself that began or ended',
        type: 'counter',
        values: [{ value: changes }],
      },
    ],
  }
}
