-- Which process of a bot serves. bot: stands for it, as several may share a database.
CREATE TABLE leaders (
    bot text PRIMARY KEY,
    process text NOT NULL,   -- '' if the last one ended by itself
    number bigint NOT NULL   -- the process changes it again and again: its sign of life
) WITH (fillfactor = 10);

-- Whose update it is; '' for those of before, and of the version before, which may still run.
ALTER TABLE deferred_updates ADD COLUMN bot text NOT NULL DEFAULT '';
ALTER TABLE deferred_updates DROP CONSTRAINT deferred_updates_pkey;
ALTER TABLE deferred_updates ADD PRIMARY KEY (bot, update_id);

-- Updates that were handled, in case Telegram sends them again.
CREATE TABLE handled_updates (
    bot text NOT NULL, update_id bigint NOT NULL, at double precision NOT NULL,
    PRIMARY KEY (bot, update_id)
);
CREATE INDEX handled_updates_by_age ON handled_updates (bot, at);
