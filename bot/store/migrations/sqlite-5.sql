-- The feeds that are followed. feed: SHA-256 of the address, which may hold a secret.
CREATE TABLE feeds (
    feed TEXT PRIMARY KEY,
    etag TEXT, last_modified TEXT, -- as the server sent them when it was read last
    read_at REAL,                  -- seconds since 1970; NULL until it was read once
    next_look REAL NOT NULL,
    failures INTEGER NOT NULL      -- of the last looks, one after the other
) WITHOUT ROWID;

-- What each feed has listed. entry: SHA-256 of what identifies it there.
CREATE TABLE feed_entries (
    feed TEXT NOT NULL, entry TEXT NOT NULL,
    number INTEGER NOT NULL,       -- later entries have higher numbers
    fingerprint TEXT NOT NULL,     -- of all that the feed says of it
    body TEXT,                     -- that, as JSON, until its article is written; then NULL
    failures INTEGER NOT NULL, next_try REAL NOT NULL,
    article TEXT,                  -- NULL until its article is written
    written_at REAL,
    post TEXT NOT NULL,            -- none, waiting, sending, posted or unknown
    sends INTEGER NOT NULL,        -- calls whose outcome is not known
    next_send REAL NOT NULL,
    PRIMARY KEY (feed, entry)
) WITHOUT ROWID;
CREATE INDEX feed_entries_by_post ON feed_entries (post, number);

-- The id of the article in each file, which stays as it is while the article has votes.
CREATE TABLE article_files (file TEXT PRIMARY KEY, article TEXT NOT NULL) WITHOUT ROWID;
