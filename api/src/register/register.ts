import {
  type AssetFeature,
  type AssetKind,
  type Clock,
  defaultTimeZone,
  type ImportAnswer,
  type Instant,
  type JournalRecord,
  type MaintenanceScope,
  type Municipality,
  ProblemError,
} from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import type { DeviceCredentials, Devices } from './devices.ts'
import { planImport } from './import-plan.ts'
import { createInventory, type Inventory, registeredDeviceOf } from './inventory.ts'
import type { JournalOutbox } from './journal-outbox.ts'

/** Features in one journal entry, so that no entry is much larger than a full publish. */
const featuresPerRecord = 500

/**
 * What the municipality owns: written to the database and to the journal, answered from memory. Every change resolves when the journal
 * has it, and rejects with `not-ready` when the journal refuses for now: the change is then stored and will follow.
 */
export interface Register {
  load(): void
  municipalities(): Municipality[]
  municipality(id: string): Municipality | null
  inventoryOf(municipality: string): Inventory | null
  putMunicipality(municipality: Municipality, change: { by: string }): Promise<{ created: boolean }>
  /** Creates or updates the features; a new municipality is created with its id as its name. */
  importAssets(municipality: string, features: readonly unknown[], change: { by: string }): Promise<ImportAnswer>
  /** `until` null ends the maintenance. */
  setMaintenance(
    municipality: string,
    scope: MaintenanceScope,
    maintenance: { until: Instant | null; note?: string | undefined },
    change: { by: string },
  ): Promise<void>
  /** Registers a device that belongs to no asset. @throws ProblemError `conflict` when it is registered. */
  addDevice(municipality: string, device: string, change: { by: string }): DeviceCredentials
  /** New passwords for those of the devices that are registered. The old ones end at once. */
  rotateCredentials(municipality: string, devices: readonly string[], change: { by: string }): DeviceCredentials[]
  /** When the asset was first imported. */
  createdAt(municipality: string, kind: AssetKind, id: string): Instant | null
  /** When the assets were first imported, and when an import last changed them, by id. */
  timesOf(municipality: string, kind: AssetKind, ids: readonly string[]): Map<string, AssetTimes>
  /** The features of a municipality as stored JSON texts, sorted by kind and id. */
  featureTexts(municipality: string, filter: { kind?: AssetKind | undefined; community?: string | undefined }): string[]
}

interface AssetTimes {
  createdAt: Instant
  updatedAt: Instant
}

