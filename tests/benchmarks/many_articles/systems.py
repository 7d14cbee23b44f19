"""The systems that are measured: each builds its index in a folder, opens it, and searches.

The folder has the articles as a corpus of Markdown files, and their paragraphs as passages. Each
function imports what it needs, so that no process holds another system's library.
"""

import json
import os
import re
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.corpus.article import Article

if TYPE_CHECKING:
    from bot.retrieval.encoder import Encoder

CORPUS, PASSAGES = "corpus", "passages.jsonl"
"""Names in the folder."""

Search = Callable[[str], int | None]
"""A question -> the number of the article put first, from 0; None for none."""


@dataclass(frozen=True)
class System:
    """A system.

    Attributes:
        name: The name of its package; this project's come first.
        build: Builds the index and saves it; None if the system keeps no index, so that ``open``
            builds it every time.
        open: Returns the search on the index.
        most: Articles with which it can be measured in reasonable time; None for any number.
    """

    name: str
    build: Callable[[Path], object] | None
    open: Callable[[Path], Search]
    most: int | None = None


def write_passages(articles: Sequence[Article], folder: Path) -> None:
    """Write the paragraphs of articles for the systems that search passages."""
    with (folder / PASSAGES).open("w", encoding="utf-8") as stream:
        for number, article in enumerate(articles):
            for text in article.paragraphs:
                stream.write(json.dumps([number, text]) + "\n")


def read_passages(folder: Path) -> Iterator[tuple[int, str]]:
    """Yield each passage: the number of its article, from 0, and its text."""
    with (folder / PASSAGES).open(encoding="utf-8") as stream:
        for line in stream:
            number, text = json.loads(line)
            yield number, text


def start_bot(folder: Path, encoder: "Encoder | None" = None) -> Search:
    """Read the articles and index them, as the bot does when it starts, with a cache."""
    from bot.corpus.loader import load_corpus
    from bot.retrieval.index import Index
    from bot.retrieval.query import parse_query

    corpus = load_corpus(folder / CORPUS, folder / "cache")
    index = Index(corpus.articles, corpus.aliases, cache=corpus.cache_folder, encoder=encoder)

    def search(question: str) -> int | None:
        answer = index.answer(parse_query(question))
        return int(answer.article.id.removeprefix("made-")) if answer else None

    return search


def build_bot_by_meaning(folder: Path) -> None:
    """The same with the default encoder, but no sentence is encoded twice.

    There are as few different ones as the question sets have; all would take hours.
    """
    from bot.retrieval.encoder import open_encoder
    from tests.benchmarks.remembering import RememberingEncoder

    encoder = RememberingEncoder(open_encoder())
    start_bot(folder, encoder)
    texts, known, seconds = encoder.asked, len(encoder.known), encoder.seconds
    print(
        f"{known:,} different sentences of {texts:,} were encoded in {seconds:.0f} s; all would"
        f" take {seconds * texts / known:,.0f} s",
        file=sys.stderr,
    )


def start_bot_by_meaning(folder: Path) -> Search:
    """With vectors that were made before."""
    from bot.retrieval.encoder import open_encoder

    return start_bot(folder, open_encoder())


def bot_tokens() -> tuple[Callable[[str], list[str]], Callable[[str], list[str]]]:
    """Return what gives the bot's tokens: those of a passage, and those of a question."""
    from bot.corpus.aliases import read_aliases
    from bot.corpus.loader import DATA
    from bot.retrieval.analysis import Analyzer, words
    from bot.retrieval.query import parse_query

    analyzer = Analyzer("en", read_aliases(DATA / "aliases.yaml"))
    return (
        lambda text: analyzer.passage_tokens(words(text)),
        lambda text: list(analyzer.query_tokens(parse_query(text).words)),
    )


def open_rank_bm25(folder: Path) -> Search:
    """BM25+ on the bot's tokens."""
    import numpy as np
    from rank_bm25 import BM25Plus

    of_passage, of_question = bot_tokens()
    articles = []
    tokens = []
    for article, text in read_passages(folder):
        articles.append(article)
        tokens.append(of_passage(text))
    index = BM25Plus(tokens)
    del tokens
    return lambda question: articles[int(np.argmax(index.get_scores(of_question(question))))]


def build_bm25s(folder: Path) -> None:
    """On the bot's tokens, saved as its documentation shows."""
    import bm25s
    import numpy as np

    of_passage, _ = bot_tokens()
    vocabulary: dict[str, int] = {}
    articles, ids = [], []
    for article, text in read_passages(folder):
        articles.append(article)
        # Arrays, because lists of whole numbers would take several times the memory.
        own = (vocabulary.setdefault(token, len(vocabulary)) for token in of_passage(text))
        ids.append(array("i", own))
    index = bm25s.BM25()
    index.index((ids, vocabulary), show_progress=False)
    index.save(folder / "bm25s", show_progress=False)
    np.save(folder / "bm25s" / "articles.npy", np.array(articles))


def open_bm25s(folder: Path) -> Search:
    """Mapped into memory, as its documentation recommends for large indexes."""
    import bm25s
    import numpy as np

    _, of_question = bot_tokens()
    index = bm25s.BM25.load(folder / "bm25s", mmap=True)
    articles = np.load(folder / "bm25s" / "articles.npy")

    def search(question: str) -> int | None:
        found, _ = index.retrieve([of_question(question)], k=1, show_progress=False)
        return int(articles[found[0][0]])

    return search


def build_tantivy(folder: Path) -> None:
    """With its English stemmer, in as many threads as there are cores."""
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("article", stored=True)
    schema.add_text_field("text", tokenizer_name="en_stem")
    (folder / "tantivy").mkdir()
    index = tantivy.Index(schema.build(), path=str(folder / "tantivy"))
    writer = index.writer(num_threads=os.cpu_count() or 1)
    for article, text in read_passages(folder):
        writer.add_document(tantivy.Document(article=article, text=text))
    writer.commit()
    writer.wait_merging_threads()


def open_tantivy(folder: Path) -> Search:
    """The index in its folder, which it maps into memory."""
    import tantivy

    index = tantivy.Index.open(str(folder / "tantivy"))
    searcher = index.searcher()

    def search(question: str) -> int | None:
        # In small letters: AND, OR and NOT would be taken for operators.
        terms = " ".join(re.findall(r"\w+", question)).lower()
        try:
            hits = searcher.search(index.parse_query(terms, ["text"]), 1).hits
        except ValueError:  # nothing of the question is left for it to look for
            return None
        return int(searcher.doc(hits[0][1])["article"][0]) if hits else None

    return search


SYSTEMS = (
    System("article-bot", start_bot, start_bot),
    System("article-bot[semantic]", build_bot_by_meaning, start_bot_by_meaning, most=10_000),
    System("rank_bm25", None, open_rank_bm25, most=10_000),
    System("bm25s", build_bm25s, open_bm25s),
    System("tantivy", build_tantivy, open_tantivy),
)
