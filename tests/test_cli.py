"""The command line: commands, their help and its examples."""

import argparse
import shlex
from collections.abc import Mapping

import pytest

from bot.cli import build_parser
from tests.support.corpora import ROOT
from tests.support.processes import article_bot

FILES = {file.stem for file in (ROOT / "bot" / "cli").glob("*.py")}
SHARED = {"corpus", "doctor_checks", "doctor_services", "output", "progress"} | {
    "service_manager",
    "signals",
}
COMMANDS = sorted(FILES - SHARED - {"__init__"})


def parsers() -> Mapping[str, argparse.ArgumentParser]:
    [commands] = [
        action
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    return commands.choices


def test_every_command_has_a_file_of_its_name() -> None:
    """Other modules in that package are listed above."""
    assert sorted(parsers()) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_describes_the_command(command: str) -> None:
    """It has a description, which fits into a terminal, and a text for every argument."""
    parser = parsers()[command]
    assert parser.description
    assert max(map(len, parser.description.splitlines())) <= 80
    assert [action.dest for action in parser._actions if not action.help] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_of_help_can_be_run(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The parser accepts every example."""
    with pytest.raises(SystemExit):
        build_parser().parse_args([command, "--help"])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    examples = [line for line in lines if line.startswith(f"article-bot {command}")]
    assert examples
    for example in examples:
        build_parser().parse_args(shlex.split(example)[1:])


def test_a_command_alone_has_the_same_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Only its own module is imported then, and the version is not looked up."""
    for arguments in (["ask", "--help"], ["ask"], ["ask", "Why?", "--version"]):
        said = []
        for parser in (build_parser(), build_parser(arguments[:1])):
            with pytest.raises(SystemExit):
                parser.parse_args(arguments)
            said.append(capsys.readouterr())
        assert said[0] == said[1]


def test_an_unknown_command_is_refused() -> None:
    """The exit code is 2, and the message lists all commands."""
    result = article_bot("dance")
    assert result.returncode == 2
    assert all(command in result.stderr for command in COMMANDS)
