import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Permission, Principal } from '../access/permissions.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What one must be allowed to do to call the route. A route without it fails the start. */
    permission?: Permission
  }
  interface FastifyRequest {
    /** Whom the request stands for; `null`: for nobody, which is a citizen. */
    principal: Principal | null
    /** The session by which it came, when it was by one. */
    session: string | null
  }
}

/** Fastify, with schemas in zod. */
export type HttpApp = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>
