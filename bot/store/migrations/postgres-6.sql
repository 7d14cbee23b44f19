-- Which process of a bot serves. bot: stands for it, as several may share a database.
CREATE TABLE leaders (
    bot text PRIMARY KEY,
    process text NOT NULL,   -- '' if the last one ended by itself
    number bigint NOT NULL   -- the process changes it again and again: its sign of life
) WITH (fillfactor = 10);

-- Whose update it is; '' for those of before. When it was deferred, so that what nobody can handle
-- is deleted after a day. With defaults, as the version before sets neither, and may still run.
ALTER TABLE deferred_updates
    ADD COLUMN bot text NOT NULL DEFAULT '',
    ADD COLUMN at double precision NOT NULL DEFAULT extract(epoch FROM now()),
    DROP CONSTRAINT deferred_updates_pkey,
    ADD PRIMARY KEY (bot, update_id);

-- Updates that were handled, in case Telegram sends them again.
CREATE TABLE handled_updates (
    bot text NOT NULL, update_id bigint NOT NULL, at double precision NOT NULL,
    PRIMARY KEY (bot, update_id)
);
CREATE INDEX handled_updates_by_age ON handled_updates (bot, at);

-- Finds the outdated messages seen last without reading the table.
DROP INDEX tracked_messages_by_version;
CREATE INDEX tracked_messages_by_version ON tracked_messages (article, version, last_seen)
    INCLUDE (chat_id, message_id, inline_message_id);
-- Finds those that nobody has seen for long, and those just seen.
CREATE INDEX tracked_messages_by_age ON tracked_messages (last_seen);
