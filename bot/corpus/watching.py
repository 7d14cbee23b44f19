"""Tells when the files of a folder change."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

DEBOUNCE_MS = 300
"""Milliseconds for which changes are collected, as an editor makes several for one."""
STEP_MS = 50
"""Milliseconds without a change after which those before it are reported."""
CHECK_MS = 1_000
"""Milliseconds after which it is looked whether another folder is in the place of the watched."""
LOOK_INTERVAL = 30.0
"""Seconds after which the files are looked at anyway: changes of what a link leads to are not
reported, nor those on some network drives."""
RETRY_INTERVAL = 1.0
"""Seconds between attempts to watch a folder that cannot be watched."""

log = logging.getLogger(__name__)


async def changes(folder: Path, requested: asyncio.Event) -> AsyncIterator[None]:
    """Yield whenever something in a folder may have changed; first at once.

    Args:
        folder: The folder, with all folders in it. It may be away for a while.
        requested: Set to have it looked at anyway; it is cleared when that is done.
    """
    changed = asyncio.Event()
    watching = asyncio.create_task(_watch(folder, changed))
    try:
        while True:
            changed.clear()
            requested.clear()
            yield
            waiting = [asyncio.create_task(event.wait()) for event in (changed, requested)]
            try:
                await asyncio.wait(
                    waiting, timeout=LOOK_INTERVAL, return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                for task in waiting:
                    task.cancel()
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def _watch(folder: Path, changed: asyncio.Event) -> None:
    is_polling = False
    while True:
        identity, is_new = await asyncio.to_thread(_identity, folder), True
        try:
            async for found in awatch(
                folder,
                watch_filter=None,
                debounce=DEBOUNCE_MS,
                step=STEP_MS,
                rust_timeout=CHECK_MS,
                yield_on_timeout=True,
                force_polling=is_polling or None,
                ignore_permission_denied=True,
            ):
                # Something may have changed before the watch began.
                if found or is_new:
                    changed.set()
                is_new = False
                if await asyncio.to_thread(_identity, folder) != identity:
                    break
        except Exception as error:
            # The library raises all kinds, such as groups of errors for names that are not UTF-8.
            if identity is not None and not is_polling:
                log.warning("%s cannot be watched, so it is polled: %s", folder, _reason(error))
                is_polling = True
            await asyncio.sleep(RETRY_INTERVAL)
        changed.set()


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one in its place; None if there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
