/** Schema changes in order; a released one is never edited. Times are milliseconds since 1970 UTC, documents JSON. */
export const migrations: readonly string[] = [
  // 1: the register, its credentials, and what it still owes the journal
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

  // 2: the citizen line. No foreign key to the register: an incident must be kept whatever became of the asset.
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
  // which documents changed, in order, for those who keep a copy; triggers, so that no way of changing one can forget to say so
  `CREATE TABLE document_changes (
     change INTEGER PRIMARY KEY AUTOINCREMENT,
     kind TEXT NOT NULL,
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     UNIQUE (kind, municipality, id)
   ) STRICT;
   INSERT INTO document_changes (kind, municipality, id) SELECT 'incident', municipality, id FROM incidents ORDER BY detected_at;
   INSERT INTO document_changes (kind, municipality, id) SELECT 'ticket', municipality, id FROM tickets ORDER BY created_at;
   CREATE TRIGGER incident_added AFTER INSERT ON incidents BEGIN
     INSERT INTO document_changes (kind, municipality, id) VALUES ('incident', new.municipality, new.id);
   END;
   CREATE TRIGGER incident_changed AFTER UPDATE OF document ON incidents BEGIN
     DELETE FROM document_changes WHERE kind = 'incident' AND municipality = new.municipality AND id = new.id;
     INSERT INTO document_changes (kind, municipality, id) VALUES ('incident', new.municipality, new.id);
   END;
   CREATE TRIGGER ticket_added AFTER INSERT ON tickets BEGIN
     INSERT INTO document_changes (kind, municipality, id) VALUES ('ticket', new.municipality, new.id);
   END;
   CREATE TRIGGER ticket_changed AFTER UPDATE OF document ON tickets BEGIN
     DELETE FROM document_changes WHERE kind = 'ticket' AND municipality = new.municipality AND id = new.id;
     INSERT INTO document_changes (kind, municipality, id) VALUES ('ticket', new.municipality, new.id);
   END;
   INSERT INTO document_changes (kind, municipality, id) SELECT 'report', municipality, id FROM reports ORDER BY created_at;
   CREATE TRIGGER report_added AFTER INSERT ON reports BEGIN
     INSERT INTO document_changes (kind, municipality, id) VALUES ('report', new.municipality, new.id);
   END;
   CREATE TRIGGER report_changed AFTER UPDATE OF document ON reports BEGIN
     DELETE FROM document_changes WHERE kind = 'report' AND municipality = new.municipality AND id = new.id;
     INSERT INTO document_changes (kind, municipality, id) VALUES ('report', new.municipality, new.id);
   END;
   CREATE TRIGGER ticket_removed AFTER DELETE ON tickets BEGIN
     DELETE FROM document_changes WHERE kind = 'ticket' AND municipality = old.municipality AND id = old.id;
   END;
   CREATE TRIGGER report_removed AFTER DELETE ON reports BEGIN
     DELETE FROM document_changes WHERE kind = 'report' AND municipality = old.municipality AND id = old.id;
   END`,

  // what can be found by words, kept current by triggers: whatever is written or erased is written or erased here as well.
  // Not OR IGNORE in them: the conflict clause of the statement that fires a trigger would override it.
  `CREATE TABLE search_entries (
     id INTEGER PRIMARY KEY,
     municipality TEXT NOT NULL,
     kind TEXT NOT NULL,
     subject TEXT NOT NULL,
     label TEXT NOT NULL,
     detail TEXT NOT NULL,
     community TEXT,
     lat REAL,
     lon REAL,
     folded TEXT NOT NULL,
     sound TEXT NOT NULL,
     UNIQUE (municipality, kind, subject)
   ) STRICT;
   CREATE VIRTUAL TABLE search_index USING fts5 (
     kind, folded, sound, content = 'search_entries', content_rowid = 'id', tokenize = 'trigram'
   );
   CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN
     INSERT INTO search_index (rowid, kind, folded, sound) VALUES (new.id, new.kind, new.folded, new.sound);
   END;
   CREATE TRIGGER search_entries_removed AFTER DELETE ON search_entries BEGIN
     INSERT INTO search_index (search_index, rowid, kind, folded, sound)
       VALUES ('delete', old.id, old.kind, old.folded, old.sound);
   END;
   CREATE TABLE search_pending (
     municipality TEXT NOT NULL,
     kind TEXT NOT NULL,
     subject TEXT NOT NULL,
     PRIMARY KEY (municipality, kind, subject)
   ) STRICT, WITHOUT ROWID;
   ${['INSERT', 'UPDATE', 'DELETE']
     .flatMap((change) =>
       [
         ['assets', 'kind'],
         ['tickets', "'ticket'"],
         ['reports', "'report'"],
       ].map(([table, kind]) => {
         const row = change === 'DELETE' ? 'old' : 'new'
         const named = kind === 'kind' ? `${row}.kind` : kind
         return `CREATE TRIGGER search_${table}_${change.toLowerCase()} AFTER ${change} ON ${table} BEGIN
           INSERT INTO search_pending VALUES (${row}.municipality, ${named}, ${row}.id) ON CONFLICT DO NOTHING;
         END;`
       }),
     )
     .join('\n')}
   INSERT INTO search_pending SELECT municipality, kind, id FROM assets;
   INSERT INTO search_pending SELECT municipality, 'ticket', id FROM tickets;
   INSERT INTO search_pending SELECT municipality, 'report', id FROM reports;

   CREATE TABLE place_aliases (
     municipality TEXT PRIMARY KEY,
     document TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE official_codes (
     municipality TEXT PRIMARY KEY,
     document TEXT NOT NULL
   ) STRICT, WITHOUT ROWID`,

  // alerts on the platform itself, by the fingerprint of their labels
  `CREATE TABLE platform_alerts (
     fingerprint TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     severity TEXT NOT NULL,
     status TEXT NOT NULL CHECK (status IN ('firing', 'resolved')),
     summary TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     ended_at INTEGER
   ) STRICT, WITHOUT ROWID`,

  // the queue of suspicious reports, which is short however many reports there are; the index of words forgets what is erased
  `CREATE INDEX reports_pending ON reports (municipality, created_at, id) WHERE document ->> '$.moderation' = 'pending';
   INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1)`,
  // which tickets a light is concerned in: a report names a lamp, and the tickets of a wide outage name hundreds
  `CREATE TABLE ticket_members (
     municipality TEXT NOT NULL,
     luminaire TEXT NOT NULL,
     ticket TEXT NOT NULL,
     PRIMARY KEY (municipality, luminaire, ticket)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO ticket_members
     SELECT DISTINCT tickets.municipality, member.value, tickets.id FROM tickets, json_each(tickets.document, '$.members') AS member`,

  // what other systems have told of requests through Open311, so that nothing is taken twice
  `CREATE TABLE open311_updates (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     request TEXT NOT NULL,
     status TEXT NOT NULL,
     at INTEGER NOT NULL,
     by TEXT NOT NULL,
     PRIMARY KEY (municipality, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX open311_updates_by_time ON open311_updates (municipality, at)`,
  // messages to citizens and staff, told from the log of events by a cursor. No address stands here: it is looked up when a message is
  // sent. What has happened before there were messages is told to nobody.
  `CREATE TABLE notices (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     municipality TEXT NOT NULL,
     cause TEXT NOT NULL,
     step TEXT NOT NULL,
     channel TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'webhook')),
     language TEXT NOT NULL,
     recipient_kind TEXT NOT NULL CHECK (recipient_kind IN ('report', 'subscription', 'user', 'duty')),
     recipient TEXT NOT NULL,
     ticket TEXT,
     matter TEXT,
     urgent INTEGER NOT NULL,
     variables TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dropped')),
     attempts INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     queued_at INTEGER NOT NULL,
     next_at INTEGER,
     settled_at INTEGER,
     reason TEXT
   ) STRICT;
   CREATE UNIQUE INDEX notices_once ON notices (municipality, cause, recipient_kind, recipient, channel);
   CREATE INDEX notices_due ON notices (channel, next_at, id) WHERE state = 'pending';
   CREATE INDEX notices_by_state ON notices (state, channel);
   CREATE INDEX notices_by_recipient ON notices (municipality, recipient_kind, recipient, id);

   CREATE TABLE notice_cursor (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     position INTEGER NOT NULL
   ) STRICT;
   INSERT INTO notice_cursor SELECT 1, coalesce(max(id), 0) FROM citizen_events;

   CREATE TABLE notice_settings (
     municipality TEXT PRIMARY KEY,
     document TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE notice_templates (
     municipality TEXT NOT NULL,
     step TEXT NOT NULL,
     language TEXT NOT NULL,
     document TEXT NOT NULL,
     PRIMARY KEY (municipality, step, language)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE area_subscriptions (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     email TEXT NOT NULL,
     language TEXT NOT NULL,
     interest TEXT NOT NULL,
     token TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     confirmed_at INTEGER,
     PRIMARY KEY (municipality, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX area_subscriptions_by_email ON area_subscriptions (municipality, email)`,

  // telephone calls, as the exchange tells of them; the number goes before the call does
  `CREATE TABLE calls (
     municipality TEXT NOT NULL,
     id TEXT NOT NULL,
     line TEXT,
     caller_digits TEXT,
     is_hidden INTEGER NOT NULL,
     started_at INTEGER NOT NULL,
     answered_at INTEGER,
     answered_by TEXT,
     ended_at INTEGER,
     duration_s INTEGER,
     information_only INTEGER NOT NULL,
     reports TEXT NOT NULL,
     PRIMARY KEY (municipality, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX calls_by_time ON calls (municipality, started_at, id);
   CREATE INDEX calls_by_caller ON calls (municipality, caller_digits) WHERE caller_digits IS NOT NULL`,

  // a team may have a mailbox of its own
  `ALTER TABLE notices RENAME TO notices_without_teams;
   CREATE TABLE notices (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     municipality TEXT NOT NULL,
     cause TEXT NOT NULL,
     step TEXT NOT NULL,
     channel TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'webhook')),
     language TEXT NOT NULL,
     recipient_kind TEXT NOT NULL,
     recipient TEXT NOT NULL,
     ticket TEXT,
     matter TEXT,
     urgent INTEGER NOT NULL,
     variables TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dropped')),
     attempts INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     queued_at INTEGER NOT NULL,
     next_at INTEGER,
     settled_at INTEGER,
     reason TEXT
   ) STRICT;
   INSERT INTO notices SELECT * FROM notices_without_teams;
   DROP TABLE notices_without_teams;
   CREATE UNIQUE INDEX notices_once ON notices (municipality, cause, recipient_kind, recipient, channel);
   CREATE INDEX notices_due ON notices (channel, next_at, id) WHERE state = 'pending';
   CREATE INDEX notices_by_state ON notices (state, channel);
   CREATE INDEX notices_by_recipient ON notices (municipality, recipient_kind, recipient, id)`,
  // lists along one index each, in their own order: whatever there is of older rows is not looked through
  `CREATE INDEX tickets_in_status ON tickets (municipality, status, created_at, id);
   CREATE INDEX reports_in_community ON reports (municipality, community, created_at, id);
   CREATE INDEX work_orders_by_time ON work_orders (municipality, created_at, id);
   CREATE INDEX tickets_near ON tickets (municipality, category_group, lat, lon, status, closed_at);
   DROP INDEX tickets_by_place`,
]
