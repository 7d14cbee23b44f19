"""Reads and indexes the corpus of the settings, with what was kept of it."""

import contextlib

from bot.cli.progress import shown_progress
from bot.config import Settings
from bot.corpus.cache_folder import cache_folder
from bot.corpus.loader import Corpus, find_corpus, load_corpus
from bot.corpus.workers import Progress
from bot.retrieval.chosen_encoder import chosen_encoder
from bot.retrieval.index import Index


def read_corpus(settings: Settings, progress: Progress | None = None) -> Corpus:
    """Read the corpus, and keep what was read in the settings' cache.

    Args:
        settings: The settings.
        progress: Told how far that is; None to show it.

    Raises:
        CorpusError: See ``load_corpus``.
    """
    folder = find_corpus(settings.corpus_dir)
    with shown_progress() if progress is None else contextlib.nullcontext(progress) as told:
        return load_corpus(folder, cache_folder(settings.cache_dir, folder), told)


def build_index(settings: Settings, corpus: Corpus) -> Index:
    """Index the articles, as far as the cache does not know them; a bar shows how far it is.

    Raises:
        SettingsError: See ``chosen_encoder``.
    """
    encoder = chosen_encoder(settings)
    with shown_progress() as progress:
        return Index(
            corpus.articles,
            corpus.aliases,
            cache=corpus.cache_folder,
            progress=progress,
            encoder=encoder,
        )
