/** Accounts, the records of the citizen line, routing and clocks, and how long personal data is kept. */
export const citizenLine: readonly string[] = [
  // accounts, sessions, and tokens with any role of the permission table (its names are checked by the program, not by the schema)
  `CREATE TABLE users (
     id TEXT PRIMARY KEY,
     handle TEXT NOT NULL UNIQUE,
     full_name TEXT NOT NULL,
     email TEXT NOT NULL UNIQUE,
     role TEXT NOT NULL,
     municipalities TEXT,
     team TEXT,
     password TEXT,
     code_hash BLOB,
     code_expires_at INTEGER,
     oidc_subject TEXT UNIQUE,
     active INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     created_by TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE sessions (
     id TEXT PRIMARY KEY,
     user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
     secret_hash BLOB NOT NULL UNIQUE,
     created_at INTEGER NOT NULL,
     used_at INTEGER NOT NULL,
     address TEXT NOT NULL,
     agent TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX sessions_by_user ON sessions (user);

   CREATE TABLE tokens_with_scope (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     role TEXT NOT NULL,
     municipalities TEXT,
     secret_hash BLOB NOT NULL UNIQUE,
     created_at INTEGER NOT NULL,
     created_by TEXT NOT NULL
   ) STRICT;
   INSERT INTO tokens_with_scope (id, name, role, municipalities, secret_hash, created_at, created_by)
     SELECT id, name, role, NULL, secret_hash, created_at, created_by FROM tokens;
   DROP TABLE tokens;
   ALTER TABLE tokens_with_scope RENAME TO tokens`,

  // the citizen line's four records (a ticket is the matter), whom to tell apart from what is told, and the log of what happened.
  // Columns that only repeat what a document says are computed from it: the two can never disagree.
  `ALTER TABLE tickets ADD COLUMN category TEXT AS (document ->> '$.category') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN category_group TEXT;
   ALTER TABLE tickets ADD COLUMN source TEXT AS (document ->> '$.source') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN service TEXT AS (document ->> '$.service') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN community TEXT AS (document ->> '$.location.community') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN lat REAL AS (document ->> '$.location.lat') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN lon REAL AS (document ->> '$.location.lon') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN dedup_key TEXT AS (document ->> '$.dedupKey') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN merged_into TEXT AS (document ->> '$.mergedInto') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN assignee TEXT AS (document ->> '$.assignee') VIRTUAL;
   ALTER TABLE tickets ADD COLUMN closed_at INTEGER;
   UPDATE tickets SET category_group = 'lighting', closed_at = unixepoch(document ->> '$.closedAt') * 1000;
   CREATE INDEX tickets_by_place ON tickets (municipality, category_group, lat);
   CREATE INDEX tickets_by_key ON tickets (municipality, dedup_key, created_at) WHERE dedup_key IS NOT NULL;
   CREATE INDEX tickets_by_parent ON tickets (municipality, merged_into) WHERE merged_into IS NOT NULL;
   CREATE INDEX tickets_by_service ON tickets (municipality, service, status, created_at);

   CREATE TABLE ticket_causes (
     municipality TEXT NOT NULL,
     cause TEXT NOT NULL,
     ticket TEXT NOT NULL,
     PRIMARY KEY (municipality, cause)
   ) STRICT, WITHOUT ROWID;
   INSERT OR REPLACE INTO ticket_causes SELECT municipality, cause, id FROM tickets ORDER BY created_at;
   DROP INDEX tickets_by_cause;
   ALTER TABLE tickets DROP COLUMN cause;

   CREATE TABLE ticket_proofs (
     municipality TEXT NOT NULL,
     ticket TEXT NOT NULL,
     ask_until INTEGER NOT NULL,
     good_since INTEGER,
     PRIMARY KEY (municipality, ticket)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX ticket_proofs_by_end ON ticket_proofs (ask_until);

   CREATE TABLE reports (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     status TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     answer_token TEXT NOT NULL,
     document TEXT NOT NULL,
     ticket TEXT NOT NULL AS (document ->> '$.ticket') VIRTUAL,
     client_id TEXT NOT NULL AS (document ->> '$.clientId') VIRTUAL,
     tracking_code TEXT NOT NULL AS (document ->> '$.trackingCode') VIRTUAL,
     category TEXT NOT NULL AS (document ->> '$.category') VIRTUAL,
     channel TEXT NOT NULL AS (document ->> '$.channel') VIRTUAL,
     community TEXT AS (document ->> '$.community') VIRTUAL,
     luminaire TEXT AS (document ->> '$.luminaire') VIRTUAL,
     PRIMARY KEY (municipality, id)
   ) STRICT;
   CREATE UNIQUE INDEX reports_by_client ON reports (municipality, client_id);
   CREATE UNIQUE INDEX reports_by_code ON reports (municipality, tracking_code);
   CREATE INDEX reports_by_ticket ON reports (municipality, ticket);
   CREATE INDEX reports_by_time ON reports (municipality, created_at, id);
   CREATE INDEX reports_by_status ON reports (municipality, status, created_at, id);
   CREATE INDEX reports_by_category ON reports (municipality, category, created_at, id);

   CREATE TABLE report_contacts (
     municipality TEXT NOT NULL,
     report TEXT NOT NULL,
     name TEXT,
     phone TEXT,
     phone_digits TEXT,
     email TEXT,
     notify TEXT NOT NULL CHECK (notify IN ('email', 'sms', 'none')),
     consent_at INTEGER,
     unsubscribed_at INTEGER,
     PRIMARY KEY (municipality, report),
     FOREIGN KEY (municipality, report) REFERENCES reports (municipality, id) ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX report_contacts_by_phone ON report_contacts (municipality, phone_digits) WHERE phone_digits IS NOT NULL;
   CREATE INDEX report_contacts_by_email ON report_contacts (municipality, email) WHERE email IS NOT NULL;

   CREATE TABLE work_orders (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     ticket TEXT NOT NULL,
     status TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     revision INTEGER NOT NULL,
     document TEXT NOT NULL,
     service TEXT AS (document ->> '$.service') VIRTUAL,
     team TEXT AS (document ->> '$.team') VIRTUAL,
     assignee TEXT AS (document ->> '$.assignee') VIRTUAL,
     PRIMARY KEY (municipality, id)
   ) STRICT;
   CREATE INDEX work_orders_by_ticket ON work_orders (municipality, ticket);
   CREATE INDEX work_orders_by_status ON work_orders (municipality, status, created_at, id);
   CREATE INDEX work_orders_by_assignee ON work_orders (municipality, assignee, status) WHERE assignee IS NOT NULL;

   CREATE TABLE recurring_problems (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     dedup_key TEXT NOT NULL,
     status TEXT NOT NULL,
     opened_at INTEGER NOT NULL,
     revision INTEGER NOT NULL,
     document TEXT NOT NULL,
     PRIMARY KEY (municipality, id)
   ) STRICT;
   CREATE UNIQUE INDEX recurring_problems_open ON recurring_problems (municipality, dedup_key) WHERE status = 'open';

   CREATE TABLE attachments (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     subject_kind TEXT NOT NULL CHECK (subject_kind IN ('report', 'workOrder')),
     subject TEXT NOT NULL,
     sha256 TEXT NOT NULL,
     public INTEGER NOT NULL DEFAULT 0,
     created_at INTEGER NOT NULL,
     document TEXT NOT NULL,
     PRIMARY KEY (municipality, id)
   ) STRICT;
   CREATE INDEX attachments_by_subject ON attachments (municipality, subject_kind, subject);
   CREATE INDEX attachments_by_content ON attachments (sha256);

   CREATE TABLE citizen_events (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     municipality TEXT NOT NULL,
     at INTEGER NOT NULL,
     by TEXT NOT NULL,
     subject_kind TEXT NOT NULL,
     subject TEXT NOT NULL,
     ticket TEXT,
     event TEXT NOT NULL,
     details TEXT NOT NULL
   ) STRICT;
   CREATE INDEX citizen_events_by_municipality ON citizen_events (municipality, id);
   CREATE INDEX citizen_events_by_ticket ON citizen_events (municipality, ticket, id);
   CREATE INDEX citizen_events_by_subject ON citizen_events (municipality, subject_kind, subject, id);
   CREATE INDEX citizen_events_by_event ON citizen_events (municipality, event, at);

   CREATE TABLE citizen_line_settings (
     municipality TEXT PRIMARY KEY,
     document TEXT NOT NULL
   ) STRICT, WITHOUT ROWID`,

  // where matters go and when services work (documents a municipality edits), its crews, and the clocks that run on its promises
  `CREATE TABLE policies (
     municipality TEXT NOT NULL,
     name TEXT NOT NULL CHECK (name IN ('routing', 'clocks')),
     revision INTEGER NOT NULL,
     document TEXT NOT NULL,
     PRIMARY KEY (municipality, name)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE teams (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     document TEXT NOT NULL,
     PRIMARY KEY (municipality, id)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE clocks (
     municipality TEXT NOT NULL,
     subject_kind TEXT NOT NULL CHECK (subject_kind IN ('ticket', 'report')),
     subject TEXT NOT NULL,
     kind TEXT NOT NULL,
     next_at INTEGER,
     document TEXT NOT NULL,
     state TEXT NOT NULL AS (document ->> '$.state') VIRTUAL,
     PRIMARY KEY (municipality, subject_kind, subject, kind)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX clocks_due ON clocks (next_at) WHERE next_at IS NOT NULL;

   CREATE TABLE clock_cursor (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     position INTEGER NOT NULL
   ) STRICT;
   INSERT INTO clock_cursor SELECT 1, coalesce(max(id), 0) FROM citizen_events`,

  // personal data: how long it is kept, what must not be erased, and what was. The ledger itself holds none.
  `CREATE TABLE privacy_settings (
     municipality TEXT PRIMARY KEY,
     document TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE privacy_runs (
     municipality TEXT PRIMARY KEY,
     last_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE legal_holds (
     municipality TEXT NOT NULL,
     subject_kind TEXT NOT NULL CHECK (subject_kind IN ('report', 'ticket')),
     subject TEXT NOT NULL,
     reason TEXT NOT NULL,
     at INTEGER NOT NULL,
     by TEXT NOT NULL,
     PRIMARY KEY (municipality, subject_kind, subject)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE privacy_ledger (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     municipality TEXT NOT NULL,
     at INTEGER NOT NULL,
     by TEXT NOT NULL,
     action TEXT NOT NULL,
     why TEXT NOT NULL,
     subject_kind TEXT NOT NULL,
     subject TEXT NOT NULL
   ) STRICT;
   CREATE INDEX privacy_ledger_by_municipality ON privacy_ledger (municipality, id);

   CREATE TABLE call_backs (
     municipality TEXT NOT NULL,
     work_order TEXT NOT NULL,
     report TEXT NOT NULL,
     at INTEGER NOT NULL,
     by TEXT NOT NULL,
     PRIMARY KEY (municipality, work_order)
   ) STRICT, WITHOUT ROWID`,
]
