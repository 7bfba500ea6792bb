import { type Clock, dayMs, hourMs, type Log, minuteMs, type NoticeChannelName, toIso } from '@fanari/contracts'
import type { AddressBook } from './address-book.ts'
import type { Delivery, NoticeChannel, OutgoingNotice } from './channel.ts'
import type { Links } from './links.ts'
import type { NoticeSettingsStore } from './notice-settings.ts'
import type { NoticeStore, StoredNotice } from './notice-store.ts'
import type { NoticeMunicipality } from './notice-words.ts'
import { quietUntil } from './quiet-hours.ts'
import { renderNotice } from './template.ts'

/** Wall time until a message is tried again [ms]: doubled with each try, up to the longest. */
const firstRetryMs = 30_000
const longestRetryMs = 2 * hourMs
/** Wall time until a way that is shut is tried again [ms], and the longest. */
const firstAwayMs = 5_000
const longestAwayMs = 15 * minuteMs
/** Wall time after which nobody needs to hear of it any more [ms]. */
const giveUpMs = 3 * dayMs

type Municipality = (id: string) => NoticeMunicipality

/** Sends what is due, one message at a time on each way, so that a crash between sending and writing it down repeats one a way. */
export interface DeliveryDesk {
  /** Sends all that is due. Never rejects for what the other side does. */
  run(): Promise<void>
  counts(): { channel: string; outcome: string; n: number }[]
}

export const createDelivery = (options: {
  store: NoticeStore
  channels: readonly NoticeChannel[]
  addresses: AddressBook
  settings: NoticeSettingsStore
  links: Links
  municipality: Municipality
  clock: Clock
  wallNow: () => number
  log: Log
  /** Whether another message may be begun. */
  goesOn: () => boolean
}): DeliveryDesk => {
  const { store, addresses, settings, links, clock, wallNow, log } = options
  const totals = new Map<string, number>()
  const shut = new Map<NoticeChannelName, { until: number; times: number }>()

  const outgoing = (notice: StoredNotice, address: string): OutgoingNotice => {
    const { municipality, recipient, step, language, ticket } = notice
    const report = recipient.kind === 'report' ? recipient.id : null
    const subscription = recipient.kind === 'subscription' ? recipient.id : null
    const subject = recipient.kind === 'report' || recipient.kind === 'subscription' ? recipient.kind : null
    const { name } = options.municipality(municipality)
    // A link with a token acts in the reporter's name: it goes to the reporter and nobody between.
    const isTheirs = notice.channel !== 'webhook'
    const variables = {
      ...notice.variables,
      ...(report === null || !isTheirs
        ? {}
        : {
            statusUrl: links.status(municipality, report) ?? undefined,
            answerUrl: links.answer(municipality, report) ?? undefined,
          }),
      ...(subscription === null || !isTheirs
        ? {}
        : { confirmUrl: links.confirm(municipality, subscription) ?? undefined }),
    }
    return {
      key: `notice-${notice.id}-${notice.queuedAt}`,
      municipality,
      municipalityName: name,
      step,
      language,
      address,
      thread: report ?? ticket ?? recipient.id,
      report,
      ticket,
      at: toIso(notice.at),
      message: renderNotice(settings.template(municipality, step, language), variables),
      unsubscribeUrl: subject === null ? null : links.unsubscribe(municipality, { kind: subject, id: recipient.id }),
    }
  }

  const count = (channel: string, outcome: string) => {
    const key = `${channel} ${outcome}`
    totals.set(key, (totals.get(key) ?? 0) + 1)
  }

  /** Wall time until which a message has to wait for the morning; `null`: it need not. */
  const waitsUntil = ({ channel, urgent, municipality }: StoredNotice): number | null => {
    if (channel !== 'sms' || urgent) return null
    const { quietHours } = settings.of(municipality)
    const until = quietUntil(quietHours, clock.now(), options.municipality(municipality).local)
    return until === null ? null : wallNow() + (until - clock.now()) / clock.speed
  }

  /** Whether the way is open for the next one. */
  const book = (channel: NoticeChannel, notice: StoredNotice, outcome: Delivery): boolean => {
    const { id, municipality, step } = notice
    count(channel.name, outcome.kind)
    if (outcome.kind === 'away') {
      const times = (shut.get(channel.name)?.times ?? 0) + 1
      const waitMs = Math.min(firstAwayMs * 2 ** (times - 1), longestAwayMs)
      shut.set(channel.name, { until: wallNow() + waitMs, times })
      store.postpone(id, wallNow() + waitMs, { reason: outcome.reason, isAttempt: false })
      log('warn', 'notices.channelAway', { channel: channel.name, reason: outcome.reason, retryInMs: waitMs })
      return false
    }
    shut.delete(channel.name)
    if (outcome.kind === 'sent') {
      store.settle(id, 'sent', { at: clock.now(), reason: null })
      return true
    }
    if (outcome.kind === 'refused') {
      log('warn', 'notices.refused', { channel: channel.name, municipality, step, notice: id, reason: outcome.reason })
      store.settle(id, 'failed', { at: clock.now(), reason: outcome.reason })
      return true
    }
    const usualMs = Math.min(firstRetryMs * 2 ** notice.attempts, longestRetryMs)
    const waitMs = Math.min(Math.max(outcome.afterMs ?? 0, usualMs), longestRetryMs)
    store.postpone(id, wallNow() + waitMs, { reason: outcome.reason, isAttempt: true })
    return true
  }

  const runChannel = async (channel: NoticeChannel): Promise<void> => {
    if ((shut.get(channel.name)?.until ?? 0) > wallNow()) return
    while (options.goesOn()) {
      const notice = store.due(channel.name, wallNow())
      if (notice === null) return
      if (wallNow() - notice.queuedAt > giveUpMs) {
        count(channel.name, 'expired')
        store.settle(notice.id, 'failed', { at: clock.now(), reason: 'it could not be sent in three days' })
        continue
      }
      const quiet = waitsUntil(notice)
      if (quiet !== null) {
        store.postpone(notice.id, Math.max(quiet, wallNow() + 1), { reason: null, isAttempt: false })
        continue
      }
      const found = addresses.of(notice)
      if (found === null) {
        count(channel.name, 'dropped')
        store.settle(notice.id, 'dropped', { at: clock.now(), reason: 'there was nobody to tell any more' })
        continue
      }
      if (!book(channel, notice, await channel.deliver(outgoing(notice, found)))) return
    }
  }

  return {
    run: async () => {
      await Promise.all(options.channels.map(runChannel))
    },
    counts: () =>
      [...totals].map(([key, n]) => {
        const [channel = '', outcome = ''] = key.split(' ')
        return { channel, outcome, n }
      }),
  }
}
