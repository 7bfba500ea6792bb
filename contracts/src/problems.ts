import { z } from 'zod'

/**
 * Error codes of the HTTP API: stable, each with its status and whether sending the same request again can help.
 * They appear as `type` (`/problems/{code}`) of an RFC 9457 problem document.
 */
export const problemCodes = {
  'invalid-request': { status: 400, title: 'The request is not valid', retry: false },
  'invalid-json': { status: 400, title: 'The body is not valid JSON', retry: false },
  unauthenticated: { status: 401, title: 'A valid token or sign-in is needed', retry: false },
  forbidden: { status: 403, title: 'That is not allowed to who asks', retry: false },
  'not-found': { status: 404, title: 'There is nothing at this address', retry: false },
  'method-not-allowed': { status: 405, title: 'This address does not take that method', retry: false },
  conflict: { status: 409, title: 'The request contradicts what is stored', retry: false },
  'too-large': { status: 413, title: 'The body is too large', retry: false },
  'unsupported-media-type': { status: 415, title: 'This media type is not understood here', retry: false },
  'too-many-requests': { status: 429, title: 'Too many requests', retry: true },
  internal: { status: 500, title: 'The platform failed', retry: true },
  'not-ready': { status: 503, title: 'The platform cannot take this now', retry: true },
} as const
export type ProblemCode = keyof typeof problemCodes

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  retry: z.boolean(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problemSchema>

/** A refusal that the API turns into a problem document. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly errors: Problem['errors']
  /** When trying again may help [s from now]; `Retry-After` of the answer. */
  readonly retryAfterS: number | undefined
  constructor(code: ProblemCode, detail: string, errors?: Problem['errors'], retryAfterS?: number) {
    super(detail)
    this.name = 'ProblemError'
    this.code = code
    this.errors = errors
    this.retryAfterS = retryAfterS
  }
}
