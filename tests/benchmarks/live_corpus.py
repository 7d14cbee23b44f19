"""Articles are changed while readers ask: is an answer ever wrong, or late?

    python -m tests.benchmarks.live_corpus [--articles 200] [--readers 50] [--changes 100] [FILE...]

Each article tells its version in two sentences of one passage. Readers ask about one after the
other, each of them once in a while; in between, articles are written anew, so many a minute. An
answer is wrong if it shows no version, two different ones, or one that was outdated for longer than
two seconds when it was asked. The same readers ask with nothing changed, before, in the same run.
One more reader, an editor, asks about the article that was just changed until its new version is
shown. The rest of an article is made of words that do not exist, or of the paragraphs of question
sets in SQuAD's format, if FILEs are given.
"""

import argparse
import asyncio
import random
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.retrieval.question_sets import read_set
from tests.benchmarks.many_articles import made
from tests.support.chat import Chat
from tests.support.processes import Process, clean_environment
from tests.support.stage import Stage

PAUSE = 2.0
"""Seconds between two questions of a reader, on average."""
LATE = 2.0
"""Seconds after which a change must be seen."""
LOOK = 0.1
"""Seconds after which an editor who still saw the old version asks again."""
LOST = 60.0
"""Seconds after which an editor gives up."""
START = 1800.0
"""Seconds in which the bot must have read all articles."""
SYLLABLES = ("ba", "do", "fe", "gi", "ku", "la", "mo", "ne", "pi", "ru", "sa", "te", "vo", "wi")


@dataclass
class Result:
    """What was seen; ``times`` in milliseconds.

    ``seen`` is in seconds from a change to the first answer that shows it.
    """

    times: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Articles:
    """Articles about towns that do not exist.

    Args:
        folder: Where they are written.
        count: How many there are.
        files: Question sets whose paragraphs the articles have; none for words that do not exist.
    """

    def __init__(self, folder: Path, count: int, files: Sequence[Path] = ()) -> None:
        self.folder = folder
        self._chance = random.Random(0)
        self._vocabulary = [self._word(4) for _ in range(2_000)]
        towns: dict[str, None] = {}
        while len(towns) < count:
            towns[self._word(5).capitalize()] = None
        self.towns = list(towns)
        self._numbers = {town: number for number, town in enumerate(self.towns)}
        if files:
            articles = made.make(made.sources([read_set(file) for file in files]), count)
            self._rest = ["\n\n".join(article.paragraphs) for article in articles]
        else:
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

    def outdated_since(self, town: str, version: int) -> float | None:
        """Return when a version was replaced by the next one; None if it is the newest."""
        following = self.written[self._numbers[town]][version - 999 :]
        return following[0] if following else None

    def _paragraphs(self) -> str:
        words = self._chance.choices(self._vocabulary, k=600)
        return "\n\n".join(" ".join(words[n : n + 100]) + "." for n in range(0, 600, 100))

    def _word(self, syllables: int) -> str:
        return "".join(self._chance.choices(SYLLABLES, k=syllables))


async def ask(
    reader: Chat, articles: Articles, number: int, result: Result
) -> tuple[str, int] | None:
    """Ask about an article, look at the answer, and return which town's version it shows."""
    asked = time.monotonic()
    answer = await reader.send(f"How much did the bridge of {articles.towns[number]} cost?")
    result.times.append((time.monotonic() - asked) * 1000)
    found = re.search(r"of (\w+) cost (\d+) dollars. That is edition (\d+)", answer["text"])
    if found is None or found[2] != found[3]:
        result.wrong.append(answer["text"])
        return None
    # The names are alike, so that another article may answer; here only its version counts.
    since = articles.outdated_since(found[1], int(found[2]))
    if since is not None and asked - since > LATE:
        result.wrong.append(f"{asked - since:.1f} s late: {answer['text']}")
    return found[1], int(found[2])


