/** What a failed `safeParse` tells of each thing wrong. */
export interface SchemaIssue {
  code: string
  path: PropertyKey[]
  message: string
}

/** `field: message` of the first thing wrong, for the sender and the quarantine. */
export const describeIssue = (issues: readonly SchemaIssue[]): string => {
  const issue = issues[0]
  if (issue === undefined) return 'invalid'
  // The contract's one union of scalars is a time; "invalid input" would not tell what is wanted.
  const isTime = issue.code === 'invalid_union' && issue.path.at(-1) === 'at'
  const message = isTime ? 'must be ISO 8601 with zone, or integer milliseconds since 1970 UTC' : issue.message
  return issue.path.length === 0 ? message : `${issue.path.join('.')}: ${message}`
}
