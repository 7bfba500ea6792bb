import { ProblemError } from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { answers, mediaAnswer } from '../problems.ts'
import { prometheusType, toPrometheus } from '../prometheus.ts'
import type { HttpServices } from '../services.ts'

const readySchema = z.object({ status: z.literal('ready'), services: z.array(z.string()) })

/** For orchestrators and monitoring. */
export const addHealthRoutes = (app: HttpApp, { readiness, metrics }: HttpServices): void => {
  app.get(
    '/healthz',
    {
      config: { permission: 'probe.read' },
      schema: {
        summary: 'Whether the process lives',
        tags: ['platform'],
        response: answers({ 200: z.object({ status: z.literal('ok') }) }),
      },
    },
    () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      config: { permission: 'probe.read' },
      schema: {
        summary: 'Whether the platform can take telemetry',
        tags: ['platform'],
        response: answers({ 200: readySchema }, 'not-ready'),
      },
    },
    () => {
      const services = readiness()
      const waiting = services.filter(({ ready }) => !ready)
      if (waiting.length > 0) throw new ProblemError('not-ready', waiting.map(({ detail }) => detail).join('; '))
      return { status: 'ready' as const, services: services.map(({ detail }) => detail) }
    },
  )

  app.get(
    '/metrics',
    {
      config: { permission: 'probe.read' },
      schema: {
        summary: 'Counters and gauges in the Prometheus text format',
        tags: ['platform'],
        response: answers({ 200: mediaAnswer('Metrics', 'text/plain', z.string()) }),
      },
    },
    (_request, reply) => {
      reply.type(prometheusType).send(toPrometheus(metrics()))
    },
  )
}
