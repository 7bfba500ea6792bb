import { randomBytes, randomInt } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Metric, Ticket } from '@fanari/contracts'
import { createAccountDoor } from './access/account-door.ts'
import { createIdentityProvider } from './access/identity-provider.ts'
import { createPasswords } from './access/passwords.ts'
import { createSessions } from './access/sessions.ts'
import { createTokens } from './access/tokens.ts'
import { createUsers } from './access/users.ts'
import { createPlatformAlerts } from './alerts/platform-alerts.ts'
import type { Api, ApiOptions } from './api-options.ts'
import { createClockStore } from './clocks/clock-store.ts'
import { createClockTick } from './clocks/clock-tick.ts'
import { createTicketClocks } from './clocks/ticket-clocks.ts'
import type { HttpApp } from './http/app.ts'
import { createLiveFeed } from './http/live-feed.ts'
import { createHttpServer } from './http/server.ts'
import { createAnnouncements } from './incidents/announcements.ts'
import { createRecordQueries } from './incidents/changed-records.ts'
import { createCitizenLine } from './incidents/citizen-line.ts'
import { type ChangedDocuments, createIncidentDocuments } from './incidents/documents.ts'
import { createModeration } from './moderation/moderation.ts'
import { createNoticeDesk } from './notices/notice-desk.ts'
import { createSubscriptionHolder } from './notices/subscription-holder.ts'
import { createOpenData } from './open-data/open-data.ts'
import { createOpen311Requests } from './open311/requests.ts'
import { createOpen311 } from './open311/server.ts'
import { createOpen311Updates } from './open311/updates.ts'
import { createPhotoFiles } from './photos/photo-files.ts'
import { createPhotos } from './photos/photos.ts'
import { createContacts } from './privacy/contacts.ts'
import { createContactHolder, createPhotoHolder } from './privacy/holders.ts'
import { createLegalHolds } from './privacy/holds.ts'
import { createPersons } from './privacy/persons.ts'
import { createRetention } from './privacy/retention.ts'
import { createRetentionJob } from './privacy/retention-job.ts'
import { createDevices } from './register/devices.ts'
import { createDirectory } from './register/directory.ts'
import { createInventory } from './register/inventory.ts'
import { createJournalOutbox } from './register/journal-outbox.ts'
import { createRegister } from './register/register.ts'
import { createReportDesk } from './reports/desk.ts'
import { createGatherings } from './reports/gatherings.ts'
import { createPlaces } from './reports/place.ts'
import { createProof } from './reports/proof.ts'
import { createReportStore } from './reports/report-store.ts'
import { createCitizenLineSettings } from './reports/settings.ts'
import { createSurroundings } from './reports/surroundings.ts'
import { createPolicies } from './routing/policies.ts'
import { createTicketRouting } from './routing/route-tickets.ts'
import { createSearch } from './search/search.ts'
import { createStatistics } from './statistics/statistics.ts'
import { createDatabase } from './store/database.ts'
import { migrations } from './store/migrations.ts'
import { createCallHolder } from './telephony/call-holder.ts'
import { createCalls } from './telephony/calls.ts'
import { createTicker } from './ticker.ts'
import { createTicketStore } from './tickets/ticket-store.ts'
import { createWorkEnding } from './work/end-work.ts'
import { createRecurringProblems } from './work/problems.ts'
import { createTeams } from './work/teams.ts'
import { createWork } from './work/work.ts'
import { createWorkDesk } from './work/work-desk.ts'
import { createWorkStore } from './work/work-store.ts'

/** Wall time between two looks at what has come due [ms]. */
const clockTickMs = 1_000