async def read(reader: Chat, articles: Articles, seed: int, until: float, result: Result) -> None:
    """Ask until a time."""
    chance = random.Random(seed)
    while time.monotonic() < until:
        await asyncio.sleep(chance.uniform(0, 2 * PAUSE))
        await ask(reader, articles, chance.randrange(len(articles.towns)), result)


async def change(
    articles: Articles, per_minute: int, until: float, editor: Chat, result: Result
) -> None:
    """Change articles until a time; the editor looks for one change after the other."""
    chance = random.Random(1)
    looking: asyncio.Task[None] | None = None
    while per_minute and time.monotonic() < until:
        await asyncio.sleep(60 / per_minute)
        number = chance.randrange(len(articles.towns))
        articles.write(number)
        if looking is None or looking.done():
            looking = asyncio.create_task(look(editor, articles, number, result))
    if looking is not None:
        await looking


async def look(editor: Chat, articles: Articles, number: int, result: Result) -> None:
    """Ask about the article that was just changed until its new version is shown."""
    written = articles.written[number]
    version, since = len(written) + 999, written[-1]
    # What is asked so often is no measure of how long a reader waits.
    own = Result()
    while time.monotonic() - since < LOST:
        found = await ask(editor, articles, number, own)
        if found is not None and found[0] == articles.towns[number] and found[1] >= version:
            result.seen.append(time.monotonic() - since)
            break
        await asyncio.sleep(LOOK)
    else:
        own.wrong.append(f"{articles.towns[number]}: the change was not seen in {LOST:.0f} s")
    result.wrong += own.wrong


async def start(stage: Stage, corpus: Path) -> Process:
    """Start the bot as users do; many articles may take it longer than tests wait."""
    settings = stage.settings(CORPUS_DIR=str(corpus), CACHE_DIR=str(stage.folder / "cache"))
    process = Process(["run"], stage.folder, clean_environment(**settings))
    stage.processes.append(process)
    ready = re.compile("answers questions about")
    await asyncio.to_thread(process.wait_for, ready, START)
    return process


async def measure(given: argparse.Namespace) -> None:
    """Start the bot, print what is measured, and stop the bot."""
    with tempfile.TemporaryDirectory() as name:
        stage = Stage(Path(name))
        corpus = stage.folder / "corpus"
        corpus.mkdir()
        articles = Articles(corpus, given.articles, given.files)
        await stage.open()
        try:
            started = time.monotonic()
            process = await start(stage, corpus)
            print(f"{given.articles:,} articles; ready after {time.monotonic() - started:.1f} s\n")
            await compare(stage, articles, given)
            for line in process.output.splitlines():
                if " ERROR " in line or " WARNING " in line or "Traceback" in line:
                    print(line)
        finally:
            await stage.close()


async def compare(stage: Stage, articles: Articles, given: argparse.Namespace) -> None:
    """Print a row without changes and one with them."""
    readers = [await stage.reader() for _ in range(given.readers)]
    editor = await stage.reader()
    print("| changes a minute | answers | median | 99th | wrong | a change is seen after |")
    print("|---|---|---|---|---|---|")
    wrong: list[str] = []
    for per_minute in (0, given.changes):
        result, until = Result(), time.monotonic() + given.seconds
        asking = (
            read(reader, articles, seed, until, result) for seed, reader in enumerate(readers)
        )
        await asyncio.gather(change(articles, per_minute, until, editor, result), *asking)
        print(row(per_minute, result), flush=True)
        wrong += result.wrong[:5]
    print("\n".join(["", *wrong]))


def row(per_minute: int, result: Result) -> str:
    """Return a row of the table."""
    seen = "-"
    if result.seen:
        median, most = statistics.median(result.seen), max(result.seen)
        seen = f"{median:.1f} s (median of {len(result.seen)}), {most:.1f} s at most"
    slow = statistics.quantiles(result.times, n=100)[-1]
    return (
        f"| {per_minute} | {len(result.times)} | {statistics.median(result.times):.0f} ms "
        f"| {slow:.0f} ms | {len(result.wrong)} | {seen} |"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--changes", type=int, default=100, help="changes a minute")
    parser.add_argument("--seconds", type=float, default=60.0)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
