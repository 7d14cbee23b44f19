"""YAML files: their values, the line of each value, and faults with hints.

Files of a corpus may come from anybody. PyYAML's ``safe_load`` runs no code, but it does not limit
size: a few hundred bytes of nested aliases expand to gigabytes. Therefore the parser's events are
checked before any value is built from them.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.errors import CorpusError, Fault

_DATA = Path(__file__).parent.parent / "data"
"""The data files that come with the bot, which have no faults to explain."""
MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 10
"""Levels of mappings and lists inside one another; the bot's own files need three, those of others
a few more."""
MAX_ALIAS_LENGTH = 80
"""Characters."""

_SURROGATE = re.compile("[\ud800-\udfff]")

ValuePath = tuple[str | int, ...]
"""Where a value is: the keys of mappings and indexes of lists that lead to it, outermost first."""


class Document:
    """A parsed YAML file, whose values are read with checks.

    Each reading method returns the value if it is valid. Otherwise it notes a fault and returns
    nothing (empty, or None), so that one pass finds all faults. A value is addressed by its path
    (see ValuePath).

    Attributes:
        file: Where the text came from.
        value: The whole document as plain data; None if it is empty.
        faults: What was found to be wrong so far.
    """

    def __init__(self, file: Path, value: Any, lines: dict[ValuePath, int]) -> None:
        self.file = file
        self.value = value
        self.faults: list[Fault] = []
        self._lines = lines

    def line(self, *path: str | int) -> int:
        """Return the line number of a value, or of the closest enclosing value that exists."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def fault(self, problem: str, hint: str, *path: str | int) -> None:
        """Note that the value at a path is wrong."""
        self.faults.append(Fault(self.file, self.line(*path), problem, hint))

    def raise_faults(self) -> None:
        """Raise a CorpusError with the faults found so far, if there are any."""
        if self.faults:
            raise CorpusError(*self.faults)

    def text(self, *path: str | int, limit: int) -> str:
        """Return a text of 1 to ``limit`` characters on one line; empty if there is none."""
        value = self._at(path)
        if value is None:
            return ""
        name = f"'{path[-1]}'"
        if isinstance(path[-1], int):
            name = f"Item {path[-1] + 1} of '{path[-2]}'"
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            # YAML reads unquoted no, yes, on, off and dates as other types.
            self.fault(f"{name} is not text.", 'Put the value into "quotes".', *path)
            return ""
        text = one_line(value)
        if not text:
            self.fault(f"{name} is empty.", "Fill it in or remove it.", *path)
        elif len(text) > limit:
            problem = f"{name} has {len(text):,} characters."
            self.fault(problem, f"Shorten it to {limit:,} or fewer.", *path)
            return ""
        return text

    def texts(self, *path: str | int, limit: int) -> tuple[str, ...]:
        """Return a list of texts, or one, each of 1 to ``limit`` characters."""
        value = self._at(path)
        if value is None:
            return ()
        if isinstance(value, str) and value.strip():
            return tuple(filter(None, (self.text(*path, limit=limit),)))
        if not isinstance(value, list) or not value:
            problem = f"'{path[-1]}' is not a list with at least one item."
            self.fault(problem, f"Write for example: {path[-1]}: [one, two]", *path)
            return ()
        found = (self.text(*path, index, limit=limit) for index in range(len(value)))
        return tuple(filter(None, found))

    def aliases(self, *path: str | int) -> dict[str, tuple[str, ...]]:
        """Return a mapping of a name to its other names; empty if there is none."""
        value = self._at(path)
        if value is None:
            return {}
        if not isinstance(value, dict):
            problem = "The aliases do not map a name to its other names."
            self.fault(problem, "Write for example: Kyiv: [Kiev]", *path)
            return {}
        return {name: self.texts(*path, name, limit=MAX_ALIAS_LENGTH) for name in value}

    def _at(self, path: ValuePath) -> Any:
        value = self.value
        for step in path:
            value = value.get(step) if isinstance(step, str) else value[step]
        return value


def one_line(text: str) -> str:
    """Return a text on one line, without control characters, which Telegram would drop."""
    text = re.sub(r"[ \t\n\f\v\u2028\u2029]+", " ", text)
    if _SURROGATE.search(text):
        # As JSON writes characters that it escapes.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(char for char in text if unicodedata.category(char) != "Cc").strip()


