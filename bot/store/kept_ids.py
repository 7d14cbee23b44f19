"""Ids of articles stay while they have votes, whatever their files say later."""

import logging
from dataclasses import replace

from bot.corpus.article import LocatedArticle
from bot.corpus.loader import Corpus
from bot.store.base import Store

log = logging.getLogger(__name__)


class KeptIds:
    """Remembers the id of the article in each file, in the store.

    A ``slug`` that is added to a file, for example, would be another id: the votes would no longer
    be shown.
    """

    def __init__(self, store: Store) -> None:
        """Start without having read anything.

        Args:
            store: Where ids and votes are kept.
        """
        self._store = store
        self._known: dict[str, str] | None = None
        self._reported: set[tuple[str, str]] = set()

    async def apply(self, corpus: Corpus, save: bool = True) -> Corpus:
        """Return a corpus whose articles have the ids under which their votes are.

        Args:
            corpus: The corpus as its files are.
            save: Whether the ids are remembered from now on.

        Raises:
            StoreError: The database cannot be used.
        """
        if corpus.folder is None:
            return corpus
        if self._known is None:
            self._known = dict(await self._store.article_files())
        # Comparing parts is many times as fast as relative_to.
        folder, depth = corpus.folder.parts, len(corpus.folder.parts)
        names = {
            "/".join(item.file.parts[depth:]): item
            for item in corpus.located
            if item.file.parts[:depth] == folder
        }
        others = {
            name: known
            for name, item in names.items()
            if (known := self._known.get(name, item.article.id)) != item.article.id
        }
        used = {item.article.id for item in corpus.located}
        voted = {id_ for id_, counts in (await self._counts(others)).items() if any(counts)}
        kept = {name: id_ for name, id_ in others.items() if id_ in voted and id_ not in used}
        if save:
            await self._save({n: kept.get(n, item.article.id) for n, item in names.items()})
        if not kept:
            return corpus
        located = {id(names[name]): self._with_id(names[name], id_) for name, id_ in kept.items()}
        return replace(corpus, located=tuple(located.get(id(i), i) for i in corpus.located))

    async def _counts(self, others: dict[str, str]) -> dict[str, list[int]]:
        if not others:
            return {}
        found = await self._store.all_counts()
        return {id_: [*found.get(id_, {}).values()] for id_ in others.values()}

    async def _save(self, ids: dict[str, str]) -> None:
        assert self._known is not None
        changed = {name: id_ for name, id_ in ids.items() if self._known.get(name) != id_}
        if changed:
            await self._store.save_article_files(changed)
            self._known.update(changed)

    def _with_id(self, item: LocatedArticle, id_: str) -> LocatedArticle:
        said = (str(item.file), item.article.id)
        if said not in self._reported:
            self._reported.add(said)
            log.warning(
                "The id of %s would be %s now, but it stays %s, which has votes: write id: %s",
                *(item.file, item.article.id, id_, id_),
            )
        return replace(item, article=replace(item.article, id=id_))
