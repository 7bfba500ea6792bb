import { isId, ProblemError, ticketStatuses } from '@fanari/contracts'
import { z } from 'zod'

/** The most items of one answer, and what is given when nothing is asked. */
const listLimit = { most: 10_000, usual: 1_000 }

/** A whole number in a query, within bounds. */
export const limitSchema = (most: number, usual = listLimit.usual) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= most, `must be from 1 to ${most}`)
    .default(usual)
    .describe(`The most items to answer, 1 to ${most}`)

const cursorSchema = z.string().max(512).optional().describe('The `next` of the page before')

export const pageQuery = { limit: limitSchema(listLimit.most), cursor: cursorSchema }

/** A time in a query: ISO 8601 with a zone, or milliseconds since 1970 UTC. */
export const instantQuery = z
  .string()
  .max(64)
  .transform((text, context) => {
    if (/^-?\d{1,16}$/.test(text)) return Number(text)
    // A `+` that was not percent-encoded arrives as a space: `2026-01-01T00:00:00+02:00`.
    const iso = z.iso.datetime({ offset: true }).safeParse(text.replace(' ', '+'))
    if (iso.success) return Date.parse(iso.data)
    context.addIssue('must be ISO 8601 with a zone, or integer milliseconds since 1970')
    return z.NEVER
  })
  .describe('ISO 8601 with a zone, or milliseconds since 1970 UTC')

/** A page of a list. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().describe('The `cursor` of the next page; null at the end'),
  })

/** Where a list goes on, opaque to clients. */
export const encodeCursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url')

/** @throws ProblemError `invalid-request` for what is not a cursor of ours. */
export const decodeCursor = <Position>(cursor: string | undefined, schema: z.ZodType<Position>): Position | null => {
  if (cursor === undefined) return null
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw new ProblemError('invalid-request', 'The cursor is not one that was given out', [
      { path: 'query.cursor', message: 'must be the `next` of a page before' },
    ])
  }
}

/** Pages through what is in memory, in the order of its ids. */
export const pageById = <Item>(
  items: Iterable<Item>,
  idOf: (item: Item) => string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: Item[]; next: string | null } => {
  const after = decodeCursor(cursor, z.string().refine(isId))
  const rest = [...items]
    .filter((item) => after === null || idOf(item) > after)
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { items: page, next: rest.length > limit && last !== undefined ? encodeCursor(idOf(last)) : null }
}

/** One status, several (repeated or after commas), or `all`. */
export const statusQuery = z
  .union([z.string().max(200), z.array(z.string().max(200)).max(ticketStatuses.length)])
  .default('all')
  .transform((given) => [given].flat().flatMap((text) => text.split(',')))
  .transform((names) => (names.includes('all') ? [...ticketStatuses] : names))
  .pipe(z.array(z.enum(ticketStatuses)))
  .describe(`${ticketStatuses.join(', ')} (several after commas) or all`)
