-- Tables and columns are named as in the code. SQLite cannot rename an index.
ALTER TABLE copies RENAME TO tracked_messages;
ALTER TABLE tracked_messages RENAME COLUMN seen TO last_seen;
DROP INDEX copies_by_version;
CREATE INDEX tracked_messages_by_version ON tracked_messages (article, version);
-- 0 stood for "unknown" too, for which there is a version of its own now.
UPDATE tracked_messages SET version = -1 WHERE version = 0;

ALTER TABLE deliveries RENAME TO callback_queries;
ALTER TABLE callback_queries RENAME COLUMN id TO callback_query_id;
DROP INDEX deliveries_of_voter;
DROP INDEX deliveries_by_age;
CREATE INDEX callback_queries_of_voter ON callback_queries (voter, article, at);
CREATE INDEX callback_queries_by_age ON callback_queries (at);

ALTER TABLE questions RENAME TO saved_questions;
DROP INDEX questions_by_age;
CREATE INDEX saved_questions_by_age ON saved_questions (at);

ALTER TABLE set_aside RENAME TO deferred_updates;
ALTER TABLE chats RENAME TO chat_settings;
ALTER TABLE posts RENAME TO channel_posts;
ALTER TABLE facts RENAME TO meta;
