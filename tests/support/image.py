"""The Dockerfile's steps, done on a copy of this machine's own file system instead of an image.

It takes the place of the base image: an overlay, so that nothing of this machine is changed. There
is no Docker daemon where tests run.
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.corpora import ROOT

BASE = "python:3.12-slim"
PYTHON = Path(sys.base_prefix) / "bin" / "python"
PATH = f"{PYTHON.parent}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Image:
    """What the steps of a stage have led to.

    Attributes:
        root: Its file system.
        environ: What its commands have in the environment.
        settings: By instruction, what has only an effect when it runs: USER, CMD and the like.
    """

    root: Path
    environ: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    workdir: str = "/"
    settings: dict[str, str] = field(default_factory=dict)

    def command(self, arguments: list[str], **environ: str) -> list[str]:
        """Return the command that runs another in it, as its user and with its environment."""
        user = self.settings.get("USER", "root")
        variables = [f"{key}={value}" for key, value in {**self.environ, **environ}.items()]
        enter = ["chroot", f"--userspec={user}", str(self.root)]
        return [*enter, "/usr/bin/env", "-i", f"--chdir={self.workdir}", *variables, *arguments]

    def run(self, arguments: list[str], **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it to its end."""
        command = self.command(arguments, **environ)
        return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def instructions(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction of a Dockerfile and its arguments."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE)
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line.strip():
            name, _, arguments = line.strip().partition(" ")
            yield name.upper(), arguments.strip()


@contextlib.contextmanager
def built(folder: Path) -> Iterator[Image]:
    """Do all steps of the Dockerfile; yield what the last stage leads to.

    Raises:
        PermissionError: This user may not mount a file system.
        AssertionError: A step failed.
    """
    stages: dict[str, Image] = {}
    image: Image | None = None
    with contextlib.ExitStack() as mounts:
        for name, arguments in instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")):
            if name == "FROM":
                base, _, stage = arguments.partition(" AS ")
                assert base == BASE
                image = stages[stage] = mounts.enter_context(_machine(folder / (stage or "last")))
            else:
                assert image is not None
                _do(image, name, arguments, stages)
        assert image is not None
        yield image


def _do(image: Image, name: str, arguments: str, stages: dict[str, Image]) -> None:
    if name == "RUN":
        done = image.run(["sh", "-c", arguments], **_PIP)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}{done.stderr}"
    elif name == "COPY":
        _copy(image, arguments, stages)
    elif name == "ENV":
        for pair in shlex.split(arguments):
            key, _, value = pair.partition("=")
            image.environ[key] = value.replace("$PATH", image.environ["PATH"])
    elif name == "WORKDIR":
        image.workdir = arguments
        (image.root / arguments.lstrip("/")).mkdir(parents=True, exist_ok=True)
    else:
        image.settings[name] = arguments


def _copy(image: Image, arguments: str, stages: dict[str, Image]) -> None:
    words = shlex.split(arguments)
    options = dict(word[2:].split("=") for word in words if word.startswith("--"))
    *sources, target = [word for word in words if not word.startswith("--")]
    come_from = stages[options["from"]].root if "from" in options else ROOT
    into = image.root / (Path(image.workdir) / target).as_posix().lstrip("/")
    for source in sources:
        there = come_from / source.lstrip("/")
        to = into / there.name if target.endswith("./") or target == "./" else into
        if there.is_dir():
            ignore = shutil.ignore_patterns("__pycache__") if come_from == ROOT else None
            shutil.copytree(there, to, symlinks=True, ignore=ignore, dirs_exist_ok=True)
        else:
            shutil.copy2(there, to)
        if owner := options.get("chown"):
            subprocess.run(["chroot", image.root, "chown", "-R", owner, target], check=True)


_PIP = {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
"""Where this machine gets packages from."""


@contextlib.contextmanager
def _machine(folder: Path) -> Iterator[Image]:
    """A copy of this machine, whose Python everybody may use, as that of the base image."""
    upper, work, root = (folder / name for name in ("upper", "work", "root"))
    for each in (upper, work, root):
        each.mkdir(parents=True)
    options = f"lowerdir=/,upperdir={upper},workdir={work}"
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(root)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise PermissionError("only root may mount a file system")
    try:
        for name in ("proc", "dev"):
            subprocess.run(["mount", "--rbind", f"/{name}", root / name], check=True)
            subprocess.run(["mount", "--make-rslave", root / name], check=True)
        for parent in PYTHON.parents:
            inside = root / parent.as_posix().lstrip("/")
            inside.chmod(inside.stat().st_mode | 0o555)
        yield Image(root)
    finally:
        subprocess.run(["umount", "-l", "-R", root], check=True)


def exec_form(arguments: str) -> list[str]:
    """Return a command that is written as a list, after options and CMD."""
    return list(json.loads(arguments[arguments.index("[") :]))
