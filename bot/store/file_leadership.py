"""The leader of a SQLite file: whoever has locked a file beside it. Nobody stands by."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from bot.errors import StoreError
from bot.store.leadership import Leadership

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class FileLeadership(Leadership):
    """Holds a lock for as long as the process lives; the system releases it, however it ends.

    A SQLite file is on one machine, so a process that waits there would only hide that the bot
    was started twice.
    """

    def __init__(self, database: Path) -> None:
        """Store the argument; nothing is locked yet.

        Args:
            database: The database file.
        """
        super().__init__()
        self._database = database
        self._file: int | None = None

    async def _open(self) -> None:
        if fcntl is not None:
            file = self._database.with_name(f"{self._database.name}.lock")
            try:
                self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
                # Not flock, whose lock the processes that read articles would inherit, and keep
                # after this one was killed.
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                self._unlock()
                if error.errno in (errno.EACCES, errno.EAGAIN) and file.exists():
                    raise StoreError(
                        f"The bot already runs on the database {self._database}: stop the other "
                        "process first, or give this bot a DATABASE_URL of its own. Only with "
                        "PostgreSQL may several processes run, of which one serves."
                    ) from None
                raise StoreError(
                    f"The database {self._database} cannot be opened ({error.strerror}): "
                    "set DATABASE_URL to a file in a folder that the bot may write to."
                ) from None
        self._begin()

    async def _close(self) -> None:
        self._unlock()

    def _unlock(self) -> None:
        # The file stays: removed, it could be locked by two who opened it at different times.
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
            self._file = None
