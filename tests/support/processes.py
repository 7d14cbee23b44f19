"""The bot's commands as processes of their own, as users run them."""

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from bot.config import Settings
from tests.support.corpora import ROOT
from tests.support.waiting import TIMEOUT

NO_LIMITS = {
    "PRIVATE_CHAT_PER_SECOND": "1000",
    "GROUP_PER_MINUTE": "60000",
    "OVERALL_PER_SECOND": "1000",
}
"""Settings under which no message waits: with Telegram's limits most tests would only be slower."""
CACHE = tempfile.mkdtemp(prefix="article-bot-tests-")
"""What the commands keep of articles must not get into the cache of the user."""
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)
STARTED = re.compile(r"The sandbox is ready: (http://127\.0\.0\.1:\d+)")


def clean_environment(**more: str) -> dict[str, str]:
    """This environment without any setting of the bot but a cache, and with those given."""
    own = tuple(field.name.upper() for field in fields(Settings))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    return {**kept, "PYTHONUNBUFFERED": "1", "CACHE_DIR": CACHE, **more}


def article_bot(
    *arguments: str, folder: Path = ROOT, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=clean_environment(PYTHONPATH=str(ROOT), **settings),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )


class Process:
    """A command of ours that runs, and all that it wrote."""

    def __init__(
        self,
        arguments: list[str],
        folder: Path,
        environ: Mapping[str, str],
        new_group: bool = False,
    ) -> None:
        self.log = folder / f"{arguments[0]}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as stream:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                cwd=folder,
                env=dict(environ),
                stdout=stream,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=new_group,
            )

    @property
    def output(self) -> str:
        """All that it wrote."""
        return self.log.read_text(encoding="utf-8")

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.popen.poll()

    def wait_for(self, pattern: re.Pattern[str], seconds: float = TIMEOUT) -> re.Match[str]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if match := pattern.search(self.output):
                return match
            assert self.popen.poll() is None, self.output
            time.sleep(0.02)
        raise AssertionError(f"{pattern.pattern!r} was not written:\n{self.output}")

    def signal_group(self, number: int) -> None:
        """Send a signal to it and all that it started; it needs a group of its own."""
        os.killpg(self.popen.pid, number)

    def group_is_gone(self) -> bool:
        """Wait until nothing of what it started runs any more; False if that never happens."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            try:
                os.killpg(self.popen.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.02)
        return False

    def stop(self) -> int:
        """Stop it as Ctrl-C does, and return its exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(2)
        return self.popen.wait(timeout=TIMEOUT)


def start_sandbox(folder: Path, **settings: str) -> tuple[Process, str]:
    """Start the sandbox on any free port; return it and its address."""
    corpus = {"CORPUS_DIR": str(ROOT / "corpus"), "LOG_LEVEL": "INFO", **NO_LIMITS}
    process = Process(
        ["sandbox", "--port", "0", "--no-browser"],
        folder,
        clean_environment(**{**corpus, **settings}),
    )
    return process, process.wait_for(STARTED)[1]
