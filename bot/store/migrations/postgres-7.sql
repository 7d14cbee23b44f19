-- When it was deferred, so that what nobody can handle is deleted after a day. With a default, as
-- the version before does not set it, and may still run.
ALTER TABLE deferred_updates
    ADD COLUMN at double precision NOT NULL DEFAULT extract(epoch FROM now());

-- Finds the outdated messages seen last without reading the table.
DROP INDEX tracked_messages_by_version;
CREATE INDEX tracked_messages_by_version ON tracked_messages (article, version, last_seen)
    INCLUDE (chat_id, message_id, inline_message_id);
-- Finds those that nobody has seen for long, and those just seen.
CREATE INDEX tracked_messages_by_age ON tracked_messages (last_seen);
