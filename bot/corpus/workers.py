"""Work that is spread over all processors: a function, applied to many items by processes.

What starts processes is imported where it is used: most of the time none are needed.
"""

import contextlib
import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

FEW = 64
"""Items from which on processes are started, which takes about a second."""
CHUNK = 16
"""Items that a process gets at once."""
AHEAD = 4
"""Chunks per process that are begun before the results of earlier ones are taken."""

_PARENTS_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""A terminal or a service manager sends them to all processes of a command at once."""

Progress = Callable[[str, int, int], None]
"""Told what is done, such as "Reading articles", how many are done, and how many there are."""
Item = TypeVar("Item")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def in_processes(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    what: str = "",
    progress: Progress = no_progress,
) -> Iterator[Result]:
    """Yield the result of a function for each item, in their order.

    With few items, or one processor, this very process does the work; so it does where no process
    can be started.

    Args:
        function: A function of a module, or a ``partial`` of one, which other processes can import.
        items: What it is called with; items and results are sent to processes and back.
        what: What is done, for ``progress``.
        progress: Called when the work begins, and whenever more is done; if it raises an error,
            the work ends with it.
    """
    done = 0
    if items:
        progress(what, done, len(items))
    if len(items) >= FEW and (processes := _processors()) > 1:
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

        try:
            with contextlib.closing(_by_processes(function, items, processes)) as chunks:
                for results in chunks:
                    yield from results
                    done += len(results)
                    progress(what, done, len(items))
        except (OSError, ImportError, BrokenProcessPool) as error:
            log.warning("Processes that share the work cannot be used: %s", error)
    for item in items[done:]:
        yield function(item)
        done += 1
        progress(what, done, len(items))


def _by_processes(
    function: Callable[[Item], Result], items: Sequence[Item], processes: int
) -> Generator[list[Result], None, None]:
    """Yield the results of one chunk of items after the other."""
    import multiprocessing  # noqa: PLC0415
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # Forking would copy threads and locks of a running bot.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin)
    running: deque[Future[list[Result]]] = deque()
    try:
        for start in range(0, len(items), CHUNK):
            # Each of the first ones starts a process.
            with _uninterrupted():
                running.append(pool.submit(_apply, function, items[start : start + CHUNK]))
            if len(running) >= AHEAD * processes:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        # Chunks that were begun are finished. A process that is killed while it sends its results
        # would have the pool wait for the rest of them for ever.
        pool.shutdown(cancel_futures=True)


def _apply(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep signals from processes that are started, until they ignore them themselves."""
    from multiprocessing import resource_tracker  # noqa: PLC0415

    # It lets Ctrl-C through again when it is started, so it must run already.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _PARENTS_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Prepare a process: signals are for its parent, with which it ends."""
    for number in _PARENTS_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PARENTS_SIGNALS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    import multiprocessing  # noqa: PLC0415
    from multiprocessing import connection  # noqa: PLC0415

    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
