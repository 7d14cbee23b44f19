"""Where what is made of a corpus, and can be made anew, is kept."""

from hashlib import blake2b
from pathlib import Path


def cache_folder(cache_dir: Path | None, corpus: Path) -> Path:
    """Return the folder of a corpus in the folder of all caches; neither need be there.

    Args:
        cache_dir: The folder of all caches; None for the user's own, which the system chooses.
        corpus: The folder of articles.
    """
    if cache_dir is None:
        from platformdirs import user_cache_path  # noqa: PLC0415

        cache_dir = user_cache_path("article-bot", appauthor=False)
    path = corpus.resolve()
    # Two corpora may have the same name; their folders should be told apart at a glance.
    digest = blake2b(bytes(path), digest_size=4).hexdigest()
    return cache_dir / f"{path.name or 'corpus'}-{digest}"