/** The register, the citizen line and the HTTP door. */
export const createApi = (options: ApiOptions): Api => {
  const { clock, wallNow, log, lights, host = '127.0.0.1', port, town = null } = options
  const database = createDatabase(options.databaseFile, migrations)
  const tokens = createTokens({ database, clock, adminToken: options.adminToken, alertToken: options.alertToken })
  const users = createUsers({ database, clock, now: wallNow })
  const sessions = createSessions({ database, users, now: wallNow })
  const passwords = createPasswords({ cost: options.passwordCost })
  const accountDoor = createAccountDoor({ database, users, sessions, passwords, clock, now: wallNow })
  const photos = createPhotos({
    database,
    // Beside the database: both are backed up together.
    files: createPhotoFiles(join(dirname(options.databaseFile), 'photos')),
    clock,
  })
  // Whatever keeps personal data stands here: terms, export and erasure reach it no other way.
  const holders = [
    createContactHolder(database),
    createPhotoHolder(database, photos),
    createSubscriptionHolder(database),
    createCallHolder(database),
  ]
  const retention = createRetention({ database, clock, holders })
  const retentionJob = createRetentionJob({
    retention,
    photos,
    municipalities: () => register.municipalities().map(({ id }) => id),
    clock,
    wallNow,
    log,
  })
  const identityProvider =
    options.identityProvider === undefined ? null : createIdentityProvider({ ...options.identityProvider, users })
  const devices = createDevices({ database, clock, log })
  const outbox = createJournalOutbox({ database, journal: options.journal, log })
  const register = createRegister({ database, devices, outbox, clock })
  const directory = createDirectory({ devices, tokens, inventoryOf: register.inventoryOf })
  const search = createSearch({ database, inventoryOf: register.inventoryOf })
  const citizenLineSettings = createCitizenLineSettings(database)
  const noFacts = createInventory()
  const factsOf = (municipality: string) => register.inventoryOf(municipality) ?? noFacts
  const policies = createPolicies({
    database,
    timeZoneOf: (municipality) => register.municipality(municipality)?.timeZone ?? null,
  })
  const { dispatchOf } = policies
  const clocks = createClockStore(database)
  const orders = createWorkStore(database)
  const teams = createTeams(database)
  const problems = createRecurringProblems(database)
  const tickets = createTicketStore({
    database,
    settings: citizenLineSettings,
    companions: [
      createTicketRouting({ database, factsOf, dispatchOf }),
      createWorkEnding(orders),
      createTicketClocks({ database, clocks, dispatchOf }),
      problems.companion,
    ],
  })
  const documents = createIncidentDocuments({ database, tickets })
  const platformAlerts = createPlatformAlerts({ database, clock, log })
  const announcements = createAnnouncements({ database, publisher: options.publisher, log })
  const feed = createLiveFeed({ clock, log })
  const tellPages = (municipality: string, changed: ChangedDocuments): void => {
    for (const incident of changed.incidents) feed.send(municipality, 'incident', incident)
    for (const ticket of changed.tickets) feed.send(municipality, 'ticket', ticket)
  }
  const citizenLine = createCitizenLine({
    documents,
    announcements,
    onChange: tellPages,
    factsOf: register.inventoryOf,
    dispatchOf,
  })

  const work = createWork({ tickets, orders, teams, clocks, dispatchOf })
  const publish = (municipality: string, changed: Ticket[]) => {
    announcements.announce()
    for (const ticket of changed) feed.send(municipality, 'ticket', ticket)
  }
  const workDesk = createWorkDesk({ database, work, publish, clock })
  const clockTick = createClockTick({ database, clocks, tickets, dispatchOf })
  const lookAtClocks = () => {
    try {
      for (const ticket of clockTick.look(clock.now())) publish(ticket.municipality, [ticket])
    } catch (error) {
      log('error', 'clocks.failed', { error: String(error) })
    }
  }
  const statistics = createStatistics({
    database,
    now: clock.now,
    timeZoneOf: (municipality) => register.municipality(municipality)?.timeZone ?? 'Europe/Athens',
    dispatchOf,
    placesOf: (municipality) => createPlaces(factsOf(municipality)).pointOf,
    followClocks: clockTick.follow,
  })
  const onChange = (municipality: string, changed: ChangedDocuments): void => {
    announcements.announce()
    tellPages(municipality, changed)
  }
  const reports = createReportStore(database)
  const random = { number: (bound: number) => randomInt(bound), token: () => randomBytes(16).toString('base64url') }
  const reportDesk = createReportDesk({
    database,
    tickets,
    reports,
    settings: citizenLineSettings,
    surroundings: createSurroundings({ database, documents, lights, log }),
    register,
    lights,
    publisher: options.publisher,
    clock,
    log,
    random,
    onChange,
  })
  const gatherings = createGatherings({ database, tickets, reports, register, clock, onChange })
  const proof = createProof({ database, tickets, reports, lights, clock, log, onChange })
  const noticeDesk = createNoticeDesk({
    database,
    ways: options.notices ?? {},
    tickets,
    reports,
    orders,
    users,
    teams,
    register,
    citizenLineSettings,
    publicUrl: options.publicUrl ?? null,
    clock,
    wallNow,
    log,
  })
  const calls = createCalls({ database, reports, tickets, documents, placeOf: noticeDesk.placeOfIncident, clock })
  const ticker = createTicker({ clock, log, looks: { proof: proof.tick, notices: noticeDesk.notices.look } })

  const open311 = createOpen311({
    database,
    register,
    tokens,
    reports,
    desk: reportDesk,
    proof,
    requests: createOpen311Requests(database),
    updates: createOpen311Updates(database),
    clock,
  })

  let isOpen = false
  let firstAdminToken: string | null = null
  let app: HttpApp | null = null
  let ticking: NodeJS.Timeout | undefined
  let unsubscribe: () => void = () => {}

  const ownMetrics = (): Metric[] => {
    const open = documents.openCounts()
    const gauge = (name: string, help: string, value: number): Metric => ({
      name,
      help,
      type: 'gauge',
      values: [{ value }],
    })
    return [
      gauge('fanari_incidents_open', 'Open incidents', open.incidents),
      gauge('fanari_tickets_open', 'Tickets neither resolved nor closed', open.tickets),
      gauge(
        'fanari_platform_blind',
        'Municipalities of which the platform says that it cannot hear (open `platformBlind`)',
        open.blindness,
      ),
      gauge('fanari_announcements_pending', 'Documents stored and not yet published on MQTT', announcements.pending()),
      gauge('fanari_register_journal_pending', 'Register changes the journal does not have yet', outbox.pending()),
      gauge('fanari_stream_clients', 'Open live streams', feed.clients()),
      ...platformAlerts.metrics(),
      ...noticeDesk.notices.metrics(),
      gauge('fanari_calls', 'Telephone calls that the exchange has told of', calls.total()),
    ]
  }

  const allMetrics = (): Metric[] => [...options.metrics.flatMap((source) => source()), ...ownMetrics()]

  const address = () => {
    const bound = app?.server.address() ?? null
    return bound === null || typeof bound === 'string' ? null : { host: bound.address, port: bound.port }
  }

  const open = () => {
    if (isOpen) return
    database.open()
    register.load()
    devices.load()
    firstAdminToken = tokens.load()
    isOpen = true
  }

  return {
    open,
    start: async () => {
      if (app !== null) return
      open()
      const server = await createHttpServer(
        {
          database,
          register,
          search,
          open311,
          devices,
          tokens,
          users,
          sessions,
          accountDoor,
          photos,
          moderation: createModeration({ database, clock }),
          contacts: createContacts({ database, clock }),
          retention,
          holds: createLegalHolds({ database, clock }),
          persons: createPersons({ database, clock, holders }),
          identityProvider,
          publicUrl: options.publicUrl ?? null,
          documents,
          platformAlerts,
          citizenLine,
          policies,
          teams,
          orders,
          work,
          workDesk,
          clocks,
          problems,
          reports,
          reportDesk,
          gatherings,
          proof,
          citizenLineSettings,
          statistics,
          openData: createOpenData({ database, inventoryOf: factsOf }),
          noticeDesk,
          calls,
          lights,
          nights: options.nights,
          feed,
          clock,
          town,
          readiness: options.readiness,
          metrics: allMetrics,
        },
        {
          log,
          consoleFolder: options.consoleFolder,
          trustProxy: options.trustProxy,
          floodLimits: options.floodLimits,
        },
      )
      app = server
      // The journal may be in another process, and away: the outbox has logged it and tries again.
      await outbox.flush().catch(() => {})
      announcements.start()
      feed.start()
      retentionJob.start()
      search.start()
      statistics.start()
      lookAtClocks()
      ticking = setInterval(lookAtClocks, clockTickMs)
      ticker.start()
      noticeDesk.notices.start()
      unsubscribe = lights.onChange(feed.sendLights, feed.startOver)
      await server.listen({ host, port })
      log('info', 'http.listening', { ...address() })
    },
    stop: async () => {
      unsubscribe()
      await retentionJob.stop()
      search.stop()
      await statistics.stop()
      clearInterval(ticking)
      await ticker.stop()
      await noticeDesk.notices.stop()
      feed.stop()
      await app?.close()
      app = null
      await outbox.stop()
      await announcements.stop()
      database.close()
      isOpen = false
    },
    directory,
    incidents: citizenLine,
    metrics: allMetrics,
    records: createRecordQueries({
      database,
      documents,
      nights: options.nights,
      register,
      clock,
    }),
    register,
    lookAround: ticker.look,
    address,
    firstAdminToken: () => firstAdminToken,
  }
}
