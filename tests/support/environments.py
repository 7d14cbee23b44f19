"""Python without a package that is installed, for processes."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.support.corpora import ROOT
from tests.support.processes import clean_environment
from tests.support.waiting import TIMEOUT


def article_bot_without(
    package: str, folder: Path, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end, where a package is not installed.

    Args:
        package: As its folder is called; all others are there.
        folder: An empty one, where the command is started.
        arguments: The command's.
        settings: Of the bot.
    """
    packages = folder / "packages"
    packages.mkdir()
    for installed in Path(sysconfig.get_path("purelib")).iterdir():
        if not installed.name.startswith(package):
            (packages / installed.name).symlink_to(installed)
    path = os.pathsep.join(map(str, (ROOT, packages)))
    return subprocess.run(
        # Without the folder of installed packages.
        [sys.executable, "-S", "-m", "bot", *arguments],
        cwd=folder,
        env=clean_environment(PYTHONPATH=path, CACHE_DIR=str(folder / "cache"), **settings),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
