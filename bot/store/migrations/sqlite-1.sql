CREATE TABLE votes (
    article TEXT NOT NULL, voter BLOB NOT NULL, reaction TEXT NOT NULL,
    PRIMARY KEY (article, voter)
) WITHOUT ROWID;
CREATE INDEX votes_of_voter ON votes (voter);

CREATE TABLE counts (
    article TEXT NOT NULL, reaction TEXT NOT NULL, votes INTEGER NOT NULL CHECK (votes >= 0),
    PRIMARY KEY (article, reaction)
) WITHOUT ROWID;
CREATE TRIGGER vote_given AFTER INSERT ON votes BEGIN
    INSERT INTO counts VALUES (new.article, new.reaction, 1)
        ON CONFLICT DO UPDATE SET votes = votes + 1;
END;
CREATE TRIGGER vote_removed AFTER DELETE ON votes BEGIN
    UPDATE counts SET votes = votes - 1 WHERE article = old.article AND reaction = old.reaction;
END;
CREATE TRIGGER vote_changed AFTER UPDATE OF reaction ON votes BEGIN
    UPDATE counts SET votes = votes - 1 WHERE article = old.article AND reaction = old.reaction;
    INSERT INTO counts VALUES (new.article, new.reaction, 1)
        ON CONFLICT DO UPDATE SET votes = votes + 1;
END;

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY, at REAL NOT NULL, article TEXT, voter BLOB, reaction TEXT
) WITHOUT ROWID;
CREATE INDEX deliveries_of_voter ON deliveries (voter, article, at);
CREATE INDEX deliveries_by_age ON deliveries (at);

CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
