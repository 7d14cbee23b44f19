"""Locks between processes, which a process loses when it ends, however that happens."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)


@contextlib.contextmanager
def building(folder: Path) -> Iterator[None]:
    """Hold a folder of caches, so that only one process does the work that all need.

    The others wait, and find everything there. Where the folder cannot be written, nobody waits.
    """
    with held(folder / "building.lock", logging.INFO):
        yield


@contextlib.contextmanager
def held(file: Path, level: int = logging.DEBUG) -> Iterator[None]:
    """Hold a lock; nobody waits where its file cannot be made.

    Args:
        file: The file that stands for it; it is made, and stays.
        level: The level on which the log says that another process is waited for.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            if fcntl is not None:
                stream = stack.enter_context(file.open("ab"))
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    log.log(level, "Waiting for another process that holds %s.", file)
                    fcntl.flock(stream, fcntl.LOCK_EX)
        yield
