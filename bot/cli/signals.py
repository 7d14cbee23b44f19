"""What the signals of people and of service managers do: stop, and look at the articles again."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable

STOP_WITHIN = 7.0
"""Seconds that a service gets to stop; containers are killed ten seconds after SIGTERM."""

log = logging.getLogger(__name__)


def begin_as_service() -> None:
    """Let SIGTERM end this process at once, and SIGHUP do nothing, until there is more to do.

    Without it, SIGHUP would end the process. The first process of a container is not even ended by
    SIGTERM if it does not handle it.
    """
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


def reload_on_signal() -> asyncio.Event:
    """Return an event that is set on SIGHUP, where there is one; needs a running event loop."""
    reload = asyncio.Event()
    if hasattr(signal, "SIGHUP"):
        _call_on(signal.SIGHUP, reload.set)
    return reload


def stop_on_signals(within: float | None = None) -> asyncio.Event:
    """Return an event that is set on SIGINT or SIGTERM; needs a running event loop.

    Args:
        within: Seconds after which the process ends anyway, with exit code 0, whatever it is doing;
            None to wait until everything is done.
    """
    stop = asyncio.Event()

    def stopped() -> None:
        if within is not None and not stop.is_set():
            timer = threading.Timer(within, _end, (within,))
            timer.daemon = True
            timer.start()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        _call_on(number, stopped)
    return stop


def _call_on(number: signal.Signals, react: Callable[[], None]) -> None:
    """Have a function called by the event loop whenever a signal comes."""
    loop = asyncio.get_running_loop()

    def received(*_: object) -> None:
        # The loop is closed when the process is about to end.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(react)

    # Not the loop's own add_signal_handler, which it undoes when it closes: from then on a signal
    # would end the process uncleanly.
    signal.signal(number, received)


def _end(seconds: float) -> None:
    """End the process as a power cut would, which loses nothing that was confirmed."""
    log.warning("Not everything was finished %s seconds after the signal to stop.", f"{seconds:g}")
    logging.shutdown()
    os._exit(0)
