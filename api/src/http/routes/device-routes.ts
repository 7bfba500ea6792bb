import { assetKinds, idSchema, isoInstantSchema, lightStateSchema, ProblemError, reasonSchema } from '@fanari/contracts'
import { z } from 'zod'
import type { HttpApp } from '../app.ts'
import { listOf, pageById, pageQuery } from '../lists.ts'
import { answers } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { signedIn } from '../sign-in.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const deviceSchema = z.object({
  id: idSchema,
  asset: z
    .object({ kind: z.enum(assetKinds), id: idSchema })
    .nullable()
    .describe('What the device belongs to'),
  lastSeen: isoInstantSchema.nullable().describe('When it was last heard, where that is known'),
  light: z.object({ state: lightStateSchema, reason: reasonSchema }).optional().describe('Of a luminaire’s device'),
})
const credentialsSchema = z
  .object({ device: idSchema, username: z.string(), password: z.string() })
  .describe('MQTT credentials, shown this once')

/** Devices and their MQTT credentials. */
export const addDeviceRoutes = (app: HttpApp, { register, devices, lights }: HttpServices): void => {
  const describe = async (municipality: string, names: readonly string[]): Promise<z.infer<typeof deviceSchema>[]> => {
    const inventory = register.inventoryOf(municipality)
    const owners = names.map((device) => inventory?.ownerOfDevice(device)?.properties)
    const luminaires = owners.flatMap((owner) => (owner?.kind === 'luminaire' ? [owner.id] : []))
    const statuses = await lights.luminaires(municipality, luminaires)
    const statusOf = new Map(luminaires.map((id, i) => [id, statuses[i] ?? null] as const))
    return names.map((id, i) => {
      const owner = owners[i]
      if (owner === undefined) return { id, asset: null, lastSeen: null }
      const asset = { kind: owner.kind, id: owner.id }
      const status = owner.kind === 'luminaire' ? (statusOf.get(owner.id) ?? null) : null
      if (status === null) return { id, asset, lastSeen: null }
      const { state, reason, lastSeen } = status
      return { id, asset, lastSeen, light: { state, reason } }
    })
  }

  app.get(
    '/api/v1/municipalities/:municipality/devices',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'The registered devices',
        tags: ['devices'],
        params: municipalityParams,
        querystring: z.object(pageQuery),
        response: answers({ 200: listOf(deviceSchema) }, 'not-found', 'not-ready'),
      },
    },
    async ({ params: { municipality }, query }) => {
      municipalityOf(register, municipality)
      const { items, next } = pageById(devices.list(municipality), (device) => device, query)
      return { items: await describe(municipality, items), next }
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/devices',
    {
      config: { permission: 'device.manage' },
      schema: {
        summary: 'Register a device that belongs to no asset',
        description:
          'Devices of assets are registered by the import. A new municipality is created with its id as its name.',
        tags: ['devices'],
        security: [{ token: [] }],
        params: municipalityParams,
        body: z.object({ device: idSchema }),
        response: answers({ 201: credentialsSchema }, 'conflict', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { municipality } = request.params
      const credentials = register.addDevice(municipality, request.body.device, { by: signedIn(request).name })
      return reply.code(201).send(credentials)
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/devices/:device/credentials',
    {
      config: { permission: 'device.manage' },
      schema: {
        summary: 'A new password for a device; the old one ends at once',
        tags: ['devices'],
        security: [{ token: [] }],
        params: municipalityParams.extend({ device: idSchema }),
        response: answers({ 200: credentialsSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, device } = request.params
      const [credentials] = register.rotateCredentials(municipality, [device], { by: signedIn(request).name })
      if (credentials === undefined) throw new ProblemError('not-found', `There is no device ${device}`)
      return credentials
    },
  )
}
