import { isoInstantSchema, toIso } from '@fanari/contracts'
import { z } from 'zod'
import type { PlatformAlert } from '../../alerts/platform-alerts.ts'
import type { HttpApp } from '../app.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'

const words = z.record(z.string().max(200), z.string().max(4_000))
const statusSchema = z.enum(['firing', 'resolved'])

/** What Grafana's webhook contact point sends, as far as it is of use here; the rest is passed over. */
const notificationSchema = z.object({
  alerts: z
    .array(
      z.object({
        status: statusSchema,
        fingerprint: z.string().min(1).max(128),
        labels: words,
        annotations: words.default({}),
        startsAt: z.iso.datetime({ offset: true }),
        endsAt: z.iso.datetime({ offset: true }).optional().describe('Of the year 1 while the alert fires'),
      }),
    )
    .max(1_000),
})

const alertSchema = z.object({
  name: z.string(),
  severity: z.string(),
  status: statusSchema,
  summary: z.string(),
  startedAt: isoInstantSchema,
  endedAt: isoInstantSchema.optional(),
})

const toAlert = ({
  status,
  fingerprint,
  labels,
  annotations,
  startsAt,
  endsAt,
}: z.infer<typeof notificationSchema>['alerts'][number]): PlatformAlert => ({
  fingerprint,
  name: labels.alertname ?? fingerprint,
  severity: labels.severity ?? 'warning',
  status,
  summary: annotations.summary ?? '',
  startedAt: Date.parse(startsAt),
  endedAt: status === 'firing' || endsAt === undefined ? null : Date.parse(endsAt),
})

/** A group of a hundred alerts with their values and links [bytes]. */
const notificationLimit = 1024 * 1024

/** Alerts on the platform's own health. That a light is dark is an incident, and comes from the detector. */
export const addPlatformAlertRoutes = (app: HttpApp, { platformAlerts }: HttpServices): void => {
  app.post(
    '/api/v1/hooks/grafana',
    {
      bodyLimit: notificationLimit,
      config: { permission: 'platformAlert.report' },
      schema: {
        summary: "Take an alert on the platform's health from Grafana (webhook contact point)",
        tags: ['platform'],
        security: [{ token: [] }],
        body: notificationSchema,
        response: answers(
          { 200: z.object({ changed: z.int().describe('Alerts that began or ended; the others were known') }) },
          'unauthenticated',
          'forbidden',
        ),
      },
    },
    (request) => platformAlerts.take(request.body.alerts.map(toAlert), signedIn(request).name),
  )

  app.get(
    '/api/v1/platform-alerts',
    {
      config: { permission: 'platformAlert.read' },
      schema: {
        summary: "Alerts on the platform's health: those that fire first, then the newest",
        tags: ['platform'],
        security: [{ token: [] }],
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
        response: answers({ 200: z.object({ items: z.array(alertSchema) }) }, 'unauthenticated', 'forbidden'),
      },
    },
    ({ query: { limit } }) => ({
      items: platformAlerts.list(limit).map(({ fingerprint: _labels, startedAt, endedAt, ...alert }) => ({
        ...alert,
        startedAt: toIso(startedAt),
        ...(endedAt === null ? {} : { endedAt: toIso(endedAt) }),
      })),
    }),
  )
}
