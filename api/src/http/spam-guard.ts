import { z } from 'zod'
import type { Moderation } from '../moderation/moderation.ts'
import type { HttpApp } from './app.ts'

/** Where citizens' reports come in. */
const intakeUrl = '/api/v1/municipalities/:municipality/reports'

/**
 * What a form may send beside the report, and is not kept: `website` is a field that people do not see and machines fill in,
 * `filledInMs` how long the form was open.
 */
const formSchema = z
  .object({ website: z.string().catch('').default(''), filledInMs: z.number().nullable().catch(null).default(null) })
  .catch({ website: '', filledInMs: null })
const takenSchema = z.object({ id: z.string() })

/** Has every report that is taken without a sign-in looked at. The answer is the same either way: a machine learns nothing. */
export const guardAgainstSpam = (app: HttpApp, moderation: Moderation): void => {
  const forms = new WeakMap<object, z.infer<typeof formSchema>>()
  const isIntake = (request: { method: string; routeOptions: { url?: string | undefined }; principal: unknown }) =>
    request.method === 'POST' && request.routeOptions.url === intakeUrl && request.principal === null
  // Before the body is checked, which drops what is no part of a report.
  app.addHook('preValidation', async (request) => {
    if (isIntake(request)) forms.set(request, formSchema.parse(request.body ?? {}))
  })
  app.addHook('preSerialization', async (request, reply, payload) => {
    const form = forms.get(request)
    const taken = takenSchema.safeParse(payload)
    if (form !== undefined && reply.statusCode === 201 && taken.success) {
      const { municipality } = request.params as { municipality: string }
      moderation.examine(municipality, taken.data.id, { trap: form.website, filledInMs: form.filledInMs })
    }
    return payload
  })
}
