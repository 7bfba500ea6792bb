/** Sets of tags that several measurements share. Each value is an id of the register, so their number is bounded. */
export const tags = {
  light: ['municipality', 'community', 'cabinet', 'circuit', 'phase', 'luminaire', 'supply'],
  community: ['municipality', 'community'],
} as const

/** Written where a tag has no value: the set of tags of a measurement is always whole. */
export const noTag = 'none'
