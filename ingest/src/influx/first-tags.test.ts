import { describe, expect, it } from 'vitest'
import { fileUnder, tagsOfPoint } from './first-tags.ts'

const ours = { service: 'municipalLighting', luminaire: 'a' }
const theirs = { service: 'networkOperator', luminaire: 'a' }

describe('the points of a document', () => {
  const first = fileUnder(null, 2, ours)

  it('are filed under the tags it has when they are made, and stay', () => {
    const then = fileUnder(first, 3, theirs)
    expect([0, 1, 2].map((point) => tagsOfPoint(then, point))).toEqual([ours, ours, theirs])
    const back = fileUnder(then, 4, ours)
    expect([1, 2, 3].map((point) => tagsOfPoint(back, point))).toEqual([ours, theirs, ours])
  })

  it.each([
    ['other tags without a new point', fileUnder(first, 2, theirs)],
    ['an older version that comes again', fileUnder(first, 1, theirs)],
  ])('do not move for %s', (_what, filed) => {
    expect(filed).toEqual(first)
  })

  it('take no more room while the tags are the same, one left out or undefined', () => {
    expect(
      fileUnder(fileUnder(null, 1, { service: 's', luminaire: undefined }), 9, { service: 's' }).spans,
    ).toHaveLength(1)
  })
})
