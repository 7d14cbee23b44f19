"""One step of one system, in a process of its own, which prints what it measured as JSON.

    python -m tests.benchmarks.many_articles.measured NUMBER build|ask FOLDER STARTED

NUMBER is the system's in SYSTEMS, FOLDER has what is searched, and STARTED is when the process was
started, on the monotonic clock.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks.many_articles.systems import SYSTEMS, System
from tests.support.corpora import ROOT

QUESTIONS = "questions.json"
"""Name in the folder: the questions; the first one warms up and is not counted."""


@dataclass(frozen=True)
class Measured:
    """What a process that answered found.

    Attributes:
        ready: Seconds from the start of the process to its first answer.
        memory: Resident memory after all questions, in MB.
        median: Milliseconds a question.
        slow: The 95th percentile of that.
        found: For each question, the number of the article put first; None for none.
    """

    ready: float
    memory: float
    median: float
    slow: float
    found: tuple[int | None, ...]


def build(system: System, folder: Path) -> float:
    """Return the seconds from the start of a process until it has built and saved the index."""
    return float(_run(system, "build", folder)["seconds"])


def ask(system: System, folder: Path) -> Measured:
    """Return what a process measures that opens the index and is asked the questions."""
    read = _run(system, "ask", folder)
    return Measured(**{**read, "found": tuple(read["found"])})


def _run(system: System, step: str, folder: Path) -> dict:
    module = "tests.benchmarks.many_articles.measured"
    arguments = [str(SYSTEMS.index(system)), step, str(folder), str(time.monotonic())]
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def _answer(system: System, folder: Path, started: float) -> Measured:
    warm_up, *questions = json.loads((folder / QUESTIONS).read_text(encoding="utf-8"))
    search = system.open(folder)
    search(warm_up)
    ready = time.monotonic() - started
    times, found = [], []
    for question in questions:
        before = time.perf_counter()
        found.append(search(question))
        times.append((time.perf_counter() - before) * 1000)
    slow = statistics.quantiles(times, n=20)[-1]
    return Measured(ready, _resident(), statistics.median(times), slow, tuple(found))


def _resident() -> float:
    """Return the resident memory of this process, in MB; pages of mapped files count."""
    command = ["ps", "-o", "rss=", "-p", str(os.getpid())]
    return int(subprocess.run(command, capture_output=True, check=True).stdout) / 1024


def main() -> None:
    """Measure and print."""
    number, step, folder, started = sys.argv[1:]
    system = SYSTEMS[int(number)]
    if step == "build":
        assert system.build is not None
        system.build(Path(folder))
        print(json.dumps({"seconds": time.monotonic() - float(started)}))
    else:
        print(json.dumps(asdict(_answer(system, Path(folder), float(started)))))


if __name__ == "__main__":
    main()
