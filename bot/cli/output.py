"""Printing that no terminal can make fail, whatever characters it has."""

import codecs
import io
import json
import sys


def print_safely() -> None:
    """Print "?" in the place of a character that the terminal's encoding does not have.

    Otherwise an emoji or a typographic quotation mark would end a command with a traceback.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def print_json(data: object) -> None:
    """Print data as JSON, readable where the encoding has all characters, and always complete."""
    is_utf8 = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    print(json.dumps(data, ensure_ascii=not is_utf8, indent=2))
