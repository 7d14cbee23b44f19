"""Reads a .env file, and names its broken lines."""

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from bot.config.settings import Settings
from bot.errors import SettingsError


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


def _problem(binding: Binding) -> str | None:
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
