import {
  faultCatalogue,
  type GroupIndices,
  hourMs,
  type Incident,
  type Indices,
  type Instant,
  minuteMs,
  type NightSums,
  type Resolution,
  type Ticket,
} from '@fanari/contracts'

/*
 * From what lights were, and what became of incidents and tickets, to indices: IEEE 1366 with a light in the customer's place, over the
 * hours in which lights are planned to be on. Formulas in docs/indices.md. Pure.
 */

/** What one group's indices are computed from. */
export interface GroupFigures {
  sums: NightSums
  /** Outages detected in the period. */
  outages: readonly Incident[]
  /** Stretches in which communities of the group were dark, and how many live there where it is known. */
  darkCommunities: readonly { from: Instant; until: Instant; residents: number | null }[]
  /** Tickets about light that was missing, opened in the period. */
  tickets: readonly Ticket[]
  resolutionOf: (incident: string) => Resolution | undefined
}

export const indicesOf = (figures: GroupFigures): GroupIndices => {
  const { sums, outages, darkCommunities, tickets, resolutionOf } = figures
  const { lights, litMs, darkMs, unknownMs, maintenanceMs, episodes } = sums
  const known = litMs + darkMs
  const darkMsOf = ({ from, until }: { from: Instant; until: Instant }): number => Math.max(0, until - from)
  return {
    id: sums.group,
    lights,
    scheduledHours: round((known + unknownMs) / hourMs),
    litHours: round(litMs / hourMs),
    darkHours: round(darkMs / hourMs),
    unknownHours: round(unknownMs / hourMs),
    maintenanceHours: round(maintenanceMs / hourMs),
    darkEpisodes: episodes,
    lightsInLightPercent: divided(100 * litMs, known),
    lightsInLightAtLeastPercent: divided(100 * litMs, known + unknownMs),
    lSaidiHours: divided(darkMs / hourMs, lights),
    lSaifi: divided(episodes, lights),
    lCaidiHours: divided(darkMs / hourMs, episodes),
    darkCommunityHours: round(total(darkCommunities, darkMsOf) / hourMs),
    darkCommunityResidentHours: round(total(darkCommunities, (it) => darkMsOf(it) * (it.residents ?? 0)) / hourMs),
    incidents: outages.length,
    meanTimeToDetectMinutes: mean(
      outages.map(({ startedAt, detectedAt }) => (Date.parse(detectedAt) - Date.parse(startedAt)) / minuteMs),
    ),
    meanTimeToAcknowledgeMinutes: mean(tickets.flatMap((ticket) => minutesUntil(ticket, acknowledgedAt(ticket)))),
    meanTimeToRepairMinutes: mean(tickets.flatMap((ticket) => minutesUntil(ticket, repairedAt(ticket, resolutionOf)))),
    foundBeforeCallPercent: divided(
      100 * tickets.filter(({ source }) => source === 'telemetry').length,
      tickets.length,
    ),
  }
}

/** How evenly communities are lit: the worst against the best. */
export const equityOf = (communities: readonly GroupIndices[]): Indices['equity'] => {
  const lit = communities.flatMap(({ id, lightsInLightPercent: percent }) =>
    percent === null ? [] : [{ id, percent }],
  )
  const dark = communities.flatMap(({ lCaidiHours }) =>
    lCaidiHours === null || lCaidiHours === 0 ? [] : [lCaidiHours],
  )
  const worst = lit.reduce<(typeof lit)[number] | null>((a, b) => (a === null || b.percent < a.percent ? b : a), null)
  const best = Math.max(...lit.map(({ percent }) => percent))
  return {
    lCaidiRatio: dark.length < 2 ? null : round(Math.max(...dark) / Math.min(...dark)),
    lightsInLightGapPercent: worst === null ? null : round(best - worst.percent),
    worstCommunity: worst?.id ?? null,
  }
}

/** An incident that leaves lights without light; a dark community is the consequence of those, and counted apart. */
export const isOutage = ({ fault }: Incident): boolean => faultCatalogue[fault].dark && fault !== 'communityDark'

/** What a ticket that is about missing light is filed under. */
export const isAboutDarkness = ({ category }: Ticket): boolean =>
  category === 'street-light-out' || category === 'street-dark'

const byTelemetry = 'telemetry'

/** The first step of a person. */
const acknowledgedAt = ({ history }: Ticket): Instant | null => {
  const first = history.find(({ by, event }) => by !== byTelemetry && event !== 'opened' && event !== 'linked')
  return first === undefined ? null : Date.parse(first.at)
}

/** Ends that are no repair. */
const notRepaired: readonly Resolution[] = ['absorbed', 'split', 'assetRemoved', 'underMaintenance', 'scheduleEnded']

/** A closed ticket was repaired when that was last declared, or else when telemetry closed it. */
const repairedAt = (
  { status, incident, history }: Ticket,
  resolutionOf: GroupFigures['resolutionOf'],
): Instant | null => {
  const resolution = incident === undefined ? undefined : resolutionOf(incident)
  if (status !== 'closed' || (resolution !== undefined && notRepaired.includes(resolution))) return null
  const end =
    history.findLast(({ event }) => event === 'resolved') ?? history.findLast(({ event }) => event === 'closed')
  return end === undefined ? null : Date.parse(end.at)
}

const minutesUntil = ({ createdAt }: Ticket, at: Instant | null): number[] =>
  at === null ? [] : [Math.max(0, at - Date.parse(createdAt)) / minuteMs]

const total = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

const mean = (values: readonly number[]): number | null =>
  divided(
    total(values, (value) => value),
    values.length,
  )

const divided = (value: number, by: number): number | null => (by === 0 ? null : round(value / by))

const round = (value: number): number => Math.round(value * 1_000) / 1_000
