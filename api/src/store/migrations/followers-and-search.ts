/** What follows the documents: copies, words to be found, alerts, and what other systems have told. */
export const followersAndSearch: readonly string[] = [
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
]
