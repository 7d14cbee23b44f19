"""Tells systemd, or another service manager with its protocol, how far the bot is."""

import contextlib
import socket
import time
from collections.abc import Iterator


class ServiceManager:
    """Sends the messages of sd_notify(3); nothing where no service manager listens."""

    def __init__(self, address: str | None) -> None:
        """Note the address.

        Args:
            address: The value of NOTIFY_SOCKET: a path, or "@" and a name in the abstract
                namespace; None or "" if nobody listens.
        """
        self._address = "\0" + address[1:] if address and address[0] == "@" else address

    def ready(self) -> None:
        """Say that the bot takes questions."""
        self._send("READY=1")

    @contextlib.contextmanager
    def reloading(self) -> Iterator[None]:
        """Say that the articles are looked at again, and in the end that this is done."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        yield
        self.ready()

    def stopping(self) -> None:
        """Say that the bot is about to end."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address or not hasattr(socket, "AF_UNIX"):
            return
        # A service manager that has gone away is no reason to answer nobody.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.setblocking(False)
            own.sendto(message.encode(), self._address)
