import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Principal, Role } from '../access/tokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; without it the route is open to all. */
    roles?: readonly Role[]
  }
  interface FastifyRequest {
    principal: Principal | null
  }
}

/** Fastify, with schemas in zod. */
export type HttpApp = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>
