"""The files that readers sent, as bots get and download them."""

import secrets
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath
from typing import Any

MAX_DOWNLOAD = 20_000_000
"""Bytes; Telegram lets no bot download a larger file."""


@dataclass(frozen=True)
class Document:
    """A file.

    Attributes:
        file_id: by which bots ask for it.
        file_unique_id: the same for all bots, where file_id is not.
        file_path: below /file/bot<token>/.
        file_name: as the reader called it.
        mime_type: as the reader's app said; None when it said nothing.
        content: its bytes; empty when no bot can download them.
        file_size: in bytes.
    """

    file_id: str
    file_unique_id: str
    file_path: str
    file_name: str
    mime_type: str | None
    content: bytes
    file_size: int

    @property
    def is_too_big(self) -> bool:
        """Whether no bot may download it."""
        return self.file_size > MAX_DOWNLOAD

    def as_document(self) -> dict[str, Any]:
        """Return the file as Telegram's Document."""
        kind = {"mime_type": self.mime_type} if self.mime_type else {}
        return {"file_name": self.file_name, **kind, **self._as_any_file()}

    def as_file(self) -> dict[str, Any]:
        """Return the file as Telegram's File, with the path at which it can be downloaded."""
        return {**self._as_any_file(), "file_path": self.file_path}

    def _as_any_file(self) -> dict[str, Any]:
        ids = {"file_id": self.file_id, "file_unique_id": self.file_unique_id}
        return {**ids, "file_size": self.file_size}


class Documents:
    """All files, by_id (their file_id) and by_path (their file_path)."""

    def __init__(self) -> None:
        self.by_id: dict[str, Document] = {}
        self.by_path: dict[str, Document] = {}
        self._numbers = count()

    def add(
        self, file_name: str, mime_type: str | None, content: bytes, file_size: int | None = None
    ) -> Document:
        """Store a file of these bytes; file_size, if given, is another size, of zero bytes."""
        size = len(content) if file_size is None else file_size
        if file_size is not None:
            content = bytes(size) if size <= MAX_DOWNLOAD else b""
        document = Document(
            file_id=secrets.token_urlsafe(30),
            file_unique_id=secrets.token_urlsafe(9),
            # Telegram keeps only the ending of the name.
            file_path=f"documents/file_{next(self._numbers)}{PurePosixPath(file_name).suffix}",
            file_name=file_name,
            mime_type=mime_type,
            content=content,
            file_size=size,
        )
        self.by_id[document.file_id] = self.by_path[document.file_path] = document
        return document
