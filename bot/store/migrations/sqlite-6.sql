-- Whose update it is, as several bots may have used a file in turn; '' for those of before.
ALTER TABLE deferred_updates RENAME TO deferred_before;
CREATE TABLE deferred_updates (
    bot TEXT NOT NULL, update_id INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (bot, update_id)
) WITHOUT ROWID;
INSERT INTO deferred_updates SELECT '', update_id, body FROM deferred_before;
DROP TABLE deferred_before;

-- Updates that were handled, in case Telegram sends them again.
CREATE TABLE handled_updates (
    bot TEXT NOT NULL, update_id INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, update_id)
) WITHOUT ROWID;
CREATE INDEX handled_updates_by_age ON handled_updates (bot, at);
