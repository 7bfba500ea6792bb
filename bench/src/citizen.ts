import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type CitizenDoor, openDoor } from './citizen-door.ts'
import { fillCitizenLine, unlimitedIntake, untilDone } from './citizen-fill.ts'
import { randomOf, reportOf } from './citizen-town.ts'
import { launchPlatform } from './peers.ts'
import { quantile, type Spread, showSpread, spread, table } from './statistics.ts'

const dayMs = 86_400_000
/** The history covers two years. */
const coveredDays = 730
/** What was promised [ms], and how many reports a second are taken. */
const target = { readMs: 150, intakePerSecond: 200 }

interface Latency {
  p50: Spread
  p99: Spread
}

export interface CitizenResult {
  reports: number
  rows: number
  reads: (Latency & { name: string; bytes: number })[]
  /** The same with as many reports coming in as are to be taken. */
  readsUnderIntake: Latency
  intake: Latency & { offeredPerSecond: number; takenPerSecond: Spread }
}

export interface CitizenOptions {
  reports: number
  /** Reports that the platform takes one by one; the others are copies of these with another time. */
  sample: number
  repetitions: number
  requests: number
  seconds: number
  /** Reports a second that come in, whether or not they are taken. */
  offeredPerSecond: number
  progress: (line: string) => void
}

/**
 * The citizen line with two years of reports in its database, over HTTP, as a process of its own with everything the platform is. It is
 * filled once; the reports of one repetition are there in the next.
 */
