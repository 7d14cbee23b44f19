"""Votes against a model: random taps that are repeated, reordered and forgotten."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.store.base import REPEAT_WINDOW, Change
from bot.store.retention import CALLBACK_QUERY_KEPT
from bot.store.sql import SqlStore
from tests.store.conftest import Clock, create_store, execute

ARTICLES, REACTIONS = ("x", "y"), ("like", "love", "sad")
VOTERS = [bytes([number]) * 32 for number in range(2)]
STEPS = 40

Result = TypeVar("Result")


class Model:
    """What a store must do, written as simply as possible."""

    def __init__(self) -> None:
        self.votes: dict[tuple[str, bytes], str] = {}
        self.last: dict[tuple[str, bytes], tuple[str, float]] = {}
        self.known: dict[str, float] = {}

    def vote(self, article: str, voter: bytes, reaction: str, query_id: str, now: float) -> Change:
        reader = (article, voter)
        if query_id in self.known:
            return Change.REPEATED
        self.known[query_id] = now
        if reader in self.last:
            tapped, at = self.last[reader]
            if tapped == reaction and now - at < REPEAT_WINDOW:
                return Change.REPEATED
        self.last[reader] = (reaction, now)
        previous = self.votes.pop(reader, None)
        if previous == reaction:
            return Change.TAKEN_BACK
        self.votes[reader] = reaction
        return Change.CHANGED if previous else Change.VOTED

    def forget_voter(self, voter: bytes) -> int:
        gone = [reader for reader in self.votes if reader[1] == voter]
        for reader in gone:
            del self.votes[reader]
        self.last = {reader: one for reader, one in self.last.items() if reader[1] != voter}
        return len(gone)

    def delete_expired(self, now: float) -> None:
        oldest = now - CALLBACK_QUERY_KEPT
        self.known = {i: at for i, at in self.known.items() if at >= oldest}
        self.last = {reader: one for reader, one in self.last.items() if one[1] >= oldest}

    def counts(self, article: str) -> dict[str, int]:
        return dict(Counter(r for (of, _), r in self.votes.items() if of == article))


class Taps(RuleBasedStateMachine):
    """Random actions of readers, their apps, Telegram and two processes of the bot."""

    def __init__(self, address: str | None) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock, self.model = Clock(), Model()
        self.taps_sent: list[tuple[str, bytes, str, str]] = []
        self.late: list[tuple[str, bytes, str, str]] = []
        self.versions: dict[str, tuple[int, dict[str, int]]] = {}
        self.folder = tempfile.TemporaryDirectory()
        if address is not None:
            self.run(execute(address, "DROP SCHEMA IF EXISTS article_bot CASCADE"))
        self.stores = [self.opened(address) for _ in range(2)]

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def opened(self, address: str | None) -> SqlStore:
        store = create_store(address or Path(self.folder.name) / "votes.db", self.clock)
        self.run(store.open())
        return store

    def teardown(self) -> None:
        for store in self.stores:
            self.run(store.close())
        self.runner.close()
        self.folder.cleanup()

    def deliver(self, store: int, tap: tuple[str, bytes, str, str]) -> None:
        article, voter, reaction, query_id = tap
        before = self.model.votes.get((article, voter))
        found = self.run(self.stores[store].vote(article, voter, reaction, query_id))
        change = self.model.vote(article, voter, reaction, query_id, self.clock.now)
        after = self.model.votes.get((article, voter))
        assert (found.change, found.previous, found.choice) == (change, before, after)
        assert found.counts.votes == self.model.counts(article)

    def new(self, article: str, voter: bytes, reaction: str) -> tuple[str, bytes, str, str]:
        tap = (article, voter, reaction, str(len(self.taps_sent)))
        self.taps_sent.append(tap)
        return tap

    stores_ = st.integers(0, 1)
    taps_ = (st.sampled_from(ARTICLES), st.sampled_from(VOTERS), st.sampled_from(REACTIONS))

    @rule(store=stores_, tap=st.tuples(*taps_))
    def taps(self, store: int, tap: tuple[str, bytes, str]) -> None:
        self.deliver(store, self.new(*tap))

    @rule(store=stores_, tap=st.tuples(*taps_))
    def app_taps_again_by_itself(self, store: int, tap: tuple[str, bytes, str]) -> None:
        self.deliver(store, self.new(*tap))
        self.deliver(1 - store, self.new(*tap))

    @rule(tap=st.tuples(*taps_))
    def a_tap_is_held_up(self, tap: tuple[str, bytes, str]) -> None:
        self.late.append(self.new(*tap))

    @rule(store=stores_, data=st.data())
    def one_that_was_held_up_comes_out_of_order(self, store: int, data: st.DataObject) -> None:
        if self.late:
            self.deliver(store, self.late.pop(data.draw(st.integers(0, len(self.late) - 1))))

    @rule(store=stores_, data=st.data())
    def telegram_repeats_any(self, store: int, data: st.DataObject) -> None:
        if sent := [tap for tap in self.taps_sent if tap not in self.late]:
            self.deliver(store, data.draw(st.sampled_from(sent)))

    @rule(store=stores_, data=st.data())
    def telegram_delivers_twice_at_once(self, store: int, data: st.DataObject) -> None:
        tap = data.draw(st.tuples(*self.taps_))
        article, voter, reaction, query_id = tap = self.new(*tap)
        same = [self.stores[n].vote(article, voter, reaction, query_id) for n in (store, 1)]

        async def both() -> None:
            await asyncio.gather(*same)

        self.run(both())
        self.model.vote(*tap, self.clock.now)
        assert self.run(self.stores[0].counts(article)).votes == self.model.counts(article)

    @rule(store=stores_, voter=st.sampled_from(VOTERS))
    def forgets(self, store: int, voter: bytes) -> None:
        assert self.run(self.stores[store].forget_voter(voter)) == self.model.forget_voter(voter)

    @rule(store=stores_)
    def what_has_expired_is_deleted(self, store: int) -> None:
        self.run(self.stores[store].delete_expired(1_000))
        self.model.delete_expired(self.clock.now)

    @rule(seconds=st.sampled_from([0.2, REPEAT_WINDOW, 60.0, CALLBACK_QUERY_KEPT]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def counts_are_the_votes_and_versions_tell_of_changes(self) -> None:
        for article in ARTICLES:
            counts = self.run(self.stores[0].counts(article))
            assert counts.votes == self.model.counts(article)
            version, votes = self.versions.get(article, (0, {}))
            assert counts.version >= version
            assert counts.version > version or counts.votes == votes
            self.versions[article] = (counts.version, dict(counts.votes))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_whatever_happens_votes_are_as_the_model_says(
    engine: str, request: pytest.FixtureRequest
) -> None:
    """In both engines, by two processes that take turns or act at once."""
    address = request.getfixturevalue("postgres_url") if engine == "postgres" else None
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Taps(address),
        settings=settings(
            max_examples=30 if address is None else 15,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
