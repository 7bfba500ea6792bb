import { idSchema, type MaintenanceScope, maintenanceBodySchema, ProblemError, toIso } from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const collections = { luminaire: 'luminaires', cabinet: 'cabinets', circuit: 'circuits' } as const satisfies Record<
  MaintenanceScope['kind'],
  string
>

const params = municipalityParams.extend({ id: idSchema })
const maintenanceSchema = z.object({ until: z.iso.datetime(), note: z.string().optional() })

/** Planned work: nothing that is worked on is judged a fault. */
export const addMaintenanceRoutes = (app: HttpApp, { register, clock }: HttpServices): void => {
  const scopeOf = (municipality: string, kind: MaintenanceScope['kind'], id: string): MaintenanceScope => {
    municipalityOf(register, municipality)
    const inventory = register.inventoryOf(municipality)
    const known = kind === 'circuit' ? inventory?.hasCircuit(id) : inventory?.asset(kind, id) != null
    if (known !== true) throw new ProblemError('not-found', `There is no ${kind} ${id}`)
    return { kind, id }
  }

  for (const kind of ['luminaire', 'cabinet', 'circuit'] as const) {
    const url = `/api/v1/municipalities/:municipality/${collections[kind]}/:id/maintenance`
    app.put(
      url,
      {
        config: { permission: 'maintenance.write' },
        schema: {
          summary: `Put a ${kind} under maintenance, until a time`,
          tags: ['maintenance'],
          security: [{ token: [] }],
          params,
          body: maintenanceBodySchema,
          response: answers({ 200: maintenanceSchema }, 'not-found', ...writeProblems),
        },
      },
      async (request) => {
        const { municipality, id } = request.params
        const { until, note } = request.body
        const scope = scopeOf(municipality, kind, id)
        if (until <= clock.now() || until > 8.64e15) {
          const message = `must be later than now, which is ${toIso(clock.now())}`
          throw new ProblemError('invalid-request', 'The body is not valid', [{ path: 'body.until', message }])
        }
        await register.setMaintenance(municipality, scope, { until, note }, { by: signedIn(request).name })
        return { until: toIso(until), ...(note === undefined ? {} : { note }) }
      },
    )
    app.delete(
      url,
      {
        config: { permission: 'maintenance.write' },
        schema: {
          summary: `End the maintenance of a ${kind}`,
          tags: ['maintenance'],
          security: [{ token: [] }],
          params,
          response: answers({ 204: z.undefined() }, 'not-found', ...writeProblems),
        },
      },
      async (request, reply) => {
        const { municipality, id } = request.params
        const scope = scopeOf(municipality, kind, id)
        await register.setMaintenance(municipality, scope, { until: null }, { by: signedIn(request).name })
        return reply.code(204).send(undefined)
      },
    )
  }
}
