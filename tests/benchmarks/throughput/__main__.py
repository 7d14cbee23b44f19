"""Questions and taps a second, and processor time for each, of bare bots and of this one.

    python -m tests.benchmarks.throughput [--questions 2000] [--taps 2000] [--rounds 3] [--only bot]
                                          [--kind popular]

Every bot gets the same updates from the same stub of the Bot API on this machine, in turns and in
processes of their own, because machines are noisy; the medians are compared. Questions are a few
that everybody asks, or all different. A question is done when its answer was sent; a tap when its
button was answered and its message was edited after that. The bot runs as for users but for
Telegram's limits; the bare ones only echo, or edit.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.throughput.bare import BOTS
from tests.benchmarks.throughput.stub import TEXTS, TOKEN, serving
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import clean_environment

OURS = "this bot"
READERS = 200
WARM_UP = 200
LIMIT = 300.0
"""Seconds for all updates of a turn."""
STARTS = 30.0
"""Seconds for the start of a bot."""
NO_LIMITS = {
    "PRIVATE_CHAT_PER_SECOND": "1000000",
    "GROUP_PER_MINUTE": "60000000",
    "OVERALL_PER_SECOND": "1000000",
}


@dataclass
class Row:
    """What was measured of a bot, a number for each round."""

    rates: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)


def ask(address: str, path: str, **fields: Any) -> Any:
    """Ask the stub."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"{address}/{path}", json.dumps(fields).encode())
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)


def started(name: str, address: str, folder: Path, log: Any) -> subprocess.Popen[bytes]:
    """Start a bot, and wait until it asks for updates."""
    kept = {"DATABASE_URL": f"sqlite:///{folder}/votes.db", "CACHE_DIR": str(folder / "cache")}
    api = {"BOT_TOKEN": TOKEN, "BOT_API_URL": address, "CORPUS_DIR": str(ROOT / "corpus")}
    environ = clean_environment(PYTHONPATH=str(ROOT), **api, **kept, **NO_LIMITS)
    environ.pop("PYTHONUNBUFFERED", None)
    arguments = ["bot", "run"]
    if name != OURS:
        arguments = ["tests.benchmarks.throughput.bare", name, address]
    command = [sys.executable, "-m", *arguments]
    if profile := os.environ.get("PROFILE"):
        command = [sys.executable, "-m", "cProfile", "-o", profile, "-m", *arguments]
    process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
    end = time.monotonic() + STARTS
    while not ask(address, "state")["polled"]:
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise RuntimeError(f"{name} does not ask for updates: {(folder / 'log').read_text()}")
        time.sleep(0.1)
    return process


def processor_seconds(pid: int) -> float:
    """Return what a process has used so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def carried(address: str, kind: str, count: int) -> dict[str, Any]:
    """Have the bot that polls carry out updates; what the stub saw."""
    ask(address, "load", kind=kind, count=count, readers=READERS, article=ARTICLE)
    end = time.monotonic() + LIMIT
    while not (state := ask(address, "state"))["done"]:
        if time.monotonic() > end:
            raise RuntimeError(f"{kind}: {state['left']} left")
        time.sleep(0.1)
    return dict(state)


def turn(name: str, kind: str, count: int, row: Row) -> None:
    """Measure a bot once."""
    with tempfile.TemporaryDirectory() as made, serving() as address:
        folder = Path(made)
        with (folder / "log").open("wb") as log:
            process = started(name, address, folder, log)
            try:
                carried(address, kind, WARM_UP)
                before = processor_seconds(process.pid)
                state = carried(address, kind, count)
                used = processor_seconds(process.pid) - before
            except RuntimeError:
                print((folder / "log").read_text()[-3000:], file=sys.stderr)
                raise
            finally:
                process.send_signal(2)
                process.wait()
    row.rates.append(count / state["seconds"])
    row.milliseconds.append(used / count * 1000)
    row.polls.append(state["polls"])


def table(kind: str, count: int, rounds: int, only: str) -> None:
    """Let all take turns, and print a row for each."""
    rows = {name: Row() for name in (*BOTS, OURS) if only in name}
    for _ in range(rounds):
        for name, row in rows.items():
            turn(name, kind, count, row)
    first = statistics.median(next(iter(rows.values())).rates)
    print(f"\n{kind:36}{'a second':>10}{'(runs)':>24}{'ratio':>8}{'CPU ms':>8}{'polls':>7}")
    for name, row in rows.items():
        rate = statistics.median(row.rates)
        runs = ", ".join(f"{each:,.0f}" for each in row.rates)
        used, polls = statistics.median(row.milliseconds), statistics.median(row.polls)
        print(f"{name:36}{rate:10,.0f}{runs:>24}{rate / first:8.2f}{used:8.2f}{polls:7.0f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--taps", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="a part of the name of the bots to measure")
    parser.add_argument("--kind", default="", help="a part of the name of the kinds to measure")
    given = parser.parse_args()
    counts = {**dict.fromkeys(TEXTS, given.questions), "taps": given.taps}
    for kind, count in counts.items():
        if count and given.kind in kind:
            table(kind, count, given.rounds, given.only)


if __name__ == "__main__":
    main()
