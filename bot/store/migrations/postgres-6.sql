-- When it was deferred, so that what nobody can handle is deleted after a day.
ALTER TABLE deferred_updates ADD COLUMN at double precision NOT NULL DEFAULT 0;
UPDATE deferred_updates SET at = extract(epoch FROM now());

-- Finds the outdated messages seen last without reading the table.
DROP INDEX tracked_messages_by_version;
CREATE INDEX tracked_messages_by_version ON tracked_messages (article, version, last_seen)
    INCLUDE (chat_id, message_id, inline_message_id);
-- Finds those that nobody has seen for long, and those just seen.
CREATE INDEX tracked_messages_by_age ON tracked_messages (last_seen);
