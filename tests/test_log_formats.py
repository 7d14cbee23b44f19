"""The log: as text or as JSON, without secrets, each trouble once."""

import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.config import read_settings
from bot.logs import FailureLog
from tests.support.control import TOKEN
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import clean_environment
from tests.support.stage import Stage

SECRETS = ("4242:a-very-secret-token", 'a "quoted" pass\\word', "geheimes Paßwort 🔑")
SCRIPT = """
import logging, warnings
from bot.logs import set_up_logging
secrets = {secrets!r}
set_up_logging("INFO", secrets, {format_!r})
log = logging.getLogger("bot.test")
log.info("It's %s,\\nand %s.", "líne", secrets[2])
log.debug("not this")
try:
    try:
        raise ValueError(secrets[1])
    except ValueError as error:
        raise OSError(f"see {{secrets[0]}}") from error
except OSError:
    log.exception("It failed: %s", secrets[1])
log.warning("A stack", stack_info=True)
warnings.warn(f"old: {{secrets[0]}}", DeprecationWarning)
"""


def logged(format_: str) -> list[str]:
    """What a process of its own logs, by lines."""
    script = SCRIPT.format(secrets=SECRETS, format_=format_)
    ended = subprocess.run(
        [sys.executable, "-W", "always", "-c", script],
        cwd=ROOT,
        env=clean_environment(PYTHONPATH=str(ROOT), PYTHONIOENCODING="ascii"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == ""
    return ended.stderr.splitlines()


def test_json_is_one_object_a_line() -> None:
    """With time, level, logger and message; the traceback is one string; no secret is in it."""
    lines = logged("json")
    said, failed, stack, warned = entries = [json.loads(line) for line in lines]
    assert said["message"] == "It's líne,\nand [secret]."
    assert (said["level"], said["logger"]) == ("INFO", "bot.test")
    assert said.keys() == {"time", "level", "logger", "message"}
    assert failed["message"] == "It failed: [secret]"
    assert failed["exception"].startswith("Traceback (most recent call last):\n")
    assert failed["exception"].endswith("\nOSError: see [secret]")
    assert "ValueError: [secret]" in failed["exception"]
    assert stack["exception"].startswith("Stack (most recent call last):\n")
    assert (warned["level"], warned["logger"]) == ("WARNING", "py.warnings")
    assert "old: [secret]" in warned["message"]
    for entry in entries:
        assert datetime.fromisoformat(entry["time"]).utcoffset() == timedelta(0)
    for secret in SECRETS:
        assert secret not in "\n".join(lines)
        assert json.dumps(secret)[1:-1] not in "\n".join(lines)


def test_text_has_the_same() -> None:
    """For people to read."""
    text = "\n".join(logged("text"))
    assert "INFO bot.test: It's l\\xedne,\nand [secret].\n" in text
    assert "ERROR bot.test: It failed: [secret]\nTraceback (most recent call last):\n" in text
    assert not any(secret in text for secret in SECRETS)


async def test_a_running_bot_logs_json(stage: Stage) -> None:
    """Trouble is a line without a traceback, and its end another."""
    bot = await stage.process(LOG_FORMAT="json")
    ada = await stage.reader()
    answer = await ada.send("/article")
    moved = stage.database.with_suffix(".moved")
    stage.database.rename(moved)
    for _ in range(3):
        await ada.tap(answer, f"r:{ARTICLE}:like")
    moved.rename(stage.database)
    await ada.tap(answer, f"r:{ARTICLE}:love")
    await ada.shows(answer, "❤️ 1")
    assert await stage.stop(bot) == 0
    ready, *lines = bot.output.splitlines()
    assert ready.startswith("@article_sandbox_bot answers")
    entries = [json.loads(line) for line in lines]
    warnings = [entry["message"] for entry in entries if entry["level"] == "WARNING"]
    assert warnings[0].startswith(f"The database {stage.database} is gone")
    assert sum("is gone" in warning for warning in warnings) == 1
    assert "Votes are counted again." in warnings
    assert all("exception" not in entry for entry in entries)
    assert TOKEN not in bot.output


def test_a_failure_with_changing_numbers_is_one(caplog: pytest.LogCaptureFixture) -> None:
    """A server that names each request in its error does not fill the log."""
    failures = FailureLog(logging.getLogger("bot.test"))
    with caplog.at_level(logging.INFO):
        for number in range(200):
            failures.failed(f"Refused, request 8f3a{number:08x}: too long{' ' * 999}")
        failures.failed("Something else")
        failures.recovered("It works again.")
        failures.recovered("It works again.")
    assert [len(message) for message in caplog.messages] == [500, 14, 15]


def test_a_failure_that_comes_and_goes(caplog: pytest.LogCaptureFixture) -> None:
    """It is told once more, and has not ended while it does."""
    failures, counted = None, []
    failures = FailureLog(logging.getLogger("bot.test"), lambda: counted.append(1))
    with caplog.at_level(logging.INFO):
        for _ in range(50):
            failures.failed("Too many clients")
            failures.recovered("It works again.")
    assert caplog.messages == ["Too many clients", "It works again.", "Too many clients"]
    assert len(counted) == 50


def test_the_format_is_read(tmp_path: Path) -> None:
    """In any case of letters; text if nothing is set."""
    assert read_settings({"LOG_FORMAT": "JSON"}, tmp_path / ".env").log_format == "json"
    assert read_settings({}, tmp_path / ".env").log_format == "text"