def read_text(file: Path) -> str:
    r"""Return a file's text, with every line end as ``\n``.

    Raises:
        CorpusError: The file cannot be read, is larger than MAX_FILE_BYTES or is not UTF-8.
    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        problem = f"The file cannot be read ({error.strerror})."
        raise CorpusError(Fault(file, None, problem, "Check its permissions.")) from None
    if len(raw) > MAX_FILE_BYTES:
        hint = "Split it, or keep only the text."
        raise CorpusError(Fault(file, None, "The file is larger than 1 MB.", hint))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        hint = "Save the file as UTF-8."
        raise CorpusError(Fault(file, line, "The text is not UTF-8.", hint)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_yaml(file: Path) -> Document:
    """Read and parse a YAML file; see ``read_text`` and ``parse_yaml``."""
    if file.parent == _DATA:
        return Document(file, read_data(file), {})
    return parse_yaml(file, read_text(file))


def parse_yaml(file: Path, text: str) -> Document:
    """Parse one YAML document of plain values, lists, and mappings with text keys.

    Args:
        file: Where the text came from, for messages.
        text: The document.

    Raises:
        CorpusError: The text is not YAML, or it has anchors or aliases, more than MAX_DEPTH levels,
            a key that is repeated or not text, or a tag that YAML itself does not define.
    """
    lines: dict[ValuePath, int] = {}
    try:
        node = _composed(file, text)
        if node is None:
            return Document(file, None, lines)
        _note_lines(file, node, (), lines)
        value = _Constructor().construct_document(node)
        return Document(file, value, lines)
    except TypeError:
        line, problem = 1, "A key is a list or a mapping."
        hint = "Write a text in its place."
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = f"This is not valid YAML: {error.problem or error.context}."
        hint = (
            "Quote text that contains ': ' or begins with a special character; indent with spaces."
        )
    except yaml.YAMLError as error:
        line, problem, hint = 1, f"This is not valid YAML: {error}.", "Remove that character."
    raise CorpusError(Fault(file, line, problem, hint))


class _Constructor(yaml.constructor.SafeConstructor):
    """Builds plain values; what only has the form of a date or number, as 2026-13-45, is text.

    Whoever reads the value then finds it to be wrong, and names the key and the line.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError:
            if not isinstance(node, yaml.ScalarNode):
                raise
            return node.value


def _composed(file: Path, text: str) -> yaml.Node | None:
    """Return a document without values built of it; anchors and deep nesting are rejected."""
    loader = _Composer(file, text)
    try:
        found: yaml.Node | None = loader.get_single_node()
        return found
    finally:
        loader.dispose()


class _Composer(yaml.SafeLoader):
    """Looks at each event before anything is made of it."""

    def __init__(self, file: Path, text: str) -> None:
        super().__init__(text)
        self._file = file
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = "YAML anchors (&name, *name) are not supported."
            raise CorpusError(Fault(self._file, line, problem, "Write the value out in full."))
        is_collection = isinstance(event, yaml.CollectionStartEvent)
        self._depth += is_collection
        if self._depth > MAX_DEPTH:
            problem = f"Lists and mappings are nested more than {MAX_DEPTH} levels deep."
            raise CorpusError(Fault(self._file, line, problem, "Use fewer levels."))
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= is_collection
        return node


def _note_lines(file: Path, node: yaml.Node, path: ValuePath, lines: dict[ValuePath, int]) -> None:
    """Note the line number of every value, and reject keys that are not text or repeated."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_lines(file, item, (*path, index), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name, line = key.value, key.start_mark.line + 1
            # Deeper down, it is the matter of whoever wrote it.
            if key.tag != "tag:yaml.org,2002:str" and (not path or path[0] == "aliases"):
                problem = f"The key {name!r} is not text."
                raise CorpusError(Fault(file, line, problem, 'Put it into "quotes".'))
            if (*path, name) in lines:
                problem = f"The key '{name}' is given twice."
                raise CorpusError(Fault(file, line, problem, "Keep one of them."))
            _note_lines(file, value, (*path, name), lines)
            lines[(*path, name)] = line


@lru_cache
def read_data(file: Path) -> Any:
    """Return what a file holds that comes with the bot; it has no faults to explain.

    libyaml, where PyYAML has it, is ten times as fast.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)
