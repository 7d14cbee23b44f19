"""Stopping on Ctrl-C and on the signals that service managers send."""

import asyncio
import signal


def reload_on_signal() -> asyncio.Event:
    """Return an event that is set on SIGHUP, where there is one; needs a running event loop."""
    reload = asyncio.Event()
    if hasattr(signal, "SIGHUP"):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload.set)
    return reload


def stop_on_signals() -> asyncio.Event:
    """Return an event that is set on SIGINT or SIGTERM; needs a running event loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop
