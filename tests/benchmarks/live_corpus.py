"""Articles are changed while readers ask: is an answer ever wrong, or late?

    python -m tests.benchmarks.live_corpus [--articles 200] [--readers 50] [--changes 100]

Each article tells its version in two sentences of one passage. Readers ask about one after the
other, each of them once in a while; in between, articles are written anew, so many a minute. An
answer is wrong if it shows no version, two different ones, or one that was outdated for longer than
two seconds when it was asked. The same readers ask with nothing changed, before, in the same run.
"""

import argparse
import asyncio
import random
import re
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.chat import Chat
from tests.support.stage import Stage

PAUSE = 2.0
"""Seconds between two questions of a reader, on average."""
LATE = 2.0
"""Seconds after which a change must be seen."""
SYLLABLES = ("ba", "do", "fe", "gi", "ku", "la", "mo", "ne", "pi", "ru", "sa", "te", "vo", "wi")


@dataclass
class Result:
    """What was seen; ``times`` in milliseconds, ``delays`` in seconds since a change."""

    times: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Articles:
    """Articles about towns that do not exist."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self._chance = random.Random(0)
        self._vocabulary = [self._word(4) for _ in range(2_000)]
        self.towns = [self._word(5).capitalize() for _ in range(count)]
        self._rest = [self._paragraphs() for _ in range(count)]
        self.written: list[list[float]] = [[] for _ in range(count)]
        for number in range(count):
            self.write(number)

    def write(self, number: int) -> None:
        """Write the next version of an article."""
        town, version = self.towns[number], len(self.written[number]) + 1000
        text = (
            f"---\ntitle: News of {town}\nlanguage: en\n---\n{self._rest[number]}\n\n"
            f"The bridge of {town} cost {version} dollars. That is edition {version}.\n"
        )
        self.written[number].append(time.monotonic())
        (self.folder / f"{town.lower()}.md").write_text(text, encoding="utf-8")

    def _paragraphs(self) -> str:
        words = self._chance.choices(self._vocabulary, k=600)
        return "\n\n".join(" ".join(words[n : n + 100]) + "." for n in range(0, 600, 100))

    def _word(self, syllables: int) -> str:
        return "".join(self._chance.choices(SYLLABLES, k=syllables))


async def ask(reader: Chat, articles: Articles, number: int, result: Result) -> None:
    """Ask about an article, and look at the answer."""
    asked = time.monotonic()
    answer = await reader.send(f"How much did the bridge of {articles.towns[number]} cost?")
    result.times.append((time.monotonic() - asked) * 1000)
    found = re.search(r"of (\w+) cost (\d+) dollars. That is edition (\d+)", answer["text"])
    if found is None or found[2] != found[3]:
        result.wrong.append(answer["text"])
        return
    # The names are alike, so that another article may answer; here only its version counts.
    following = articles.written[articles.towns.index(found[1])][int(found[2]) - 999 :]
    if following and asked - following[0] > 0:
        result.delays.append(asked - following[0])
        if result.delays[-1] > LATE:
            result.wrong.append(f"{result.delays[-1]:.1f} s late: {answer['text']}")


async def read(reader: Chat, articles: Articles, seed: int, until: float, result: Result) -> None:
    """Ask until a time."""
    chance = random.Random(seed)
    while time.monotonic() < until:
        await asyncio.sleep(chance.uniform(0, 2 * PAUSE))
        await ask(reader, articles, chance.randrange(len(articles.towns)), result)


async def change(articles: Articles, per_minute: int, until: float) -> None:
    """Change articles until a time."""
    chance = random.Random(1)
    while per_minute and time.monotonic() < until:
        await asyncio.sleep(60 / per_minute)
        articles.write(chance.randrange(len(articles.towns)))


async def measure(given: argparse.Namespace) -> None:
    """Print a row without changes and one with them."""
    with tempfile.TemporaryDirectory() as name:
        stage = Stage(Path(name))
        corpus = stage.folder / "corpus"
        corpus.mkdir()
        articles = Articles(corpus, given.articles)
        await stage.open()
        process = await stage.process(CORPUS_DIR=str(corpus))
        readers = [await stage.reader() for _ in range(given.readers)]
        print("| changes a minute | answers | median | 99th | wrong | a change is seen after |")
        print("|---|---|---|---|---|---|")
        for per_minute in (0, given.changes):
            result, until = Result(), time.monotonic() + given.seconds
            asking = (
                read(reader, articles, seed, until, result) for seed, reader in enumerate(readers)
            )
            await asyncio.gather(change(articles, per_minute, until), *asking)
            seen = f"{max(result.delays, default=0):.1f} s at most" if per_minute else "-"
            print(
                f"| {per_minute} | {len(result.times)} | {statistics.median(result.times):.0f} ms "
                f"| {statistics.quantiles(result.times, n=100)[-1]:.0f} ms | {len(result.wrong)} "
                f"| {seen} |"
            )
            for text in result.wrong[:5]:
                print(text)
        for line in process.output.splitlines():
            if " ERROR " in line or " WARNING " in line or "Traceback" in line:
                print(line)
        await stage.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--changes", type=int, default=100, help="changes a minute")
    parser.add_argument("--seconds", type=float, default=60.0)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
