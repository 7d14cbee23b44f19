"""Values out of a parsed YAML mapping, with a fault noted for each that is wrong."""

import datetime as dt
import difflib
import re
import unicodedata
from pathlib import Path
from typing import Any

from bot.corpus import yaml as strict_yaml
from bot.errors import Fault

MAX_ALIAS = 80
"""Characters of a name."""


def clean(text: str) -> str:
    """Return the text on one line, without control characters, which Telegram would drop."""
    text = re.sub(r"[ \t\n\f\v\u2028\u2029]+", " ", text)
    return "".join(c for c in text if unicodedata.category(c) != "Cc").strip()


class FieldReader:
    """Takes values out of a parsed YAML mapping and notes what is wrong with them.

    value: the document's. faults: those found so far. Each method returns a usable value or an
    empty one, so that one pass finds everything.
    """

    def __init__(self, file: Path, document: strict_yaml.Document) -> None:
        self.value = document.value
        self.faults: list[Fault] = []
        self._file = file
        self._document = document

    def fault(self, path: strict_yaml.Path, problem: str, mend: str) -> None:
        """Note a fault in the value at a path."""
        self.faults.append(Fault(self._file, self._document.line(*path), problem, mend))

    def mapping(self, required: tuple[str, ...], optional: tuple[str, ...]) -> bool:
        """Check that the document maps keys to values, and which keys; False when it is none."""
        if not isinstance(self.value, dict):
            self.fault((), "No keys are given here.", f"Give {', '.join(required)}.")
            return False
        known = (*required, *optional)
        for key in self.value:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                mend = f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(known)}."
                self.fault((key,), f"Unknown key '{key}'.", mend)
        for key in required:
            if self.value.get(key) is None:
                self.fault((key,), f"The key '{key}' is missing.", f"Add a line '{key}: ...'.")
        return True

    def text(self, path: strict_yaml.Path, limit: int, default: str | None = None) -> str | None:
        """Return a text of 1 to limit characters; the default where the key is not given."""
        value = self._at(path)
        if value is None:
            return default
        name = path[-1] if isinstance(path[-1], str) else f"{path[-2]}, number {path[-1] + 1},"
        if not isinstance(value, str):
            # YAML reads no, yes, on, off and numbers as something other than text.
            self.fault(path, f"'{name}' is no text.", f'Put it into quotes: "{value}"')
            return None
        text = clean(value)
        if not text:
            self.fault(path, f"'{name}' is empty.", "Fill it in or remove it.")
            return None
        if len(text) > limit:
            self.fault(path, f"'{name}' has {len(text):,} characters.", f"Keep it to {limit:,}.")
            return None
        return text

    def texts(self, path: strict_yaml.Path, limit: int) -> tuple[str, ...]:
        """Return a list of one or more texts, each of 1 to limit characters."""
        value = self._at(path)
        if value is None:
            return ()
        if not isinstance(value, list) or not value:
            self.fault(path, f"'{path[-1]}' is no list.", f"Write '{path[-1]}: [one, two]'.")
            return ()
        found = (self.text((*path, index), limit) for index in range(len(value)))
        return tuple(text for text in found if text)

    def aliases(self, *path: str) -> dict[str, tuple[str, ...]]:
        """Return a mapping of a name to other names, empty where there is none."""
        value = self._at(path)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(path, "Aliases are no mapping.", "Write for example: Kyiv: [Kiev]")
            return {}
        return {name: self.texts((*path, name), MAX_ALIAS) for name in value}

    def date(self, key: str) -> dt.date | None:
        """Return a date; None where the key is not given."""
        value = self._at((key,))
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date) or value is None:
            return value
        try:
            return dt.datetime.fromisoformat(str(value)).date()
        except ValueError:
            self.fault((key,), f"'{key}' is no date.", "Write it as 2026-01-31.")
            return None

    def _at(self, path: strict_yaml.Path) -> Any:
        value = self.value
        for step in path:
            value = value.get(step) if isinstance(step, str) else value[step]
        return value
