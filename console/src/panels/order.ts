import type { Listed } from '../live/state.ts'

/** The newest first. What has ended keeps its place, so that whoever watched it open sees it close. */
export const newestFirst =
  <Document>(isoTimeOf: (document: Document) => string) =>
  (a: Listed<Document>, b: Listed<Document>): number =>
    Date.parse(isoTimeOf(b.document)) - Date.parse(isoTimeOf(a.document))