export const createRegister = (options: {
  database: Database
  devices: Devices
  outbox: JournalOutbox
  clock: Clock
}): Register => {
  const { database, devices, outbox, clock } = options
  const municipalities = new Map<string, { municipality: Municipality; inventory: Inventory }>()

  const journalled = () =>
    outbox.flush().catch((error: unknown) => {
      throw new ProblemError('not-ready', `Stored, but the journal does not take it yet: ${String(error)}`)
    })

  const remember = (municipality: Municipality) => {
    const inventory = municipalities.get(municipality.id)?.inventory ?? createInventory()
    municipalities.set(municipality.id, { municipality, inventory })
    return inventory
  }

  /** Inside the caller's transaction; the caller remembers it after the commit. */
  const writeMunicipality = (municipality: Municipality, by: string) => {
    database.run(
      `INSERT INTO municipalities (id, name, time_zone) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone`,
      municipality.id,
      municipality.name,
      municipality.timeZone,
    )
    outbox.put({ kind: 'municipality', municipality })
    const event = municipalities.has(municipality.id) ? 'updated' : 'created'
    audit(municipality.id, by, `municipality/${municipality.id}`, event)
  }

  const audit = (municipality: string, by: string, subject: string, event: string, note?: string) =>
    writeAudit(database, { municipality, at: clock.now(), by, subject, event, note })

  const writeFeature = (municipality: string, feature: AssetFeature) => {
    const { properties } = feature
    database.run(
      `INSERT INTO assets (municipality, kind, id, community, device, feature, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET community = excluded.community, device = excluded.device,
         feature = excluded.feature, updated_at = excluded.updated_at`,
      municipality,
      properties.kind,
      properties.id,
      'community' in properties ? properties.community : null,
      registeredDeviceOf(feature),
      JSON.stringify(feature),
      clock.now(),
      clock.now(),
    )
  }

  /** The municipality as it is, or as an import or a device would create it. */
  const described = (id: string): Municipality =>
    municipalities.get(id)?.municipality ?? { id, name: id, timeZone: defaultTimeZone }

  const issueCredentials = (municipality: string, issue: string[], by: string, event: 'created' | 'rotated') => {
    const written = database.transaction(() => {
      if (!municipalities.has(municipality)) writeMunicipality(described(municipality), by)
      for (const device of issue) audit(municipality, by, `device/${device}`, event)
      return devices.write(municipality, { issue, revoke: [], standalone: true })
    })
    remember(described(municipality))
    written.committed()
    // Not awaited: whatever the journal says, who asked must get the passwords that now hold. The outbox logs and tries again.
    outbox.flush().catch(() => {})
    return written.credentials
  }

  return {
    load: () => {
      municipalities.clear()
      for (const row of database.all<{ id: string; name: string; time_zone: string }>('SELECT * FROM municipalities')) {
        remember({ id: row.id, name: row.name, timeZone: row.time_zone })
      }
      const rows = database.all<{ municipality: string; feature: string }>('SELECT municipality, feature FROM assets')
      for (const { municipality, feature } of rows) {
        municipalities.get(municipality)?.inventory.put(JSON.parse(feature) as AssetFeature)
      }
    },
    municipalities: () => [...municipalities.values()].map(({ municipality }) => municipality),
    municipality: (id) => municipalities.get(id)?.municipality ?? null,
    inventoryOf: (id) => municipalities.get(id)?.inventory ?? null,

    putMunicipality: async (municipality, { by }) => {
      const known = municipalities.get(municipality.id)?.municipality
      if (known?.name !== municipality.name || known.timeZone !== municipality.timeZone) {
        database.transaction(() => writeMunicipality(municipality, by))
        remember(municipality)
      }
      await journalled()
      return { created: known === undefined }
    },

    importAssets: async (id, features, { by }) => {
      const plan = planImport(features, municipalities.get(id)?.inventory ?? createInventory())
      const changed = [...plan.created, ...plan.updated]
      const written = database.transaction(() => {
        if (!municipalities.has(id)) writeMunicipality(described(id), by)
        // Devices are freed first: the index would refuse two assets that swap theirs one row at a time.
        for (const { properties } of plan.updated) {
          database.run(
            'UPDATE assets SET device = NULL WHERE municipality = ? AND kind = ? AND id = ?',
            id,
            properties.kind,
            properties.id,
          )
        }
        for (const [event, list] of [['created', plan.created] as const, ['updated', plan.updated] as const]) {
          for (const feature of list) {
            writeFeature(id, feature)
            audit(id, by, `${feature.properties.kind}/${feature.properties.id}`, event)
          }
        }
        for (const record of assetRecords(id, changed)) outbox.put(record)
        return devices.write(id, {
          issue: plan.newDevices.filter((device) => !devices.has(id, device)),
          revoke: plan.releasedDevices.filter((device) => !devices.isStandalone(id, device)),
        })
      })
      const inventory = remember(described(id))
      for (const feature of changed) inventory.put(feature)
      written.committed()
      await journalled()
      return {
        created: plan.created.length,
        updated: plan.updated.length,
        unchanged: plan.unchanged,
        rejected: plan.rejected,
        ...(written.credentials.length === 0 ? {} : { credentials: written.credentials }),
      }
    },

    setMaintenance: async (municipality, scope, { until, note }, { by }) => {
      database.transaction(() => {
        outbox.put({ kind: 'maintenance', municipality, scope, until, ...(note === undefined ? {} : { note }) })
        const event = until === null ? 'maintenanceEnded' : 'maintenanceStarted'
        audit(municipality, by, `${scope.kind}/${scope.id}`, event, note)
      })
      await journalled()
    },

    addDevice: (municipality, device, { by }) => {
      if (devices.has(municipality, device)) throw new ProblemError('conflict', `${device} is registered already`)
      const [credentials] = issueCredentials(municipality, [device], by, 'created')
      if (credentials === undefined) throw new Error(`no credentials were made for ${device}`)
      return credentials
    },
    rotateCredentials: (municipality, names, { by }) => {
      const registered = names.filter((device) => devices.has(municipality, device))
      return registered.length === 0 ? [] : issueCredentials(municipality, registered, by, 'rotated')
    },

    createdAt: (municipality, kind, id) =>
      database.get<{ created_at: number }>(
        'SELECT created_at FROM assets WHERE municipality = ? AND kind = ? AND id = ?',
        municipality,
        kind,
        id,
      )?.created_at ?? null,
    timesOf: (municipality, kind, ids) => {
      const rows = database.all<AssetTimes & { id: string }>(
        `SELECT id, created_at AS createdAt, updated_at AS updatedAt FROM assets
         WHERE municipality = ? AND kind = ? AND id IN (SELECT value FROM json_each(?))`,
        municipality,
        kind,
        JSON.stringify(ids),
      )
      return new Map(rows.map(({ id, createdAt, updatedAt }) => [id, { createdAt, updatedAt }]))
    },
    featureTexts: (municipality, { kind, community }) =>
      database
        .all<{ feature: string }>(
          `SELECT feature FROM assets
           WHERE municipality = ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR community = ?3) ORDER BY kind, id`,
          municipality,
          kind ?? null,
          community ?? null,
        )
        .map(({ feature }) => feature),
  }
}

const assetRecords = (municipality: string, features: AssetFeature[]): JournalRecord[] => {
  const records: JournalRecord[] = []
  for (let from = 0; from < features.length; from += featuresPerRecord) {
    records.push({ kind: 'assets', municipality, features: features.slice(from, from + featuresPerRecord) })
  }
  return records
}
