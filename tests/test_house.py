"""What keeps the project as it says it is."""

import ast
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from bot.config import Settings
from tests.conftest import ROOT, article_bot

README = (ROOT / "README.md").read_text(encoding="utf-8")

LAYERS = [
    {"errors"},
    {"strict_yaml", "config"},
    {"fields", "logs", "analysis", "locks", "pace"},
    {"article", "reactions", "copies", "chats", "voters", "people"},
    {"corpus", "store"},
    {"asked", "phrases", "callbacks", "links", "rich_text"},
    {"passages", "words", "address"},
    {"search", "evaluate", "keyboards", "lanes", "shown"},
    {"messages", "terminal"},
    {"talk", "sender"},
    {"live", "updates", "inline", "profile"},
    {"handlers", "refresh"},
    {"app"},
    {"publish", "sandbox"},
    {"cli"},
    {"__main__"},
]
"""Lowest first; a module may import from lower layers only."""


def imported(file: Path) -> set[str]:
    """The modules of ours that a file imports, at its top or anywhere in it."""
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
    for file in sorted((ROOT / "bot").rglob("*.py")):
        name = file.relative_to(ROOT / "bot").parts[0].removesuffix(".py")
        if name == "__init__":
            continue
        for other in imported(file) - {name}:
            assert level[other] < level[name], f"{name} imports {other}"


def test_every_setting_is_in_the_example_and_the_readme() -> None:
    """Each explained in one line before it, with no others."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    keys = [field.name.upper() for field in fields(Settings)]
    assert [line.split("=")[0] for line in lines if "=" in line and line[0] != "#"] == keys
    for key in keys:
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{key}="))
        assert lines[at - 1].startswith("# ")
        assert f"| `{key}` |" in README


@pytest.mark.parametrize("command", sorted(set(re.findall(r"article-bot ([a-z]+)", README + " "))))
def test_every_command_of_the_readme_exists(command: str) -> None:
    """And explains itself."""
    result = article_bot(command, "--help")
    assert result.returncode == 0, result.stderr
    for option in set(re.findall(rf"article-bot {command}[^\n`]*?(--[a-z-]+)", README)):
        assert option in result.stdout


def test_the_map_of_the_readme_is_true() -> None:
    """It names every module, and none that is not there."""
    named = set(re.findall(r"^\s+bot/(\S+)", README, re.MULTILINE))
    there = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "bot").iterdir()
        if not path.name.startswith("_")
    }
    assert named == there


def test_versions_agree() -> None:
    """The change log begins with the version of the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", log, re.MULTILINE)[0] == project["version"]
