CREATE TABLE votes (
    article text NOT NULL, voter bytea NOT NULL, reaction text NOT NULL,
    PRIMARY KEY (article, voter)
);
CREATE INDEX votes_of_voter ON votes (voter);

CREATE TABLE counts (
    article text NOT NULL, reaction text NOT NULL, votes bigint NOT NULL CHECK (votes >= 0),
    PRIMARY KEY (article, reaction)
) WITH (fillfactor = 50);
-- Whole names: a restored dump, or a person, has another search path.
CREATE FUNCTION count_vote(its_article text, its_reaction text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO article_bot.counts AS counts VALUES (its_article, its_reaction, 1)
        ON CONFLICT (article, reaction) DO UPDATE SET votes = counts.votes + 1;
$$;
CREATE FUNCTION uncount_vote(its_article text, its_reaction text) RETURNS void LANGUAGE sql AS $$
    UPDATE article_bot.counts SET votes = votes - 1
        WHERE article = its_article AND reaction = its_reaction;
$$;
CREATE FUNCTION count_votes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Rows are locked in one order, or two readers who swap their reactions block each other.
    IF TG_OP = 'UPDATE' AND old.reaction > new.reaction THEN
        PERFORM article_bot.count_vote(new.article, new.reaction);
        PERFORM article_bot.uncount_vote(old.article, old.reaction);
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM article_bot.uncount_vote(old.article, old.reaction);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM article_bot.count_vote(new.article, new.reaction);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER votes_counted AFTER INSERT OR UPDATE OR DELETE ON votes
    FOR EACH ROW EXECUTE FUNCTION count_votes();

CREATE TABLE deliveries (
    id text PRIMARY KEY, at double precision NOT NULL, article text, voter bytea, reaction text
);
CREATE INDEX deliveries_of_voter ON deliveries (voter, article, at);
CREATE INDEX deliveries_by_age ON deliveries (at);

CREATE TABLE facts (name text PRIMARY KEY, value bytea NOT NULL);
