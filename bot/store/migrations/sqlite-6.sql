-- Whose update it is, as several bots may have used a file in turn; '' for those of before. When it
-- was deferred, so that what nobody can handle is deleted after a day.
ALTER TABLE deferred_updates RENAME TO deferred_before;
CREATE TABLE deferred_updates (
    bot TEXT NOT NULL, update_id INTEGER NOT NULL, body TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, update_id)
) WITHOUT ROWID;
INSERT INTO deferred_updates
    SELECT '', update_id, body, CAST(strftime('%s', 'now') AS REAL) FROM deferred_before;
DROP TABLE deferred_before;

-- Updates that were handled, in case Telegram sends them again.
CREATE TABLE handled_updates (
    bot TEXT NOT NULL, update_id INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, update_id)
) WITHOUT ROWID;
CREATE INDEX handled_updates_by_age ON handled_updates (bot, at);

-- Finds the outdated messages seen last without reading the table: SQLite adds the primary key.
DROP INDEX tracked_messages_by_version;
CREATE INDEX tracked_messages_by_version ON tracked_messages (article, version, last_seen);
-- Finds those that nobody has seen for long, and those just seen.
CREATE INDEX tracked_messages_by_age ON tracked_messages (last_seen);
