/*
 * What a point is filed under must not change once it is written: another tag is another series, and the old point stays beside the new
 * one. A ticket that goes to another service would be opened twice.
 */

export type Tags = Readonly<Record<string, string | undefined>>

/** The tags of the points of one document, each as it was when the point was first made. */
export interface FiledUnder {
  /** Points made so far. */
  points: number
  /** From which point on, counted from 0, tags hold; in order, the first from 0. */
  spans: { from: number; tags: Tags }[]
}

const sameTags = (one: Tags, other: Tags): boolean =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => one[name] === other[name])

/** With a new version of the document that has `points` points: the new ones are filed under its present tags, the old ones stay. */
export const fileUnder = (known: FiledUnder | null, points: number, tags: Tags): FiledUnder => {
  if (known === null) return { points, spans: [{ from: 0, tags }] }
  if (points <= known.points) return known
  const last = known.spans.at(-1)
  if (last !== undefined && sameTags(last.tags, tags)) return { points, spans: known.spans }
  return { points, spans: [...known.spans, { from: known.points, tags }] }
}

export const tagsOfPoint = ({ spans }: FiledUnder, point: number): Tags =>
  spans.findLast(({ from }) => from <= point)?.tags ?? {}
