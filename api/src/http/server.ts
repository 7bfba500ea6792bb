import type { Log } from '@fanari/contracts'
import cookies from '@fastify/cookie'
import staticFiles from '@fastify/static'
import swagger from '@fastify/swagger'
import { fastify } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import manifest from '../../package.json' with { type: 'json' }
import type { HttpApp } from './app.ts'
import { type FloodLimits, guardAgainstFloods } from './flood-guard.ts'
import { handleErrors, handleUnknownRoutes, refuseMalformedHttp, sendError } from './problems.ts'
import { addAccessRoutes } from './routes/access-routes.ts'
import { addAccountRoutes } from './routes/account-routes.ts'
import { addCitizenEventRoutes } from './routes/citizen-event-routes.ts'
import { addContactRoutes } from './routes/contact-routes.ts'
import { addDeviceRoutes } from './routes/device-routes.ts'
import { addExplanationRoutes } from './routes/explanation-routes.ts'
import { addGatheringRoutes } from './routes/gathering-routes.ts'
import { addHealthRoutes } from './routes/health-routes.ts'
import { addIdentityRoutes } from './routes/identity-routes.ts'
import { addIncidentRoutes } from './routes/incident-routes.ts'
import { addLuminaireRoutes } from './routes/luminaire-routes.ts'
import { addMaintenanceRoutes } from './routes/maintenance-routes.ts'
import { addModerationRoutes } from './routes/moderation-routes.ts'
import { addNgsiLdRoutes } from './routes/ngsi-ld-routes.ts'
import { addNightRoutes } from './routes/night-routes.ts'
import { addNoticeLinkRoutes } from './routes/notice-link-routes.ts'
import { addNoticeRoutes } from './routes/notice-routes.ts'
import { addOpenDataRoutes } from './routes/open-data-routes.ts'
import { addOpen311Routes } from './routes/open311-routes.ts'
import { addPhotoRoutes } from './routes/photo-routes.ts'
import { addPlatformAlertRoutes } from './routes/platform-alert-routes.ts'
import { addPrivacyRoutes } from './routes/privacy-routes.ts'
import { addRegisterRoutes } from './routes/register-routes.ts'
import { addReportRoutes } from './routes/report-routes.ts'
import { addRoutingRoutes } from './routes/routing-routes.ts'
import { addSearchRoutes } from './routes/search-routes.ts'
import { addStatisticsRoutes } from './routes/statistics-routes.ts'
import { addTeamRoutes } from './routes/team-routes.ts'
import { addTelephonyRoutes } from './routes/telephony-routes.ts'
import { addTownRoutes } from './routes/town-routes.ts'
import { addUserRoutes } from './routes/user-routes.ts'
import { addWorkRoutes } from './routes/work-routes.ts'
import type { HttpServices } from './services.ts'
import { requirePermissions } from './sign-in.ts'
import { guardAgainstSpam } from './spam-guard.ts'

/** The largest body where a route does not say otherwise [bytes]. */
const bodyLimit = 64 * 1024
/** Wall time a client has to send its request [ms]. */
const requestTimeoutMs = 60_000
/** Ids are at most 64 long; what is longer shall be refused by its schema, which says so, and not by the router. */
const longestPathPart = 2_000

/** The page draws its map in a worker made from a blob, and sets styles on elements. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "worker-src 'self' blob:",
  "child-src 'self' blob:",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export interface HttpOptions {
  log: Log
  consoleFolder: string | undefined
  /** Addresses or networks of proxies whose `X-Forwarded-…` headers are believed, after commas; `loopback` is one. */
  trustProxy: string | undefined
  floodLimits: FloodLimits
}

/** The HTTP door: problem documents for every refusal, schemas checked on the way in and out, OpenAPI from the same schemas. */
export const createHttpServer = async (
  services: Omit<HttpServices, 'routes'>,
  options: HttpOptions,
): Promise<HttpApp> => {
  const { log, consoleFolder, trustProxy, floodLimits } = options
  const app: HttpApp = fastify({
    logger: false,
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength: longestPathPart },
    ...(trustProxy === undefined ? {} : { trustProxy }),
    // Live streams never end by themselves.
    forceCloseConnections: true,
    clientErrorHandler: refuseMalformedHttp,
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, log),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  handleErrors(app, log)
  app.setNotFoundHandler(notFoundHandler(handleUnknownRoutes(app), consoleFolder))
  acceptJsonAlone(app)
  await app.register(cookies)
  const routes = requirePermissions(app, services)
  await guardAgainstFloods(app, floodLimits)
  guardAgainstSpam(app, services.moderation)
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'no-referrer',
    })
  })

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Fanari',
        version: manifest.version,
        description: 'Street lighting: assets, lights, incidents and tickets. Errors are RFC 9457 problem documents.',
        license: { name: manifest.license, identifier: manifest.license },
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'fanari' },
        },
      },
    },
    transform: jsonSchemaTransform,
  })
  for (const addRoutes of [
    addHealthRoutes,
    addRegisterRoutes,
    addLuminaireRoutes,
    addMaintenanceRoutes,
    addTownRoutes,
    addPlatformAlertRoutes,
    addIncidentRoutes,
    addRoutingRoutes,
    addWorkRoutes,
    addTeamRoutes,
    addReportRoutes,
    addGatheringRoutes,
    addCitizenEventRoutes,
    addSearchRoutes,
    addOpen311Routes,
    addNgsiLdRoutes,
    addExplanationRoutes,
    addNightRoutes,
    addStatisticsRoutes,
    addOpenDataRoutes,
    addDeviceRoutes,
    addAccessRoutes,
    addAccountRoutes,
    addIdentityRoutes,
    addUserRoutes,
    addPhotoRoutes,
    addModerationRoutes,
    addContactRoutes,
    addNoticeRoutes,
    addNoticeLinkRoutes,
    addTelephonyRoutes,
    addPrivacyRoutes,
  ]) {
    addRoutes(app, { ...services, routes })
  }
  app.get('/api/v1/openapi.json', { config: { permission: 'public.read' }, schema: { hide: true } }, () =>
    app.swagger(),
  )
  if (consoleFolder !== undefined) await app.register(staticFiles, { root: consoleFolder })
  await app.ready()
  return app
}

/** JSON and GeoJSON are read as JSON; an empty body is none; anything else is refused. */
const acceptJsonAlone = (app: HttpApp) => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>(
    ['application/json', 'application/geo+json'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined)
      else parse(request, body, done)
    },
  )
}

type Handler = ReturnType<typeof handleUnknownRoutes>

/** A browser that asks for a page of the console gets the console, which reads the path itself; everyone else a problem document. */
const notFoundHandler =
  (refuse: Handler, consoleFolder: string | undefined): Handler =>
  (request, reply) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
    const isPage = !request.url.startsWith('/api/')
    if (consoleFolder !== undefined && wantsPage && isPage) return reply.sendFile('index.html')
    return refuse(request, reply)
  }
