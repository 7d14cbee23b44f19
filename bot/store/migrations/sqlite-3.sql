-- What a chat chose. chat: 32 bytes that stand for it, as voter does for a reader.
CREATE TABLE chats (
    chat BLOB PRIMARY KEY,
    article TEXT,   -- that questions there are about; NULL for all
    language TEXT   -- that the bot speaks there; NULL where nobody chose one
) WITHOUT ROWID;

-- The post of an article in a channel, which is edited when the article is published again.
CREATE TABLE posts (
    chat_id INTEGER NOT NULL, article TEXT NOT NULL, message_id INTEGER NOT NULL,
    PRIMARY KEY (chat_id, article)
) WITHOUT ROWID;

-- Questions too long for a link, on their way from another chat into the private one.
CREATE TABLE questions (
    key TEXT PRIMARY KEY, question TEXT NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX questions_by_age ON questions (at);
