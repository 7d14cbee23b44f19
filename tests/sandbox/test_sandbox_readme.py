"""bot/sandbox/README.md lists what the server supports, and nothing else."""

import re

from bot.sandbox.api.methods import METHODS
from bot.sandbox.control import paths
from tests.support.corpora import ROOT

from .test_sandbox_aiogram import KINDS

FOLDER = ROOT / "bot" / "sandbox"
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def row(name: str) -> set[str]:
    found = re.search(rf"^\| {name} \| (.*) \|$", README, re.MULTILINE)
    assert found is not None
    return set(re.findall(r"`(\w+)`", found[1]))


def test_methods_and_updates() -> None:
    """Each in Telegram's spelling."""
    assert row("Methods") == METHODS.keys() | {"getUpdates"}
    assert row("Updates") == KINDS


def test_paths_of_the_control_interface() -> None:
    """Each with its HTTP method and its fields."""
    row = r"^\| (GET|POST|DELETE) `([^`]+)` \| (.*?) ?\|"
    listed = {
        (method, path): set(re.findall(r"`(\w+)\??`", fields))
        for method, path, fields in re.findall(row, README, re.MULTILINE)
    }
    there = {
        (method, path): set(endpoint.fields)
        for path, endpoints in paths.PATHS.items()
        for method, endpoint in endpoints.items()
    }
    assert listed == {**there, ("GET", "events"): set()}


def test_the_map_of_the_code() -> None:
    """Every Python file is in it, below its folder."""
    listed, folder = set(), ""
    for line in README.partition("## The code\n")[2].strip("\n").splitlines():
        name = line.split()[0]
        folder = "" if line.startswith("    ") and line[4] != " " else folder
        if name.endswith("/"):
            folder = name
        elif name.endswith(".py"):
            listed.add(folder + name)
    files = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("[a-z]*.py")}
    assert listed == files
