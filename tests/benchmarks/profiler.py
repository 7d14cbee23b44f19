"""Counts the calls of the bot's functions, from outside: the bot itself counts nothing."""

import dis
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from bot.store.base import Store

BOT = Path(sys.modules["bot"].__file__ or "").parent
IN_BACKGROUND = {
    *("open", "close", "outdated", "outdated_since"),
    "delete_expired",
}
"""Calls of the store that are made all the time, whether anybody taps or not."""


@dataclass
class Counts:
    """What was called while it was counted.

    Attributes:
        calls: "file:function" -> calls.
        entered: File -> calls from another file of the bot.
        built: Dataclasses of which an instance was made with one of the profiler's texts in it.
        texts: Texts that were cut into words.
    """

    calls: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)
    built: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    def of(self, name: str) -> int:
        """Return the calls of "file:function"."""
        return self.calls[name]

    def store(self) -> Counter[str]:
        """Return the calls of the store's contract, by method."""
        methods = {name for name in vars(Store) if not name.startswith("_")}
        found: Counter[str] = Counter()
        for name, calls in self.calls.items():
            file, function = name.split(":")
            # Names with an underscore are the store's own.
            if file == "store/sql.py" and function in methods - IN_BACKGROUND:
                found[function] += calls
        return found


@cache
def _start_of(code: CodeType) -> int:
    """Return where a coroutine or generator begins, in bytes of its code."""
    names = [(each.opname, each.offset) for each in dis.get_instructions(code)]
    is_generator = any(name == "RETURN_GENERATOR" for name, _ in names)
    return next(at for name, at in names if name == "RESUME") if is_generator else sys.maxsize


def _caller_in_bot(frame: FrameType) -> str:
    """Return the file of the bot from which a function was called, directly or by a library."""
    caller = frame.f_back
    while caller is not None and not file_of(caller.f_code):
        caller = caller.f_back
    return file_of(caller.f_code) if caller is not None else ""


def file_of(code: CodeType) -> str:
    """Return a file's path in bot/; "" for code of others."""
    path = Path(code.co_filename)
    return path.relative_to(BOT).as_posix() if path.is_relative_to(BOT) else ""


class Profiler:
    """Counts what the bot calls on every thread, while it is switched on."""

    def __init__(self, *texts: str) -> None:
        """Note which texts make an object one of those that are counted."""
        self._counts: Counts | None = None
        self._texts = texts

    @contextmanager
    def counted(self) -> Iterator[Counts]:
        """Count until the end of the block."""
        self._counts = Counts()
        try:
            yield self._counts
        finally:
            self._counts = None

    def install(self) -> None:
        """Watch this thread and every later one; earlier ones are not watched."""
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        counts, code = self._counts, frame.f_code
        if counts is None or event != "call":
            return
        file = file_of(code)
        if code.co_name == "__init__" and code.co_filename == "<string>":
            values = [value for value in frame.f_locals.values() if isinstance(value, str)]
            kind = type(frame.f_locals["self"])
            if any(text in value for text in self._texts for value in values):
                counts.built[kind.__name__] += kind.__module__.startswith("bot.")
        # A coroutine or generator is "called" again each time it goes on.
        if not file or file.startswith("sandbox/") or frame.f_lasti > _start_of(code):
            return
        counts.calls[f"{file}:{code.co_name}"] += 1
        # Functions within functions are called back: that is not a way into the file.
        if "<locals>" not in code.co_qualname and _caller_in_bot(frame) != file:
            counts.entered[file] += 1
        if (file, code.co_name) == ("retrieval/analysis.py", "words"):
            counts.texts.append(str(frame.f_locals.get("text")))
