import { type Attachment, attachmentSchema, idSchema, ProblemError } from '@fanari/contracts'
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { largestPhotoBytes } from '../../photos/clean-photo.ts'
import type { PhotoSubject } from '../../photos/photos.ts'
import type { HttpApp } from '../app.ts'
import { answers, mediaAnswer } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { may, signedIn } from '../sign-in.ts'
import { municipalityParams, writeProblems } from './register-routes.ts'

/** Files of one request. */
const mostFiles = 3

const params = municipalityParams.extend({ id: idSchema })
const photosSchema = z.object({ items: z.array(attachmentSchema) })
const uploadProblems = ['not-found', 'conflict', 'too-many-requests', ...writeProblems] as const

/** Photos of reports and work orders. In a scope of their own: nothing else takes a multipart body. */
export const addPhotoRoutes = (app: HttpApp, { photos }: HttpServices): void => {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    await scope.register(multipart, {
      limits: {
        fileSize: largestPhotoBytes,
        files: mostFiles,
        fields: 5,
        fieldSize: 1_000,
        parts: mostFiles + 5,
        headerPairs: 20,
      },
    })
    addUploads(scope as unknown as HttpApp, photos)
  })
  addViews(app, photos)
}

type Photos = HttpServices['photos']

const filesOf = async (request: FastifyRequest): Promise<Buffer[]> => {
  const files: Buffer[] = []
  try {
    for await (const file of request.files()) files.push(await file.toBuffer())
  } catch (error) {
    // What is over a limit has a status of its own; the rest is a body that is no form.
    if ((error as { statusCode?: number }).statusCode !== undefined) throw error
    throw new ProblemError('invalid-request', `The form cannot be read: ${(error as Error).message}`)
  }
  if (files.length === 0) throw new ProblemError('invalid-request', 'No file was sent')
  return files
}

const addUploads = (app: HttpApp, photos: Photos): void => {
  app.post(
    '/api/v1/municipalities/:municipality/reports/:id/photos',
    {
      config: { permission: 'public.write' },
      schema: {
        summary: 'Add photos to a report',
        description:
          '`multipart/form-data`, up to 3 JPEG, PNG, WebP or AVIF files of 10 MiB. Needs the `answerToken` of the report in ' +
          '`x-answer-token`, or a sign-in. They are encoded anew, without place, time and owner, and shown to nobody else before staff lets them.',
        tags: ['photos'],
        consumes: ['multipart/form-data'],
        params,
        headers: z.object({ 'x-answer-token': z.string().max(128).optional() }),
        response: answers({ 201: photosSchema }, ...uploadProblems),
      },
    },
    async (request, reply) => {
      const { municipality, id } = request.params
      const subject: PhotoSubject = { kind: 'report', id }
      const token = request.headers['x-answer-token']
      const isReporter = token !== undefined && photos.isReporter(municipality, id, token)
      if (!isReporter && !may(request, 'photo.add')) {
        throw new ProblemError('forbidden', 'Send the answerToken of this report as x-answer-token, or sign in')
      }
      photos.ticketOf(municipality, subject)
      const by = request.principal?.name ?? 'citizen'
      return reply.code(201).send({ items: await photos.add(municipality, subject, await filesOf(request), by) })
    },
  )

  app.post(
    '/api/v1/municipalities/:municipality/work-orders/:id/photos',
    {
      config: { permission: 'photo.add' },
      schema: {
        summary: 'Add photos to a work order',
        tags: ['photos'],
        security: [{ token: [] }],
        consumes: ['multipart/form-data'],
        params,
        response: answers({ 201: photosSchema }, ...uploadProblems),
      },
    },
    async (request, reply) => {
      const { municipality, id } = request.params
      const subject: PhotoSubject = { kind: 'workOrder', id }
      photos.ticketOf(municipality, subject)
      const by = signedIn(request).name
      return reply.code(201).send({ items: await photos.add(municipality, subject, await filesOf(request), by) })
    },
  )
}

const addViews = (app: HttpApp, photos: Photos): void => {
  /** What the asker may see. What he may not is not there for him. */
  const visible = (request: FastifyRequest, photo: Attachment | null): photo is Attachment =>
    photo !== null && (photo.public || may(request, 'photo.read'))

  app.get(
    '/api/v1/municipalities/:municipality/photos/:id',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'A photo; before staff has let it be seen, for staff alone',
        tags: ['photos'],
        params,
        response: answers({ 200: mediaAnswer('The photo', 'image/jpeg', z.string()) }, 'not-found'),
      },
    },
    async (request, reply) => {
      const { municipality, id } = request.params
      const photo = photos.get(municipality, id)
      const content = visible(request, photo) ? await photos.content(photo) : null
      if (photo === null || content === null) throw new ProblemError('not-found', `There is no photo ${id}`)
      reply.headers({
        'cache-control': photo.public ? 'public, max-age=300' : 'private, no-store',
        // Opened by itself it is a picture and nothing else.
        'content-security-policy': "default-src 'none'; sandbox",
        'content-disposition': `inline; filename="${id}.jpg"`,
      })
      reply.type(photo.mediaType).send(content)
    },
  )

  app.get(
    '/api/v1/municipalities/:municipality/tickets/:id/photos',
    {
      config: { permission: 'public.read' },
      schema: {
        summary: 'The photos of a ticket’s reports and work orders: for staff all, for others those that may be seen',
        tags: ['photos'],
        params,
        response: answers({ 200: photosSchema }, 'not-found'),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return { items: photos.ofTicket(municipality, id).filter((photo) => visible(request, photo)) }
    },
  )

  for (const [path, kind] of [
    ['reports', 'report'],
    ['work-orders', 'workOrder'],
  ] as const) {
    app.get(
      `/api/v1/municipalities/:municipality/${path}/:id/photos`,
      {
        config: { permission: 'photo.read' },
        schema: {
          summary: `The photos of a ${kind === 'report' ? 'report' : 'work order'}`,
          tags: ['photos'],
          security: [{ token: [] }],
          params,
          response: answers({ 200: photosSchema }, 'not-found', 'unauthenticated', 'forbidden'),
        },
      },
      ({ params: { municipality, id } }) => {
        photos.ticketOf(municipality, { kind, id })
        return { items: photos.ofSubject(municipality, { kind, id }) }
      },
    )
  }

  app.put(
    '/api/v1/municipalities/:municipality/photos/:id/public',
    {
      config: { permission: 'photo.moderate' },
      schema: {
        summary: 'Let everyone see a photo, or no longer',
        tags: ['photos'],
        security: [{ token: [] }],
        params,
        body: z.object({ public: z.boolean() }),
        response: answers({ 200: attachmentSchema }, 'not-found', ...writeProblems),
      },
    },
    (request) => {
      const { municipality, id } = request.params
      return photos.moderate(municipality, id, request.body.public, signedIn(request).name)
    },
  )

  app.delete(
    '/api/v1/municipalities/:municipality/photos/:id',
    {
      config: { permission: 'photo.moderate' },
      schema: {
        summary: 'Remove a photo',
        tags: ['photos'],
        security: [{ token: [] }],
        params,
        response: answers({ 204: z.undefined() }, 'not-found', ...writeProblems),
      },
    },
    async (request, reply) => {
      const { municipality, id } = request.params
      const isRemoved = await photos.remove(municipality, id, signedIn(request).name)
      if (!isRemoved) throw new ProblemError('not-found', `There is no photo ${id}`)
      return reply.code(204).send(undefined)
    },
  )
}
