"""How much one reader's hundred taps delay another reader's answer and toast.

    python -m tests.benchmarks.one_reader [--rounds 20] [--taps 100]

Ada taps at once as often as given; in the same moment Ben asks, and in another round taps. The
same without Ada's taps, in turns, in one run; the bot runs as for users, with Telegram's limits,
and only Ada's and Ben's chats are in use.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.support.chat import Chat
from tests.support.corpora import ARTICLE
from tests.support.stage import Stage

REACTIONS = ("like", "dislike", "love", "funny", "angry", "sad", "wow")
LIMITS = {"PRIVATE_CHAT_PER_SECOND": "1", "GROUP_PER_MINUTE": "20", "OVERALL_PER_SECOND": "30"}
CALM = 2.2
"""Seconds between measurements, in which all that was tapped before is shown."""

Work = Callable[[], Awaitable[Any]]


async def milliseconds(work: Work) -> float:
    """How long it takes."""
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1000


async def delayed(stage: Stage, ada: Chat, answer: dict[str, Any], taps: int, work: Work) -> float:
    """How long it takes right after Ada tapped; 0 taps for how long it takes else."""
    for n in range(taps):
        data = f"r:{ARTICLE}:{REACTIONS[n % 7]}"
        await ada.tap_only(answer, data)
    found = await milliseconds(work)
    await stage.settled(stage.bots[0])
    await asyncio.sleep(CALM)
    return found


async def measure(rounds: int, taps: int) -> None:
    """Print a row for the answer and one for the toast."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        await stage.open()
        await stage.bot(**LIMITS)
        ada, ben = await stage.reader(), await stage.reader()
        hers, his = await ada.send("/article"), await ben.send("/article")
        others = [await stage.reader() for _ in range(2 * rounds)]
        turn = 0

        async def ask() -> None:
            # Each time another reader: a chat's own limit is not what is measured here.
            await others.pop().send("what did the US agree to?")

        async def tap() -> None:
            nonlocal turn
            turn += 1
            await ben.tap(his, f"r:{ARTICLE}:{REACTIONS[turn % 7]}")

        print(f"{'milliseconds, median (most)':32}{'alone':>16}{'behind taps':>16}{'delay':>8}")
        for name, work in (("another reader's answer", ask), ("another reader's toast", tap)):
            alone, behind = [], []
            for _ in range(rounds):
                alone.append(await delayed(stage, ada, hers, 0, work))
                behind.append(await delayed(stage, ada, hers, taps, work))
            medians = statistics.median(alone), statistics.median(behind)
            shown = [
                f"{m:.0f} ({max(of):.0f})" for m, of in zip(medians, (alone, behind), strict=True)
            ]
            print(f"{name:32}{shown[0]:>16}{shown[1]:>16}{medians[1] - medians[0]:8.0f}")
        await stage.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--taps", type=int, default=100)
    given = parser.parse_args()
    asyncio.run(measure(given.rounds, given.taps))


if __name__ == "__main__":
    main()
