-- Tables and columns are named as in the code.
ALTER TABLE copies RENAME TO tracked_messages;
ALTER TABLE tracked_messages RENAME COLUMN seen TO last_seen;
ALTER INDEX copies_pkey RENAME TO tracked_messages_pkey;
ALTER INDEX copies_by_version RENAME TO tracked_messages_by_version;
-- 0 stood for "unknown" too, for which there is a version of its own now.
UPDATE tracked_messages SET version = -1 WHERE version = 0;

ALTER TABLE deliveries RENAME TO callback_queries;
ALTER TABLE callback_queries RENAME COLUMN id TO callback_query_id;
ALTER INDEX deliveries_pkey RENAME TO callback_queries_pkey;
ALTER INDEX deliveries_of_voter RENAME TO callback_queries_of_voter;
ALTER INDEX deliveries_by_age RENAME TO callback_queries_by_age;

ALTER TABLE questions RENAME TO saved_questions;
ALTER INDEX questions_pkey RENAME TO saved_questions_pkey;
ALTER INDEX questions_by_age RENAME TO saved_questions_by_age;

ALTER TABLE set_aside RENAME TO deferred_updates;
ALTER INDEX set_aside_pkey RENAME TO deferred_updates_pkey;
ALTER TABLE chats RENAME TO chat_settings;
ALTER INDEX chats_pkey RENAME TO chat_settings_pkey;
ALTER TABLE posts RENAME TO channel_posts;
ALTER INDEX posts_pkey RENAME TO channel_posts_pkey;
ALTER TABLE facts RENAME TO meta;
ALTER INDEX facts_pkey RENAME TO meta_pkey;
