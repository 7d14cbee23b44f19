"""What the databases consist of: a script a step and engine, each run once and never changed."""

import re
from importlib import resources


def steps(engine: str) -> list[str]:
    """Return the scripts of an engine, "sqlite" or "postgres"; the n-th leads to version n."""
    files = {
        int(match[1]): file.read_text(encoding="utf-8")
        for file in resources.files(__name__).iterdir()
        if (match := re.fullmatch(rf"{engine}-(\d+)\.sql", file.name))
    }
    return [files[number] for number in range(1, len(files) + 1)]
