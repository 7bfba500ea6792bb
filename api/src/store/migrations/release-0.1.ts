/** What 0.1 was released with. */
export const release01: readonly string[] = [
  // the register, its credentials, and what it still owes the journal
  `CREATE TABLE municipalities (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     time_zone TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE assets (
     municipality TEXT NOT NULL REFERENCES municipalities (id),
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     community TEXT,
     device TEXT,
     feature TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     PRIMARY KEY (municipality, kind, id)
   ) STRICT, WITHOUT ROWID;
   CREATE UNIQUE INDEX assets_by_device ON assets (municipality, device) WHERE device IS NOT NULL;

   CREATE TABLE devices (
     municipality TEXT NOT NULL REFERENCES municipalities (id),
     device TEXT NOT NULL,
     password_hash BLOB NOT NULL,
     standalone INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     PRIMARY KEY (municipality, device)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE tokens (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     role TEXT NOT NULL CHECK (role IN ('admin', 'operator', 'technician', 'viewer')),
     secret_hash BLOB NOT NULL UNIQUE,
     created_at INTEGER NOT NULL,
     created_by TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE journal_outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     record TEXT NOT NULL
   ) STRICT;

   CREATE TABLE audit (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     municipality TEXT,
     at INTEGER NOT NULL,
     by TEXT NOT NULL,
     subject TEXT NOT NULL,
     event TEXT NOT NULL,
     note TEXT
   ) STRICT;
   CREATE INDEX audit_by_municipality ON audit (municipality, id)`,

  // the citizen line. No foreign key to the register: an incident must be kept whatever became of the asset.
  `CREATE TABLE incidents (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     state TEXT NOT NULL,
     detected_at INTEGER NOT NULL,
     resolved_at INTEGER,
     ticket TEXT,
     revision INTEGER NOT NULL,
     published_revision INTEGER NOT NULL DEFAULT 0,
     document TEXT NOT NULL,
     PRIMARY KEY (municipality, id)
   ) STRICT;
   CREATE INDEX incidents_by_time ON incidents (municipality, detected_at, id);
   CREATE INDEX incidents_by_state ON incidents (state, municipality, detected_at, id);
   CREATE INDEX incidents_unpublished ON incidents (municipality, id) WHERE published_revision < revision;

   CREATE TABLE tickets (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     status TEXT NOT NULL,
     cause TEXT NOT NULL,
     incident TEXT,
     created_at INTEGER NOT NULL,
     revision INTEGER NOT NULL,
     published_revision INTEGER NOT NULL DEFAULT 0,
     document TEXT NOT NULL,
     PRIMARY KEY (municipality, id)
   ) STRICT;
   CREATE INDEX tickets_by_time ON tickets (municipality, created_at, id);
   CREATE INDEX tickets_by_status ON tickets (status, municipality);
   CREATE INDEX tickets_by_cause ON tickets (municipality, cause, created_at);
   CREATE UNIQUE INDEX tickets_by_incident ON tickets (municipality, incident) WHERE incident IS NOT NULL;
   CREATE INDEX tickets_unpublished ON tickets (municipality, id) WHERE published_revision < revision`,
]
