"""Whether the process that led last has ended, when that was on this machine.

Then another need not wait until it has been silent for long.
"""

import os
from pathlib import Path

_UNKNOWN = "elsewhere"
_ENDED = "ZX"
"""States of a process that runs no more, though its parent has not noticed yet."""


def process_name() -> str:
    """Return a name of this process that no other has, also not on another machine.

    It has no use for ``has_ended`` where the system does not tell enough.
    """
    return f"{_namespace() or _UNKNOWN}/{os.getpid()}/{_started(os.getpid())}"


def has_ended(name: str) -> bool:
    """Return whether a process of this machine has certainly ended; False for all others.

    Args:
        name: What ``process_name`` returned there; more may follow after a slash.
    """
    namespace, pid, started = (*name.split("/"), "", "")[:3]
    if namespace != _namespace() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        # It is another user's.
        pass
    now = _started(int(pid))
    return now is not None and now != started


def _namespace() -> str | None:
    """Return what a number of a process is unique in: a start of a machine, and a container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return None


def _started(pid: int) -> str | None:
    """Return when a process started, "" if it has ended; None if the system does not tell."""
    try:
        # The name of the program, in parentheses, may have spaces.
        state, *fields = (
            Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        )
    except OSError:
        return None
    return "" if state in _ENDED else fields[18]
