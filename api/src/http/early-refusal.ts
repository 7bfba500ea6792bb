import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/** So much of a refused request is read and thrown away: twice the largest body any route takes [bytes]. */
const discardedBytesAtMost = 64 * 1024 * 1024
/** And for so long [ms]. */
export const lingerMs = 30_000

/** Whether some of the request's body may still be on its way. */
export const isBodyDue = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)

/**
 * An answer that is whole at once, by its `content-length`, but ends only when the rest of the request has come. Were the connection
 * closed while the client still sends, TCP would reset it, and the client would lose the answer it has not read yet (RFC 9112
 * section 9.6). A client that sends on beyond the bounds above is cut off all the same.
 */
export const answerThenDiscard = (answer: string, request: IncomingMessage): Readable =>
  Readable.from(
    (async function* () {
      yield answer
      await discard(request)
    })(),
    { objectMode: false },
  )

const discard = (request: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    let discardedBytes = 0
    const finish = (): void => {
      clearTimeout(timer)
      request.off('data', count).off('end', finish).off('close', finish)
      resolve()
    }
    const count = (chunk: Buffer): void => {
      discardedBytes += chunk.length
      if (discardedBytes > discardedBytesAtMost) finish()
    }
    const timer = setTimeout(finish, lingerMs)
    if (request.readableEnded || request.destroyed) finish()
    else request.on('data', count).on('end', finish).on('close', finish)
  })