export const benchCitizen = async (options: CitizenOptions): Promise<CitizenResult> => {
  const { progress } = options
  const folder = mkdtempSync(join(tmpdir(), 'fanari-bench-citizen-'))
  try {
    const filled = await fillCitizenLine(folder, { ...options, coveredDays })
    progress('the platform reads them')
    const platform = await launchPlatform(folder, [], unlimitedIntake)
    const door = openDoor(platform.base)
    try {
      await untilDone(folder)
      return { ...filled, ...(await measure(door, options)) }
    } finally {
      door.close()
      await platform.end()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const measure = async (door: CitizenDoor, options: CitizenOptions) => {
  const { repetitions, requests, seconds, offeredPerSecond, progress } = options
  const paths = await pathsOf(door)
  const times = new Map<string, number[][]>()
  const bytes = new Map<string, number>()
  const intakes: Intake[] = []
  const random = randomOf(2)
  const categories = new Set(['pothole', 'graffiti', 'pavement-damaged'])
  let number = 1_000_000
  const nextReport = () => reportOf(number++, random, categories)
  for (const { path, name } of paths) {
    // The first answer after a start prepares statements and fills the page cache.
    bytes.set(name, JSON.stringify(await door.call('GET', path(0))).length)
    times.set(name, [])
  }
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const { name, path } of paths) {
      progress(`${repetition} of ${repetitions}: ${name}`)
      const taken: number[] = []
      for (let request = 0; request < requests; request++)
        taken.push(await timed(() => door.call('GET', path(request))))
      times.get(name)?.push(taken)
    }
    progress(`${repetition} of ${repetitions}: ${offeredPerSecond} reports a second`)
    intakes.push(await intake(door, { seconds, offeredPerSecond, nextReport, paths: paths.map(({ path }) => path) }))
  }
  return {
    reads: [...times].map(([name, runs]) => ({ name, bytes: bytes.get(name) ?? 0, ...latencyOf(runs) })),
    readsUnderIntake: latencyOf(intakes.map(({ reads }) => reads)),
    intake: {
      offeredPerSecond,
      takenPerSecond: spread(intakes.map(({ perSecond }) => perSecond)),
      ...latencyOf(intakes.map(({ latencies }) => latencies)),
    },
  }
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const latencyOf = (runs: readonly number[][]): Latency => ({
  p50: spread(runs.map((run) => quantile(run, 0.5))),
  p99: spread(runs.map((run) => quantile(run, 0.99))),
})

interface Intake {
  latencies: number[]
  reads: number[]
  perSecond: number
}

interface Offered {
  seconds: number
  offeredPerSecond: number
  nextReport: () => object
  /** What is read meanwhile. */
  paths: ((request: number) => string)[]
}

/** Reports come at their times, whether or not those before are answered; meanwhile somebody reads, one page after the other. */
const intake = async (
  door: CitizenDoor,
  { seconds, offeredPerSecond, nextReport, paths }: Offered,
): Promise<Intake> => {
  const latencies: number[] = []
  const reads: number[] = []
  const under: Promise<void>[] = []
  const startedAt = performance.now()
  let isOver = false
  const reading = (async () => {
    for (let request = 0; !isOver; request++) {
      const path = paths[request % paths.length]
      if (path !== undefined) reads.push(await timed(() => door.call('GET', path(request))))
      await delay(50)
    }
  })()
  for (let sent = 0; sent < seconds * offeredPerSecond; sent++) {
    const scheduledAt = startedAt + (sent * 1_000) / offeredPerSecond
    const early = scheduledAt - performance.now()
    if (early > 0) await delay(early)
    under.push(
      door.call('POST', 'reports', nextReport()).then(() => {
        latencies.push(performance.now() - scheduledAt)
      }),
    )
  }
  await Promise.all(under)
  const perSecond = latencies.length / ((performance.now() - startedAt) / 1_000)
  isOver = true
  await reading
  return { latencies, reads, perSecond }
}

interface Page {
  items: { id: string; trackingCode?: string }[]
  next: string | null
}

/** What is asked; `path` varies with the request, so that no answer is the one before. */
const pathsOf = async (door: CitizenDoor): Promise<{ name: string; path: (request: number) => string }[]> => {
  const { items } = await door.call<Page>('GET', 'reports?limit=200')
  const deep = await cursorAfter(door, 'reports?limit=1000', 50)
  const date = (daysAgo: number) => new Date(Date.now() - daysAgo * dayMs).toISOString().slice(0, 10)
  const words = ['οδος 17', 'κοντα στον αριθμο', 'Odos 42', 'λάμπα', 'light-1234', 'βυσσα', '25520']
  // Another beginning each time: an answer to the same question would stand for a while and not be counted.
  const whole = (request: number) => `from=${date(coveredDays - (request % 60))}`
  const fixed = (path: string) => () => path
  return [
    { name: 'reports, newest', path: fixed('reports?limit=50') },
    { name: 'reports, far back', path: fixed(`reports?limit=50${deep === null ? '' : `&cursor=${deep}`}`) },
    { name: 'reports, open', path: fixed('reports?limit=50&status=open,assigned,waiting') },
    { name: 'reports, one category', path: fixed('reports?limit=50&category=graffiti') },
    { name: 'reports, one community', path: fixed('reports?limit=50&community=kyprinos&status=open') },
    {
      name: 'reports, a month long ago',
      path: fixed(`reports?limit=50&from=${date(600)}T00:00:00Z&until=${date(570)}T00:00:00Z`),
    },
    { name: 'one report', path: (request) => `reports/${items[request % items.length]?.id}` },
    { name: 'tickets, newest', path: fixed('tickets?limit=50') },
    { name: 'tickets, open', path: fixed('tickets?limit=50&status=open') },
    { name: 'tickets, waiting', path: fixed('tickets?limit=50&status=waiting') },
    { name: 'work orders of a crew', path: fixed('work-orders?limit=50&team=night&status=assigned') },
    { name: 'search', path: (request) => `search?q=${encodeURIComponent(words[request % words.length] ?? '')}` },
    { name: 'statistics, 30 days', path: (request) => `statistics?from=${date(30 - (request % 20))}` },
    { name: 'statistics, two years by category', path: (request) => `statistics?${whole(request)}&group=category` },
    { name: 'statistics, two years by day', path: (request) => `statistics?${whole(request)}&group=day` },
    { name: 'statistics, two years by crew', path: (request) => `statistics?${whole(request)}&group=team` },
    { name: 'heat map, two years', path: (request) => `statistics/heatmap?${whole(request)}&precision=7` },
  ]
}

const cursorAfter = async (door: CitizenDoor, path: string, pages: number): Promise<string | null> => {
  let cursor: string | null = null
  for (let page = 0; page < pages; page++) {
    const { next }: Page = await door.call<Page>('GET', cursor === null ? path : `${path}&cursor=${cursor}`)
    if (next === null) break
    cursor = next
  }
  return cursor
}

export const showCitizen = ({ reports, rows, reads, readsUnderIntake, intake: taken }: CitizenResult): string => {
  const row = (name: string, { p50, p99 }: Latency, wanted: string): string[] => [
    name,
    showSpread(p50, 1),
    showSpread(p99, 1),
    wanted,
  ]
  return [
    `${reports} reports of two years (${rows} rows of copies); medians of all repetitions (least–greatest) [ms]`,
    table(
      ['', 'p50', 'p99', 'target'],
      [
        ...reads.map((read) =>
          row(`${read.name} (${(read.bytes / 1_024).toFixed(0)} KiB)`, read, `p99 < ${target.readMs}`),
        ),
        row('any of these while reports come in', readsUnderIntake, `p99 < ${target.readMs}`),
        row(`a report, at ${taken.offeredPerSecond} a second`, taken, ''),
      ],
    ),
    `taken: ${showSpread(taken.takenPerSecond, 1)} reports a second (target ≥ ${target.intakePerSecond})`,
  ].join('\n\n')
}
