/** The media types of NGSI-LD, in the order in which they are preferred (ETSI GS CIM 009, 6.3.4). */
export const mediaTypes = ['application/json', 'application/ld+json', 'application/geo+json'] as const
export type MediaType = (typeof mediaTypes)[number]

interface Range {
  type: string
  weight: number
}

/** What an `Accept` header allows and wants most; `null`: nothing that is offered. Without one, JSON. */
export const negotiate = (accept: string | undefined, offered: readonly MediaType[] = mediaTypes): MediaType | null => {
  const ranges = rangesOf(accept ?? '*/*')
  let best: { type: MediaType; weight: number } | null = null
  for (const type of offered) {
    const weight = weightOf(type, ranges)
    if (weight > (best?.weight ?? 0)) best = { type, weight }
  }
  return best?.type ?? null
}

const rangesOf = (accept: string): Range[] =>
  accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const weight = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1)
    return { type, weight: Number.isNaN(weight) ? 0 : weight }
  })

/** The most specific range decides (RFC 9110, 12.5.1). */
const weightOf = (type: MediaType, ranges: readonly Range[]): number => {
  for (const fitting of [type, 'application/*', '*/*']) {
    const range = ranges.find((one) => one.type === fitting)
    if (range !== undefined) return range.weight
  }
  return 0
}
