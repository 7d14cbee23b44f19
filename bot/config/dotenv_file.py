"""Reads a .env file, and names its broken lines."""

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.errors import SettingsError

if TYPE_CHECKING:
    from dotenv.parser import Binding


def read_dotenv(file: Path) -> Mapping[str, str | None]:
    """Return the keys and values of a .env file; none if there is no such file.

    Raises:
        SettingsError: It cannot be read, or lines of it are broken.
    """
    if not file.is_file():
        return {}
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{file} cannot be read: make it a readable UTF-8 file.") from None
    # Not needed without such a file.
    from dotenv import dotenv_values  # noqa: PLC0415
    from dotenv.parser import parse_stream  # noqa: PLC0415

    faults = []
    for binding in parse_stream(StringIO(text)):
        if problem := _problem(binding):
            # The statement begins with the empty lines before it.
            statement = binding.original.string
            empty = statement[: -len(statement.lstrip())].count("\n")
            faults.append(f"{file}:{binding.original.line + empty}: {problem}")
    if faults:
        raise SettingsError("\n".join(faults))
    return dotenv_values(stream=StringIO(text))


def _problem(binding: "Binding") -> str | None:
    """Return what is wrong with a statement of a .env file, without the secret it may contain."""
    key = (binding.key or "").lower()
    # Only this one may have several lines.
    ours = key in Settings.__dataclass_fields__ and key != "feeds"
    quoted = re.search(r"=\s*[\"']", binding.original.string)
    if quoted and (binding.error or (ours and "\n" in (binding.value or ""))):
        return "A quotation mark is missing, or text follows the last: quote all of the value."
    if binding.error or (binding.key and binding.value is None):
        return "The line has not the form KEY=value: correct it, or put # before a comment."
    return None
