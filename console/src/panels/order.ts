import type { Listed } from '../live/state.ts'

/** What is open before what has ended; the newest first in each. */
export const newestFirst =
  <Document>(isoTimeOf: (document: Document) => string) =>
  (a: Listed<Document>, b: Listed<Document>): number =>
    Number(a.endedSeenAt !== null) - Number(b.endedSeenAt !== null) ||
    Date.parse(isoTimeOf(b.document)) - Date.parse(isoTimeOf(a.document))
