"""The load: readers who tap at random moments, each a reaction other than the last."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.copies.server import ChatKey, Client
from tests.benchmarks.copies.setup import People
from tests.support.corpora import ARTICLE

IN_PRIVATE = 0.7
"""Share of the taps in the reader's own chat; the others are in a group."""


@dataclass(frozen=True)
class Tap:
    """A tap to come. after: seconds from the beginning."""

    after: float
    reader: int
    copy: ChatKey
    reaction: str


@dataclass(frozen=True)
class Tapped:
    """A tap that was made. at: when it was sent to the server, in seconds since 1970.

    took: seconds until the server had queued it. query: its callback query's id.
    """

    tap: Tap
    at: float
    took: float
    query: str


def plan(
    people: People,
    copies: Sequence[ChatKey],
    reactions: Sequence[str],
    rate: float,
    seconds: float,
    chance: random.Random,
) -> list[Tap]:
    """Draw the taps: so many a second on average, independent of one another (Poisson)."""
    in_chat: dict[int, list[ChatKey]] = {}
    for copy in copies:
        in_chat.setdefault(copy[0], []).append(copy)
    groups: dict[int, list[int]] = {}
    for group, members in people.groups.items():
        for reader in members:
            groups.setdefault(reader, []).append(group)
    last: dict[int, str] = {}
    taps: list[Tap] = []
    after = chance.expovariate(rate)
    while after < seconds:
        reader = chance.choice(people.readers)
        private = reader not in groups or chance.random() < IN_PRIVATE
        chat = reader if private else chance.choice(groups[reader])
        reaction = chance.choice([name for name in reactions if name != last.get(reader)])
        last[reader] = reaction
        if own := in_chat.get(chat):
            taps.append(Tap(after, reader, chance.choice(own), reaction))
        after += chance.expovariate(rate)
    return taps


async def make(client: Client, taps: Sequence[Tap]) -> list[Tapped]:
    """Make the taps, each at its time, whatever became of those before it."""
    begun = time.monotonic()
    made = []
    for tap in taps:
        await asyncio.sleep(begun + tap.after - time.monotonic())
        made.append(asyncio.create_task(_make(client, tap)))
    return await asyncio.gather(*made)


async def _make(client: Client, tap: Tap) -> Tapped:
    at, begun = time.time(), time.monotonic()
    chat, message = tap.copy
    answer = await client.post(
        "taps",
        reader=tap.reader,
        chat=chat,
        message_id=message,
        data=f"r:{ARTICLE}:{tap.reaction}",
    )
    return Tapped(tap, at, time.monotonic() - begun, answer["callback_query_id"])


def last_votes(taps: Sequence[Tap]) -> Mapping[int, str]:
    """Each reader's vote when all taps were counted."""
    return {tap.reader: tap.reaction for tap in taps}
