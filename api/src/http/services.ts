import type { Clock, LightQueries, Metric, NightQueries, Readiness } from '@fanari/contracts'
import type { AccountDoor } from '../access/account-door.ts'
import type { IdentityProvider } from '../access/identity-provider.ts'
import type { Sessions } from '../access/sessions.ts'
import type { Tokens } from '../access/tokens.ts'
import type { Users } from '../access/users.ts'
import type { PlatformAlerts } from '../alerts/platform-alerts.ts'
import type { ClockStore } from '../clocks/clock-store.ts'
import type { CitizenLine } from '../incidents/citizen-line.ts'
import type { IncidentDocuments } from '../incidents/documents.ts'
import type { Moderation } from '../moderation/moderation.ts'
import type { NoticeDesk } from '../notices/notice-desk.ts'
import type { OpenData } from '../open-data/open-data.ts'
import type { Open311 } from '../open311/server.ts'
import type { Photos } from '../photos/photos.ts'
import type { Contacts } from '../privacy/contacts.ts'
import type { LegalHolds } from '../privacy/holds.ts'
import type { Persons } from '../privacy/persons.ts'
import type { Retention } from '../privacy/retention.ts'
import type { Devices } from '../register/devices.ts'
import type { Register } from '../register/register.ts'
import type { ReportDesk } from '../reports/desk.ts'
import type { Gatherings } from '../reports/gatherings.ts'
import type { Proof } from '../reports/proof.ts'
import type { ReportStore } from '../reports/report-store.ts'
import type { CitizenLineSettingsStore } from '../reports/settings.ts'
import type { Policies } from '../routing/policies.ts'
import type { Search } from '../search/search.ts'
import type { Statistics } from '../statistics/statistics.ts'
import type { Database } from '../store/database.ts'
import type { Calls } from '../telephony/calls.ts'
import type { RecurringProblems } from '../work/problems.ts'
import type { Teams } from '../work/teams.ts'
import type { Work } from '../work/work.ts'
import type { WorkDesk } from '../work/work-desk.ts'
import type { WorkStore } from '../work/work-store.ts'
import type { LiveFeed } from './live-feed.ts'
import type { GuardedRoute } from './sign-in.ts'

/** What the routes work with. */
export interface HttpServices {
  database: Database
  photos: Photos
  moderation: Moderation
  contacts: Contacts
  retention: Retention
  holds: LegalHolds
  persons: Persons
  register: Register
  search: Search
  open311: Open311
  devices: Devices
  tokens: Tokens
  users: Users
  sessions: Sessions
  accountDoor: AccountDoor
  identityProvider: IdentityProvider | null
  /** Where browsers find the platform; `null`: where a request says it went. */
  publicUrl: string | null
  documents: IncidentDocuments
  platformAlerts: PlatformAlerts
  citizenLine: CitizenLine
  policies: Policies
  teams: Teams
  orders: WorkStore
  work: Work
  workDesk: WorkDesk
  clocks: ClockStore
  problems: RecurringProblems
  reports: ReportStore
  reportDesk: ReportDesk
  gatherings: Gatherings
  proof: Proof
  citizenLineSettings: CitizenLineSettingsStore
  statistics: Statistics
  openData: OpenData
  noticeDesk: NoticeDesk
  calls: Calls
  lights: LightQueries
  nights: NightQueries
  feed: LiveFeed
  clock: Clock
  town: { municipality: string } | null
  readiness: () => Readiness[]
  metrics: () => Metric[]
  /** Every route, once all are added. */
  routes: readonly GuardedRoute[]
}
