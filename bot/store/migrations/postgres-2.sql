-- How often a count has changed; the sum of an article's is the version of its counts.
ALTER TABLE counts ADD COLUMN changes bigint NOT NULL DEFAULT 1;
CREATE OR REPLACE FUNCTION count_vote(its_article text, its_reaction text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO article_bot.counts AS counts VALUES (its_article, its_reaction, 1, 1)
        ON CONFLICT (article, reaction)
        DO UPDATE SET votes = counts.votes + 1, changes = counts.changes + 1;
$$;
CREATE OR REPLACE FUNCTION uncount_vote(its_article text, its_reaction text) RETURNS void
LANGUAGE sql AS $$
    UPDATE article_bot.counts SET votes = votes - 1, changes = changes + 1
        WHERE article = its_article AND reaction = its_reaction;
$$;

-- Every message with reactions: 0 and '' stand for what a message sent inline, or in a chat, lacks.
CREATE TABLE copies (
    chat_id bigint NOT NULL, message_id bigint NOT NULL, inline_message_id text NOT NULL,
    article text NOT NULL,
    keyboard text NOT NULL,          -- what it shows, as the Bot API's JSON
    version bigint NOT NULL,         -- of the counts in it
    seen double precision NOT NULL,  -- when a reader was last known to look at it
    PRIMARY KEY (chat_id, message_id, inline_message_id)
);
CREATE INDEX copies_by_version ON copies (article, version);

CREATE TABLE set_aside (update_id bigint PRIMARY KEY, body text NOT NULL);
