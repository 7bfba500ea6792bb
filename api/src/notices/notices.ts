import type { Clock, Log, Metric, NoticeChannelName, NoticeLanguage, Ticket } from '@fanari/contracts'
import type { Users } from '../access/users.ts'
import type { ReportStore } from '../reports/report-store.ts'
import type { Database } from '../store/database.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import type { Teams } from '../work/teams.ts'
import type { WorkStore } from '../work/work-store.ts'
import { createAddressBook } from './address-book.ts'
import type { NoticeChannel } from './channel.ts'
import { createDelivery } from './delivery.ts'
import { createFollower } from './follower.ts'
import type { Links } from './links.ts'
import type { NoticeSettingsStore } from './notice-settings.ts'
import type { NoticeStore } from './notice-store.ts'
import type { NoticeMunicipality } from './notice-words.ts'
import type { Subscriptions } from './subscriptions.ts'
import { createAreaTeller } from './tell-areas.ts'
import { createReporterTeller } from './tell-reporters.ts'
import { createStaffTeller } from './tell-staff.ts'

/** Wall time between two looks at what has happened and what is due [ms]. */
const periodMs = 1_000

/**
 * Messages to citizens and staff: told from the log of events into an outbox, sent from there. What is to be sent is stored exactly
 * once; what is sent is written down after it, so that a crash in between sends one message a way twice, under the same name.
 */
export interface Notices {
  start(): void
  /** One look now: what has happened is told, and what is due is sent. */
  look(): Promise<void>
  /** Ends after the message that is under way. */
  stop(): Promise<void>
  /** Gives a message that was given up its tries anew; `false`: there is no such one. */
  retry(municipality: string, id: number): boolean
  metrics(): Metric[]
}

export const createNotices = (options: {
  database: Database
  store: NoticeStore
  tickets: TicketStore
  reports: ReportStore
  orders: WorkStore
  users: Users
  teams: Teams
  settings: NoticeSettingsStore
  subscriptions: Subscriptions
  links: Links
  channels: readonly NoticeChannel[]
  municipality: (id: string) => NoticeMunicipality
  communityName: (municipality: string, community: string) => string | null
  placeOf: (ticket: Ticket, language: NoticeLanguage) => string
  dutyNumberOf: (municipality: string) => string
  clock: Clock
  wallNow: () => number
  log: Log
}): Notices => {
  const { database, store, channels, log } = options
  const names: ReadonlySet<NoticeChannelName> = new Set(channels.map(({ name }) => name))
  const everyTeller = [
    createReporterTeller({ ...options, channels: names }),
    createStaffTeller({ ...options, channels: names }),
    ...(names.has('email') ? [createAreaTeller(options)] : []),
  ]
  // Without a way to reach anybody the log is passed by.
  const follower = createFollower(database, names.size === 0 ? [] : everyTeller)
  let isStopped = false
  const delivery = createDelivery({
    ...options,
    addresses: createAddressBook(options),
    goesOn: () => !isStopped,
  })

  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()

  const lookNow = async (): Promise<void> => {
    await follower.follow()
    await delivery.run()
  }
  /** One look after the other. */
  const look = (): Promise<void> => {
    const next = running.then(lookNow)
    running = next.catch((error: unknown) => log('error', 'notices.failed', { error: String(error) }))
    return next
  }

  const again = () => {
    timer = setTimeout(() => {
      look()
        .catch(() => {})
        .finally(() => {
          if (timer !== null) again()
        })
    }, periodMs).unref()
  }

  return {
    start: () => {
      isStopped = false
      if (timer === null) again()
    },
    look,
    stop: async () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      isStopped = true
      await running
      for (const channel of channels) channel.close()
    },
    retry: (municipality, id) => store.retry(municipality, id, options.wallNow()),
    metrics: () => [
      {
        name: 'fanari_notices_total',
        help: 'Tries to send messages since the start, by way and by what became of them',
        type: 'counter',
        values: delivery.counts().map(({ channel, outcome, n }) => ({ labels: { channel, outcome }, value: n })),
      },
      ...(['pending', 'failed'] as const).map(
        (state): Metric => ({
          name: `fanari_notices_${state}`,
          help: state === 'pending' ? 'Messages that wait to be sent' : 'Messages given up, to be looked at',
          type: 'gauge',
          values: [...names].map((channel) => ({
            labels: { channel },
            value: store.counts(state).find((row) => row.channel === channel)?.n ?? 0,
          })),
        }),
      ),
    ],
  }
}
