import { citizenLine } from './migrations/citizen-line.ts'
import { followersAndSearch } from './migrations/followers-and-search.ts'
import { messagesAndCalls } from './migrations/messages-and-calls.ts'
import { release01 } from './migrations/release-0.1.ts'

/**
 * Schema changes in order; a released one is never edited, and a new one goes to the end. Times are milliseconds since 1970 UTC,
 * documents JSON.
 */
export const migrations: readonly string[] = [...release01, ...citizenLine, ...followersAndSearch, ...messagesAndCalls]
