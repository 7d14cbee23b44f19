-- The feeds that are followed. feed: SHA-256 of the address, which may hold a secret.
CREATE TABLE feeds (
    feed text PRIMARY KEY,
    etag text, last_modified text, -- as the server sent them when it was read last
    read_at double precision,      -- seconds since 1970; NULL until it was read once
    next_look double precision NOT NULL,
    failures bigint NOT NULL       -- of the last looks, one after the other
);

-- What each feed has listed. entry: SHA-256 of what identifies it there.
CREATE TABLE feed_entries (
    feed text NOT NULL, entry text NOT NULL,
    number bigint NOT NULL,        -- later entries have higher numbers
    fingerprint text NOT NULL,     -- of all that the feed says of it
    body text,                     -- that, as JSON, until its article is written; then NULL
    failures bigint NOT NULL, next_try double precision NOT NULL,
    article text,                  -- NULL until its article is written
    written_at double precision,
    post text NOT NULL,            -- none, waiting, sending, posted or unknown
    sends bigint NOT NULL,         -- calls whose outcome is not known
    next_send double precision NOT NULL,
    PRIMARY KEY (feed, entry)
);
CREATE INDEX feed_entries_by_post ON feed_entries (post, number);

-- The id of the article in each file, which stays as it is while the article has votes.
CREATE TABLE article_files (file text PRIMARY KEY, article text NOT NULL);
