-- What a chat chose. chat: 32 bytes that stand for it, as voter does for a reader.
CREATE TABLE chats (
    chat bytea PRIMARY KEY,
    article text,   -- that questions there are about; NULL for all
    language text   -- that the bot speaks there; NULL where nobody chose one
);

-- The post of an article in a channel, which is edited when the article is published again.
CREATE TABLE posts (
    chat_id bigint NOT NULL, article text NOT NULL, message_id bigint NOT NULL,
    PRIMARY KEY (chat_id, article)
);

-- Questions too long for a link, on their way from another chat into the private one.
CREATE TABLE questions (
    key text PRIMARY KEY, question text NOT NULL, at double precision NOT NULL
);
CREATE INDEX questions_by_age ON questions (at);
