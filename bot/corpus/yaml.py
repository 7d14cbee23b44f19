"""YAML that strangers may have written -> plain data, with the line of every value.

PyYAML's ``safe_load`` is safe from code but not from size: a few hundred bytes of nested aliases
grow to gigabytes. Here the events are looked at before anything is built from them.
"""

from dataclasses import dataclass
from typing import Any

import yaml

MAX_DEPTH = 4
"""Mappings and lists inside one another; what the bot reads needs three."""

Path = tuple[str | int, ...]
"""Where a value stands: keys of mappings and indexes of lists, outermost first."""


class YamlError(Exception):
    """The text is no YAML that the bot takes. line: counted from 1 in the text."""

    def __init__(self, line: int, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.line, self.problem, self.mend = line, problem, mend


@dataclass(frozen=True)
class Document:
    """What a YAML text says. value: None for an empty text. lines: counted from 1, of each path."""

    value: Any
    lines: dict[Path, int]

    def line(self, *path: str | int) -> int:
        """Return the line of a value, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> Document:
    """Parse one YAML document of plain values, lists and mappings with text keys.

    Raises:
        YamlError: not YAML, anchors or aliases, nesting over MAX_DEPTH, a key given twice or
            that is not text, a tag other than YAML's own.
    """
    try:
        _refuse_bombs(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[Path, int] = {}
        if node is None:
            return Document(None, lines)
        _walk(node, (), lines)
        return Document(yaml.constructor.SafeConstructor().construct_document(node), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(
            mark.line + 1 if mark else 1,
            f"This is not valid YAML: {error.problem or error.context}.",
            "Put texts that hold ': ' or start with a sign into \"quotes\" and indent with spaces.",
        ) from None
    except yaml.YAMLError as error:
        raise YamlError(1, f"This is not valid YAML: {error}.", "Remove that character.") from None
    except ValueError as error:
        # A date such as 2026-13-45 has the form of a date, so PyYAML tries to make one.
        raise YamlError(1, f"A date or number is impossible: {error}.", "Correct it.") from None


def _refuse_bombs(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlError(
                line, "YAML anchors (&name, *name) are not taken.", "Write the value out in full."
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlError(
                    line, f"Nested more than {MAX_DEPTH} deep.", "Flatten lists inside lists."
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*path, index), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name, line = key.value, key.start_mark.line + 1
            if key.tag != "tag:yaml.org,2002:str":
                raise YamlError(line, f"The key {name!r} is not text.", 'Put it into "quotes".')
            if (*path, name) in lines:
                raise YamlError(line, f"The key '{name}' is given twice.", "Keep one of them.")
            _walk(value, (*path, name), lines)
            lines[(*path, name)] = line
