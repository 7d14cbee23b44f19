"""How far long work is: a bar in a terminal, lines in a log."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.corpus.workers import Progress

if TYPE_CHECKING:
    from tqdm import tqdm

DELAY = 0.5
"""Seconds before a bar is shown: work that is soon done needs none."""
MANY = 200
"""Articles from which on the log says what is done."""

log = logging.getLogger(__name__)


@contextlib.contextmanager
def shown_progress() -> Iterator[Progress]:
    """Yield what long work is told to: it shows a bar if standard error is a terminal."""
    shown = _Bars() if sys.stderr.isatty() else _Lines()
    try:
        yield shown
    finally:
        shown.close()


class _Bars:
    """A bar for each kind of work, which goes away when the work is done."""

    def __init__(self) -> None:
        self._bars: dict[str, tqdm[Any]] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        from tqdm import tqdm  # noqa: PLC0415

        if what not in self._bars:
            self._bars[what] = tqdm(
                total=total, desc=what, file=sys.stderr, delay=DELAY, leave=False
            )
        bar = self._bars[what]
        bar.update(done - bar.n)
        if done >= total:
            self._bars.pop(what).close()

    def close(self) -> None:
        """Remove the bars of work that was not finished."""
        for bar in self._bars.values():
            bar.close()


class _Lines:
    """A line in the log when much work begins, and one when it is done."""

    def __init__(self) -> None:
        self._begun: set[str] = set()

    def __call__(self, what: str, done: int, total: int) -> None:
        if total < MANY:
            return
        if what not in self._begun:
            self._begun.add(what)
            log.info("%s: %s are new or have changed; this takes a while.", what, f"{total:,}")
        if done >= total:
            self._begun.discard(what)
            log.info("%s: done.", what)

    def close(self) -> None:
        """Say nothing about work that was not finished."""
