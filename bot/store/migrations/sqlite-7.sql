-- When it was deferred, so that what nobody can handle is deleted after a day.
ALTER TABLE deferred_updates ADD COLUMN at REAL NOT NULL DEFAULT 0;
UPDATE deferred_updates SET at = CAST(strftime('%s', 'now') AS REAL);

-- Finds the outdated messages seen last without reading the table: SQLite adds the primary key.
DROP INDEX tracked_messages_by_version;
CREATE INDEX tracked_messages_by_version ON tracked_messages (article, version, last_seen);
-- Finds those that nobody has seen for long, and those just seen.
CREATE INDEX tracked_messages_by_age ON tracked_messages (last_seen);
