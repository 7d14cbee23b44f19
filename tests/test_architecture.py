"""The code is as docs/architecture.md says: layers, sizes, names."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.support.corpora import ROOT

BOT = ROOT / "bot"
MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
LAYERS = [
    {"errors"},
    {"logs"},
    {"config"},
    {"corpus"},
    {"retrieval"},
    {"store"},
    {"web"},
    {"views"},
    {"delivery"},
    {"handlers"},
    {"app"},
    {"sandbox"},
    {"cli"},
    {"__main__"},
]
"""Lowest first; a module may import from lower layers and from its own package."""
MAX_ENTRIES, MAX_FILE, MAX_FUNCTION = 16, 300, 40


def python_files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def imported(file: Path) -> set[str]:
    """The packages and modules directly in bot/ that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "bot":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("bot.")}
    return found


def test_imports_run_downward() -> None:
    """And every module has its layer."""
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    for file in python_files("bot"):
        name = file.relative_to(BOT).parts[0].removesuffix(".py")
        if name != "__init__":
            for other in imported(file) - {name}:
                assert level[other] < level[name], f"{file.relative_to(ROOT)} imports {other}"


@pytest.mark.parametrize(
    "package", ["corpus", "retrieval", "store", "web", "views", "delivery", "handlers", "sandbox"]
)
def test_no_package_imports_in_a_circle(package: str) -> None:
    """A stranger can read its files one after the other."""
    files = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): file
        for file in python_files(f"bot/{package}")
    }
    needs = {name: modules(file) & files.keys() - {name} for name, file in files.items()}
    while ready := [name for name, others in needs.items() if not others & needs.keys()]:
        for name in ready:
            del needs[name]
    assert not needs


def modules(file: Path) -> set[str]:
    """Every module of ours that a file imports, by its whole name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_nothing_grows_too_large() -> None:
    """The package's entries, each file, each function."""
    entries = [path for path in BOT.iterdir() if path.name not in ("__pycache__", "starter_corpus")]
    assert len(entries) <= MAX_ENTRIES
    for file in python_files("bot", "tests"):
        text = file.read_text(encoding="utf-8")
        assert text.count("\n") <= MAX_FILE, file
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                assert size <= MAX_FUNCTION, f"{file}: {node.name} has {size} lines"


def test_a_file_name_stands_once() -> None:
    """Commands may be called as what they run: `cli/publish.py`."""
    names = Counter(
        file.name
        for file in python_files("bot")
        if file.parent.name != "cli" and not file.name.startswith("__")
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_the_map_is_true() -> None:
    """It names every file of the packages that it lists in full, and none that is not there."""
    block = MAP.split("    bot/\n")[1].split("\n\n")[0]
    named, folder = set(), ""
    for line in block.splitlines():
        depth, words = len(line) - len(line.lstrip()), line.split()
        if depth == 6 and words[0].endswith("/"):
            folder = words[0]
            named.add(folder)
        elif depth == 6:
            named.add(words[0])
        else:
            names = [w for w in words if re.fullmatch(r"[a-z_0-9]+(\.py|/)", w)]
            named |= {folder + name for name in names}
    there = set()
    for path in BOT.iterdir():
        if path.name.startswith("__") or path.name == "starter_corpus":
            continue
        there.add(path.name + ("/" if path.is_dir() else ""))
        if path.is_dir() and path.name not in ("cli", "data"):
            there |= {
                f"{path.name}/{each.name}{'/' if each.is_dir() else ''}"
                for each in path.iterdir()
                if not each.name.startswith("__") and each.suffix != ".md"
            }
    assert named == there


def test_the_list_of_tests_is_complete() -> None:
    """Every file of tests/ itself; those of its folders are named as what they test."""
    files = (ROOT / "tests").glob("test_*.py")
    assert [file.name for file in files if f"`{file.name}`" not in MAP] == []


def test_every_file_that_the_map_names_exists() -> None:
    """Between backquotes, from the root of the project, or from bot/, bot/data/ or tests/."""
    for name in set(re.findall(r"`((?:[a-z_]+/)*[a-z_0-9]+(?:\.py|\.yaml|\.md|/))`", MAP)):
        assert any((base / name).exists() for base in (ROOT, BOT, BOT / "data", ROOT / "tests")), (
            name
        )
