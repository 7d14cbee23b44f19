"""What became of the taps: the database and the messages, compared with what readers tapped."""

import asyncio
import contextlib
import difflib
import re
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.benchmarks.kills.actors import Reader, Telegram
from tests.support.sentences import said

TOAST = re.compile(
    "|".join(
        re.escape(said(key, choice="?", previous="?")).replace(r"\?", r"\S+")
        for key in ("toast_voted", "toast_changed")
    )
)
NOTES = {
    "sqlite": """
CREATE TABLE kills (n INTEGER PRIMARY KEY, voter BLOB, reaction TEXT);
CREATE TRIGGER kills_insert AFTER INSERT ON votes BEGIN
    INSERT INTO kills (voter, reaction) VALUES (new.voter, new.reaction); END;
CREATE TRIGGER kills_update AFTER UPDATE ON votes BEGIN
    INSERT INTO kills (voter, reaction) VALUES (new.voter, new.reaction); END;
CREATE TRIGGER kills_delete AFTER DELETE ON votes BEGIN
    INSERT INTO kills (voter) VALUES (old.voter); END;
""",
    "postgres": """
CREATE TABLE kills (n bigserial PRIMARY KEY, voter bytea, reaction text);
CREATE FUNCTION kills_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO kills (voter, reaction) VALUES (coalesce(new.voter, old.voter), new.reaction);
    RETURN NULL; END $$;
CREATE TRIGGER kills AFTER INSERT OR UPDATE OR DELETE ON votes
    FOR EACH ROW EXECUTE FUNCTION kills_note();
""",
}
"""Triggers of ours that note every change of a vote: the vote itself shows only the last tap."""


@dataclass
class Report:
    """What became of the taps.

    Attributes:
        delivery: "polling" or "webhook".
        standbys: Processes that stood by.
        repeated: Taps that were given to the bot before and after a kill.
        deferred: Updates that were deferred in the database when the bot was killed.
        stale: Older answers that never showed the last counts.
    """

    engine: str
    delivery: str
    standbys: int
    kills: int = 0
    taps: int = 0
    repeated: int = 0
    deferred: int = 0
    lost: int = 0
    answered_and_lost: int = 0
    unanswered: int = 0
    doubled: int = 0
    wrong_votes: int = 0
    wrong_counts: int = 0
    stale: int = 0
    seconds: int = 0
    problems: list[str] = field(default_factory=list)
    logged: Counter[str] = field(default_factory=Counter)

    @property
    def passed(self) -> bool:
        bad = (self.lost, self.unanswered, self.doubled, self.wrong_votes, self.wrong_counts)
        return not (any(bad) or self.stale or self.problems)

    def __str__(self) -> str:
        cells = {name.replace("_", " "): value for name, value in list(vars(self).items())[:-2]}
        rows = (cells, ["---"] * len(cells), map(str, cells.values()))
        table = [f"| {' | '.join(row)} |" for row in rows]
        logged = [f"logged {count} times: {line}" for line, count in self.logged.most_common()]
        return "\n".join((*table, *self.problems[:10], *logged))


async def query(url: str, statements: str) -> list[Any]:
    """Ask a database itself, without any code of the bot; several statements give no rows."""
    if url.startswith("sqlite:"):
        return await asyncio.to_thread(_query_file, url.removeprefix("sqlite:///"), statements)
    schema = {"search_path": "article_bot"}
    connection = await asyncpg.connect(url, timeout=10, server_settings=schema)
    try:
        if statements.startswith("SELECT"):
            return await connection.fetch(statements)
        await connection.execute(statements)
        return []
    finally:
        await connection.close()


def _query_file(path: str, statements: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as db:
        run = db.execute if statements.startswith("SELECT") else db.executescript
        return run(statements).fetchall()


def shown(message: dict[str, Any]) -> Counter[str]:
    """Return the counts on a message's keyboard."""
    counts: Counter[str] = Counter()
    for row in message["reply_markup"]["inline_keyboard"]:
        for button in row:
            if number := re.search(r" (\d+)$", button["text"]):
                counts[button["callback_data"].rpartition(":")[2]] = int(number[1])
    return counts


async def judge_keyboards(url: str, new: Reader, readers: list[Reader], report: Report) -> None:
    """Compare what the bot shows: on a new answer at once, on older ones soon.

    Args:
        url: The database.
        new: A reader who has not asked anything yet.
        readers: Those who tapped.
        report: Where the result is noted.
    """
    votes = Counter(row[0] for row in await query(url, "SELECT reaction FROM votes"))
    if (counts := shown(await new.chat.send("/article"))) != votes:
        report.problems.append(f"A new answer shows {counts}; the votes are {votes}.")
    for _ in range(200):
        current = [shown(await reader.chat.current(reader.answer)) for reader in readers]
        report.stale = sum(counts != votes for counts in current)
        if not report.stale:
            return
        await asyncio.sleep(0.05)


async def judge_votes(telegram: Telegram, url: str, readers: list[Reader], report: Report) -> None:
    """Compare votes, counts and toasts with what readers tapped."""
    votes = {row[0]: row[1] for row in await query(url, "SELECT voter, reaction FROM votes")}
    counts = {row[0]: row[1] for row in await query(url, "SELECT reaction, votes FROM counts")}
    true = Counter(votes.values())
    report.wrong_counts = sum(counts.get(name, 0) != true[name] for name in {*true, *counts})
    report.repeated = sum(len(lives) > 1 for lives in telegram.given.values())
    rows = await query(url, "SELECT callback_query_id, voter, reaction FROM callback_queries")
    delivered = Counter(tuple(row) for row in rows)
    tapped = Counter((i, reader.voter, name) for reader in readers for i, name in reader.taps)
    report.taps = tapped.total()
    missing, more = tapped - delivered, delivered - tapped
    toasts = await telegram.all_toasts(report.taps)
    report.problems += [f"Not counted: {i} {name}, {toasts.get(i)}" for i, _, name in missing]
    report.problems += [f"Counted, but not tapped: {i} {name}" for i, _, name in more]
    told = Counter(text for text in toasts.values() if not TOAST.match(text))
    report.problems += [f"Told {count} times: {text}" for text, count in told.items()]
    report.answered_and_lost = sum(i in toasts for i, _, _ in missing)
    report.unanswered = sum(i not in toasts for i, _, _ in tapped)
    noted: defaultdict[bytes, list[str | None]] = defaultdict(list)
    for voter, reaction in await query(url, "SELECT voter, reaction FROM kills ORDER BY n"):
        noted[voter].append(reaction)
    lost = 0
    for reader in readers:
        wanted, got = [name for _, name in reader.taps], noted[reader.voter]
        same = difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
        kept = sum(block.size for block in same)
        lost, report.doubled = lost + len(wanted) - kept, report.doubled + len(got) - kept
        report.wrong_votes += votes.get(reader.voter) != wanted[-1]
    report.lost, report.doubled = max(lost, missing.total()), report.doubled + more.total()
