"""Says in the log if other users of the machine may use a file that is nobody else's business."""

import logging
import stat
from pathlib import Path

log = logging.getLogger(__name__)


def warn_if_shared(file: Path, name: str, also: str = "") -> None:
    """Log a warning if others than its owner may read or change a file.

    Args:
        file: The file; where it cannot be looked at, nothing is said.
        name: What the warning calls it, at the start of a sentence.
        also: What to add to the file's name for chmod, such as "*" for the files beside it.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return
    if mode & 0o077:
        may = "read and change" if mode & 0o022 else "read"
        log.warning(
            "%s is not private, as other users of this machine may %s it: chmod go-rwx %s",
            *(f"{name} {file}", may, f"{file}{also}"),
        )
