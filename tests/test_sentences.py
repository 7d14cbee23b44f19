"""A sentence of the bot can be changed in one place: no two test files quote it."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import yaml

from tests.support.corpora import ROOT

MIN_LENGTH = 12
"""Characters: what is shorter may stand anywhere by chance."""


def quoted_in(file: Path) -> set[str]:
    """Return the strings of a Python file, without its docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if has_body(node)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    } - docstrings


def has_body(node: ast.AST) -> bool:
    return isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)


def sentences() -> set[str]:
    """Return what the bot says, in parts between the values that are filled in."""
    texts = []
    for file in (ROOT / "bot" / "data" / "i18n").glob("*.yaml"):
        for text in yaml.safe_load(file.read_text(encoding="utf-8")).values():
            texts += text.values() if isinstance(text, dict) else [text]
    parts = (part.strip() for text in texts for part in re.split(r"\{\w+\}|\n", text))
    return {part for part in parts if len(part) >= MIN_LENGTH}


def test_no_sentence_is_quoted_in_two_files() -> None:
    """Tests take sentences from tests/support/sentences.py."""
    files = defaultdict(set)
    known = sentences()
    for file in (ROOT / "tests").rglob("*.py"):
        for quoted in quoted_in(file):
            for sentence in known:
                if sentence in quoted or (len(quoted) >= MIN_LENGTH and quoted in sentence):
                    files[sentence].add(file.relative_to(ROOT).as_posix())
    assert {sentence: found for sentence, found in files.items() if len(found) > 1} == {}
