"""Articles as records of a cache, and back: their small facts, and apart from them their texts."""

import datetime as dt
import json
import stat
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bot.corpus.article import Article, LocatedArticle, Note, NoteKind, texts_digest
from bot.corpus.corpus_files import Stamp, may_hide_a_change, stamp_of
from bot.corpus.layout import PLAIN, Layout, Span, Style
from bot.corpus.outcomes import Outcome, draft, read_file
from bot.corpus.stored_texts import Texts, TextsKey
from bot.corpus.yaml import MAX_FILE_BYTES
from bot.errors import CorpusError

_KINDS = {kind.value: kind for kind in NoteKind}


@dataclass(frozen=True)
class Facts:
    """What is noted of a file that was read without a fault.

    Attributes:
        stamp: The file as it was just before it was read.
        read_at: When it was read, in seconds since 1970.
        content: A digest of its content, in hexadecimal digits.
        article: The small facts of its article, as ``_article_facts`` lists them; None for a draft.
    """

    stamp: Stamp
    read_at: float
    content: str
    article: list[Any] | None

    def dump(self) -> bytes:
        """Return it as JSON."""
        return json.dumps([self.stamp, self.read_at, self.content, self.article]).encode()


@dataclass(frozen=True)
class Record:
    """What is stored of a file.

    Attributes:
        facts: Facts, as JSON.
        key: What its texts are stored under; None for a draft.
        texts: Its texts, as JSON.
    """

    facts: bytes
    key: bytes | None = None
    texts: bytes = b""


def load_facts(data: bytes) -> Facts:
    """Return what ``Facts.dump`` made JSON of."""
    stamp, read_at, content, article = json.loads(data.decode())
    return Facts(tuple(stamp), read_at, content, article)


def content_digest(file: Path) -> str:
    """Return a digest of a file's content.

    Raises:
        OSError: It cannot be read.
    """
    with file.open("rb") as stream:
        # A longer file is faulty, and nothing of it is stored.
        return blake2b(stream.read(MAX_FILE_BYTES), digest_size=16).hexdigest()


def confirmed(facts: Facts, file: Path) -> Facts | None:
    """Return the facts of a file that is as it was, with its stamp of now; None if it is not."""
    try:
        stamp = stamp_of(file)
        if stamp == facts.stamp and not may_hide_a_change(stamp, facts.read_at):
            return facts
        is_regular = stat.S_ISREG(file.stat().st_mode)
        if stamp[2] != facts.stamp[2] or not is_regular or content_digest(file) != facts.content:
            return None
    except (CorpusError, OSError):
        return None
    return replace(facts, stamp=stamp, read_at=time.time())


def read_record(folder: Path, file: Path) -> Outcome | Record:
    """Read a file of a corpus.

    Args:
        folder: The folder of the corpus.
        file: The file.

    Returns:
        What is to be stored of it. What is not stored, such as faults, is returned as it is.
    """
    try:
        # Before it is parsed: if it is changed in between, it will be parsed once more.
        content = content_digest(file) if file.is_file() else ""
    except OSError:
        content = ""
    read_at = time.time()
    outcome = read_file(folder, file)
    if not content or outcome.stamp is None or outcome.faults:
        return outcome
    if outcome.located is None:
        return Record(Facts(outcome.stamp, read_at, content, None).dump())
    article = outcome.located.article
    texts = dump_texts(Texts(tuple(article.paragraphs), tuple(article.layouts)))
    key = texts_key(texts)
    facts = Facts(outcome.stamp, read_at, content, _article_facts(outcome.located, key))
    return Record(facts.dump(), key, texts)


def texts_key(texts: bytes) -> bytes:
    """Return what texts are stored under."""
    return blake2b(texts, digest_size=16).digest()


def _article_facts(located: LocatedArticle, key: bytes) -> list[Any]:
    article = located.article
    digest = texts_digest(article.paragraphs, article.layouts)
    return [
        [article.id, article.title, article.standfirst, article.language],
        article.questions,
        [article.url, article.published and article.published.isoformat(), article.author],
        dict(article.aliases),
        [key.hex(), digest.hex(), len(article.paragraphs)],
        [located.id_line, located.question_lines, [astuple(note) for note in located.notes]],
    ]


def key_in(facts: Facts, file: Path) -> TextsKey | None:
    """Return where the texts of a file's article are; None for a draft."""
    if facts.article is None:
        return None
    key, digest, count = facts.article[4]
    return TextsKey(bytes.fromhex(key), bytes.fromhex(digest), count, file)


def outcome_of(
    facts: Facts, file: Path, paragraphs: Sequence[str], layouts: Sequence[Layout]
) -> Outcome:
    """Return what reading a file gave, from what is noted of it and its texts."""
    if facts.article is None:
        return draft(file, facts.stamp)
    (id_, title, standfirst, language), questions, (url, published, author), aliases, _, lines = (
        facts.article
    )
    id_line, question_lines, notes = lines
    article = Article(
        id=id_,
        title=title,
        standfirst=standfirst,
        language=language,
        questions=tuple(questions),
        paragraphs=paragraphs,
        layouts=layouts,
        url=url,
        published=dt.date.fromisoformat(published) if published else None,
        author=author,
        aliases={name: tuple(others) for name, others in aliases.items()},
    )
    located = LocatedArticle(
        article,
        file,
        id_line,
        tuple(question_lines),
        tuple(Note(_KINDS[kind], subject, certainty) for kind, subject, certainty in notes),
    )
    return Outcome(facts.stamp, located)


def dump_texts(texts: Texts) -> bytes:
    """Return texts as JSON."""
    layouts = [
        [
            layout.heading,
            [[span.start, span.end, span.type, span.url] for span in layout.spans],
            layout.parts,
        ]
        for layout in texts.layouts
    ]
    both = json.dumps([texts.paragraphs, layouts], ensure_ascii=False)
    return both.encode("utf-8", "surrogatepass")


def load_texts(data: bytes) -> Texts:
    """Return what ``dump_texts`` made JSON of."""
    paragraphs, layouts = json.loads(data.decode("utf-8", "surrogatepass"))
    return Texts(tuple(paragraphs), tuple(map(_layout, layouts)))


def _layout(values: list[Any]) -> Layout:
    heading, spans, parts = values
    if not heading and not spans and not parts:
        return PLAIN
    return Layout(
        heading,
        tuple(Span(start, end, Style(kind), url) for start, end, kind, url in spans),
        tuple((start, end) for start, end in parts),
    )
