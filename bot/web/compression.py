"""gzip, decompressed bit by bit: a small file may hold gigabytes."""

import zlib
from collections.abc import Iterator

_PART = 65_536
"""Bytes that are decompressed at once."""


class GzipStream:
    """A gzip stream that arrives in chunks; it may have several members, one after the other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether the stream has ended where it should."""
        return self._member.eof or not self._begun

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk holds, in parts of limited size.

        Raises:
            ValueError: It is not gzip.
        """
        more = bool(chunk)
        while more:
            if self._member.eof:
                # What follows the last member and is no member is padding.
                if not chunk.startswith(b"\x1f"):
                    return
                self._member = zlib.decompressobj(wbits=31)
            self._begun = True
            try:
                part = self._member.decompress(chunk, _PART)
            except zlib.error:
                raise ValueError("not gzip") from None
            chunk = self._member.unconsumed_tail or self._member.unused_data
            # A full part may have used up the chunk and have left something to give.
            more = bool(chunk) or (len(part) == _PART and not self._member.eof)
            if part:
                yield part
