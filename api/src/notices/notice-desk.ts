import { type Clock, createLocalTime, type LocalTime, type Log } from '@fanari/contracts'
import type { Users } from '../access/users.ts'
import type { Register } from '../register/register.ts'
import type { ReportStore } from '../reports/report-store.ts'
import type { CitizenLineSettingsStore } from '../reports/settings.ts'
import type { Database } from '../store/database.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import type { Teams } from '../work/teams.ts'
import type { WorkStore } from '../work/work-store.ts'
import { createLinks, type Links } from './links.ts'
import { createMailChannel, type MailOptions } from './mail-channel.ts'
import { createNoticeSettings, type NoticeSettingsStore } from './notice-settings.ts'
import { createNoticeStore, type NoticeStore } from './notice-store.ts'
import type { NoticeMunicipality } from './notice-words.ts'
import { createNotices, type Notices } from './notices.ts'
import { createPlaceWords, type PlaceWords } from './place-words.ts'
import { createSmsChannel, type SmsOptions } from './sms-channel.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'
import { createWebhookChannel, type WebhookOptions } from './webhook-channel.ts'

/** The ways to reach people that are set up. */
export interface NoticeOptions {
  mail?: MailOptions | undefined
  sms?: SmsOptions | undefined
  webhook?: WebhookOptions | undefined
}

/** Everything that tells people. */
export interface NoticeDesk {
  notices: Notices
  store: NoticeStore
  settings: NoticeSettingsStore
  links: Links
  subscriptions: Subscriptions
  /** Where somebody's interest lies, in words. */
  placeOfInterest: PlaceWords['ofInterest']
  placeOfIncident: PlaceWords['ofIncident']
}

export const createNoticeDesk = (options: {
  database: Database
  ways: NoticeOptions
  tickets: TicketStore
  reports: ReportStore
  orders: WorkStore
  users: Users
  teams: Teams
  register: Pick<Register, 'municipality' | 'inventoryOf'>
  citizenLineSettings: CitizenLineSettingsStore
  publicUrl: string | null
  clock: Clock
  wallNow: () => number
  log: Log
}): NoticeDesk => {
  const { database, ways, register, publicUrl } = options
  const store = createNoticeStore(database)
  const settings = createNoticeSettings(database)
  const links = createLinks({ database, publicUrl })
  const channels = [
    ...(ways.mail === undefined ? [] : [createMailChannel(ways.mail)]),
    ...(ways.sms === undefined ? [] : [createSmsChannel(ways.sms, options.wallNow)]),
    ...(ways.webhook === undefined ? [] : [createWebhookChannel(ways.webhook, options.wallNow)]),
  ]
  const places = createPlaceWords(register.inventoryOf)
  const locals = new Map<string, LocalTime>()
  const localOf = (timeZone: string): LocalTime => {
    const local = locals.get(timeZone) ?? createLocalTime(timeZone)
    locals.set(timeZone, local)
    return local
  }
  const municipality = (id: string): NoticeMunicipality => {
    const { name, timeZone } = register.municipality(id) ?? { name: id, timeZone: 'Europe/Athens' }
    return { name, local: localOf(timeZone) }
  }
  const canMail = ways.mail !== undefined
  const subscriptions = createSubscriptions({ ...options, store, canMail, municipality })
  const notices = createNotices({
    ...options,
    store,
    settings,
    links,
    subscriptions,
    channels,
    municipality,
    communityName: places.communityName,
    placeOf: places.ofTicket,
    dutyNumberOf: (id) => options.citizenLineSettings.of(id).dutyNumber,
  })
  return {
    notices,
    store,
    settings,
    links,
    subscriptions,
    placeOfInterest: places.ofInterest,
    placeOfIncident: places.ofIncident,
  }
}
