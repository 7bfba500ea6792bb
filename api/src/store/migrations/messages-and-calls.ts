/** Messages, telephone calls, and the order of lists. */
export const messagesAndCalls: readonly string[] = [
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

  // the newest things of a kind, for words too short for the index of words
  'CREATE INDEX search_entries_by_kind ON search_entries (municipality, kind)',
]
