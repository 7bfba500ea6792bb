import { minuteMs, ProblemError } from '@fanari/contracts'
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import type { Permission } from '../access/permissions.ts'
import type { HttpApp } from './app.ts'

/** Requests a minute of wall time; `null`: as many as come. */
export interface FloodLimits {
  /** What citizens send, from one address. Behind one address may sit a village. */
  intakePerAddress: number | null
  /** What citizens send, from all addresses. */
  intakeInAll: number | null
}

/** Tries to sign in a minute, from one address and from all. The door itself counts the wrong ones. */
const signIns = { perAddress: 60, inAll: 600 }
/** Look-ups by a code that could be guessed. */
const lookUps = { perAddress: 60, inAll: 3_000 }

type FloodClass = 'intake' | 'signIn' | 'lookUp'

const classOf = (permission: Permission | undefined): FloodClass | null => {
  switch (permission) {
    case 'public.write':
      return 'intake'
    case 'signIn.use':
      return 'signIn'
    case 'public.lookUp':
      return 'lookUp'
    default:
      return null
  }
}

/**
 * Slows down who sends too much where no sign-in is needed. IPv6 addresses count by their /64. Who is signed in is known, and is not
 * counted. @throws ProblemError `too-many-requests`, with `Retry-After`
 */
export const guardAgainstFloods = async (app: HttpApp, limits: FloodLimits): Promise<void> => {
  await app.register(rateLimit, { global: false })
  const limiters = (perAddress: number | null, inAll: number | null) => [
    ...(perAddress === null ? [] : [app.createRateLimit({ max: perAddress, timeWindow: minuteMs })]),
    ...(inAll === null
      ? []
      : [app.createRateLimit({ max: inAll, timeWindow: minuteMs, keyGenerator: () => 'everybody' })]),
  ]
  const byClass: Record<FloodClass, ReturnType<typeof limiters>> = {
    intake: limiters(limits.intakePerAddress, limits.intakeInAll),
    signIn: limiters(signIns.perAddress, signIns.inAll),
    lookUp: limiters(lookUps.perAddress, lookUps.inAll),
  }

  app.addHook('onRequest', async (request: FastifyRequest) => {
    const floodClass = classOf(request.routeOptions.config.permission)
    if (floodClass === null || request.principal !== null) return
    for (const limiter of byClass[floodClass]) {
      const count = await limiter(request)
      if (count.isAllowed || !count.isExceeded) continue
      const detail = `Too many requests; try again in ${count.ttlInSeconds} s`
      throw new ProblemError('too-many-requests', detail, undefined, count.ttlInSeconds)
    }
  })
}
