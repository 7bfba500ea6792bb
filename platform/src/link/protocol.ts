/*
 * Between the processes of one platform, over HTTP on an inner address:
 *
 *   POST /link/calls/{port}.{call}    a JSON array of arguments; answers {"value":…}, or {"error":{"code"?,"message"}} with status 503
 *   GET  /link/streams/{name}         one JSON text a line, without end; an empty line says that the sender lives
 *
 * Every request carries the shared secret and the version of this protocol. Beside it, for orchestrators and without a secret:
 * /healthz, /readyz and /metrics.
 */

/** Raised with every change of what crosses the link: processes of different releases refuse each other. */
export const linkVersion = '1'
export const versionHeader = 'x-fanari-link'

/** An empty line so often [ms]. */
export const streamBeatMs = 2_000
/** A stream that is silent for longer is dead, whatever TCP says [ms]. */
export const streamSilenceMs = 10_000

/** One call of a port. Arguments come from a process that has shown the secret, of the same release. */
export type Call = (...args: unknown[]) => Promise<unknown>
/** Begins to send; returns the function that ends it. */
export type Stream = (send: (message: unknown) => void) => () => void

export interface LinkError {
  /** A problem code of contracts, when the call was refused by one. */
  code?: string
  message: string
}
