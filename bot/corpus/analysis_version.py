"""What the content of a cache depends on: the code that made it, and its packages."""

import sys
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from importlib import metadata
from pathlib import Path


def analysis_version(folders: Iterable[Path], packages: Iterable[str]) -> str:
    """Return a text that is another when code or packages are others.

    So nobody can forget to raise a number when reading or indexing changes.

    Args:
        folders: Folders whose Python and YAML files count, without the folders in them.
        packages: Names of installed packages whose versions count; they need not be there.
    """
    digest = blake2b(digest_size=16)
    for folder in folders:
        for file in sorted((*folder.glob("*.py"), *folder.glob("*.yaml"))):
            content = file.read_bytes()
            digest.update(f"{file.name} {len(content)}\0".encode())
            digest.update(content)
    for package in ("article-bot", *packages):
        digest.update(f"{package} {_version(package)}\0".encode())
    digest.update(f"{sys.version_info[:3]} {unicodedata.unidata_version}".encode())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
