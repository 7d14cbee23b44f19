-- How often a count has changed; the sum of an article's is the version of its counts.
ALTER TABLE counts ADD COLUMN changes INTEGER NOT NULL DEFAULT 1;

DROP TRIGGER vote_given;
DROP TRIGGER vote_removed;
DROP TRIGGER vote_changed;
CREATE TRIGGER vote_given AFTER INSERT ON votes BEGIN
    INSERT INTO counts VALUES (new.article, new.reaction, 1, 1)
        ON CONFLICT DO UPDATE SET votes = votes + 1, changes = changes + 1;
END;
CREATE TRIGGER vote_removed AFTER DELETE ON votes BEGIN
    UPDATE counts SET votes = votes - 1, changes = changes + 1
        WHERE article = old.article AND reaction = old.reaction;
END;
CREATE TRIGGER vote_changed AFTER UPDATE OF reaction ON votes BEGIN
    UPDATE counts SET votes = votes - 1, changes = changes + 1
        WHERE article = old.article AND reaction = old.reaction;
    INSERT INTO counts VALUES (new.article, new.reaction, 1, 1)
        ON CONFLICT DO UPDATE SET votes = votes + 1, changes = changes + 1;
END;

-- Every message with reactions: 0 and '' stand for what a message sent inline, or in a chat, lacks.
CREATE TABLE copies (
    chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, inline_message_id TEXT NOT NULL,
    article TEXT NOT NULL,
    keyboard TEXT NOT NULL,    -- what it shows, as the Bot API's JSON
    version INTEGER NOT NULL,  -- of the counts in it
    seen REAL NOT NULL,        -- when a reader was last known to look at it
    PRIMARY KEY (chat_id, message_id, inline_message_id)
) WITHOUT ROWID;
CREATE INDEX copies_by_version ON copies (article, version);

CREATE TABLE set_aside (update_id INTEGER PRIMARY KEY, body TEXT NOT NULL);
