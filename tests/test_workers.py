"""Work that is spread over processes: in order, once, and gone with who began it."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from bot.corpus.loader import load_corpus
from bot.corpus.workers import FEW, in_processes
from tests.support.corpora import ROOT
from tests.support.waiting import TIMEOUT

PREPARE = """\
import sys
from pathlib import Path
from bot.corpus.loader import load_corpus
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query
done = {"Reading articles": 0, "Indexing articles": 0}
def progress(what, now, total):
    done[what] = max(done[what], now)
corpus = load_corpus(Path(sys.argv[1]), Path(sys.argv[2]), progress)
index = Index(corpus.articles, corpus.aliases, cache=corpus.cache_folder, progress=progress)
found = index.answer(parse_query("Where is the bridge of story 7?"))
print(*done.values(), found.article.id, [article.digest for article in corpus.articles])
"""
SLEEP = """\
import signal, time
# A process that was started in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from bot.corpus.workers import in_processes
seconds = [0.01] * 64 + [600] * 64
for _ in in_processes(time.sleep, seconds, "", lambda *now: print(now, flush=True)):
    pass
"""
ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT)}

several_processors = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="one processor does all by itself",
)


def same(number: int, text: str) -> tuple[int, str, int]:
    return number, text, os.getpid()


@pytest.mark.parametrize("count", [0, 3, FEW - 1, 5 * FEW])
def test_results_are_in_order(count: int) -> None:
    """In processes of their own or in this one; all of them are reported."""
    calls: list[tuple[str, int, int]] = []
    results = list(
        in_processes(partial(same, text="x"), range(count), "Work", lambda *now: calls.append(now))
    )
    assert [(number, text) for number, text, _ in results] == [(n, "x") for n in range(count)]
    assert [now[1] for now in calls] == sorted({now[1] for now in calls})
    assert not calls or calls[-1] == ("Work", count, count)


@several_processors
def test_many_are_done_elsewhere() -> None:
    """Not in this process."""
    assert os.getpid() not in {
        pid for _, _, pid in in_processes(partial(same, text=""), range(FEW))
    }


def test_an_error_is_that_of_the_function() -> None:
    """As if it were called here."""
    with pytest.raises(ZeroDivisionError):
        list(in_processes(partial(divmod, 1), [1] * FEW + [0]))


def children(pid: int) -> set[int]:
    """Processes that a process has started."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for file in found for child in file.read_text().split()}


def gone(pids: set[int]) -> bool:
    def runs(pid: int) -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state != "Z"

    return not any(map(runs, pids))


@several_processors
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no list of processes")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_processes_end_with_the_one_that_began(tmp_path: Path, number: int) -> None:
    """However that ends, in the middle of their work."""
    with (tmp_path / "errors").open("wb") as errors:
        parent = subprocess.Popen(
            [sys.executable, "-c", SLEEP], env=ENVIRON, stdout=subprocess.PIPE, stderr=errors
        )
    assert parent.stdout is not None
    # The second line tells of the first results.
    _ = parent.stdout.readline(), parent.stdout.readline()
    pids = children(parent.pid)
    assert len(pids) >= 2
    parent.send_signal(number)
    parent.wait(TIMEOUT)
    parent.stdout.close()
    deadline = time.monotonic() + TIMEOUT
    while not gone(pids):
        assert time.monotonic() < deadline, pids
        time.sleep(0.02)


@several_processors
def test_ctrl_c_shows_one_traceback(tmp_path: Path) -> None:
    """A terminal sends it to all processes; only the one that began is interrupted."""
    with (tmp_path / "errors").open("wb") as errors:
        parent = subprocess.Popen(
            [sys.executable, "-c", SLEEP.replace("600", "0.5")],
            env=ENVIRON,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    assert parent.stdout is not None
    # The second line tells of the first results.
    _ = parent.stdout.readline(), parent.stdout.readline()
    os.killpg(parent.pid, signal.SIGINT)
    parent.wait(TIMEOUT)
    parent.stdout.close()
    assert (tmp_path / "errors").read_text().count("KeyboardInterrupt") == 1


def test_two_processes_at_once(tmp_path: Path) -> None:
    """One reads and one indexes the articles; the other waits, and finds all there."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(FEW):
        text = f"# Story {number}\n\nThe bridge of story {number} is in town {number}.\n"
        (folder / f"story-{number}.md").write_text(text)
    command = [sys.executable, "-c", PREPARE, str(folder), str(tmp_path / "cache")]
    both = [
        subprocess.Popen(command, env=ENVIRON, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    outputs = [process.communicate(timeout=TIMEOUT)[0].split(" ", 3) for process in both]
    assert sorted(int(read) for read, *_ in outputs) == [0, FEW]
    assert sorted(int(indexed) for _, indexed, *_ in outputs) == [0, FEW]
    assert {answered for _, _, answered, _ in outputs} == {"story-7"}
    assert {digests.strip() for *_, digests in outputs} == {
        str([article.digest for article in load_corpus(folder).articles])
    }
