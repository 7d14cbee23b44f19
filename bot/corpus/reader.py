"""A file -> an article: Markdown, HTML or plain text, with front matter or without."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from babel import localedata
from selectolax.lexbor import LexborNode

from bot.corpus.article import Article, LocatedArticle, Note, NoteKind
from bot.corpus.article_ids import article_id
from bot.corpus.dates import parse_date
from bot.corpus.front_matter import (
    MAX_STANDFIRST,
    MAX_TITLE,
    FrontMatter,
    is_web_address,
    read_front_matter,
    split,
)
from bot.corpus.html_blocks import first_heading, plain_text, read_blocks
from bot.corpus.html_page import (
    article_node,
    page_title,
    read_fields,
    without_surroundings,
)
from bot.corpus.html_parsing import MAX_NESTING, TooDeepError, parse_html
from bot.corpus.inline_text import clean
from bot.corpus.language_detection import SAMPLE, detect_language
from bot.corpus.layout import Block, cut_long
from bot.corpus.markdown import markdown_to_html, without_shortcodes
from bot.corpus.yaml import Document, read_text
from bot.errors import CorpusError, Fault

WRAPPED = 60
"""Characters of a line of plain text from which on it was probably ended to wrap it."""
MIN_REPEATED = 40
"""Characters of a beginning that two texts share by more than chance."""
MAX_FIRST_LINE = 150
"""Characters of a first line of plain text that may be a headline."""

_DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[-_.]?")
_INDEX_LANGUAGE = re.compile(r"(?<=^index)[_-]([a-z]{2}(?:-[A-Za-z]{2,4})?)$")
_LANGUAGE_SUFFIX = re.compile(r"\.([a-z]{2}(?:-[A-Za-z]{2,4})?)$")


class DraftError(Exception):
    """The file says that it is a draft, which is not meant to be read yet."""


def read_markdown(file: Path) -> LocatedArticle:
    """Read an article from a Markdown file.

    Raises:
        CorpusError: With all faults found in the file.
        DraftError: It is a draft.
    """
    document, body = split(file, read_text(file))
    fields = _fields(document)
    root = _parse(document.file, markdown_to_html(body))
    fields = replace(fields, title=fields.title or first_heading(root)[:MAX_TITLE])
    return _located(document, fields, read_blocks(root, fields.url, fields.title))


def read_html(file: Path) -> LocatedArticle:
    """Read an article from an HTML file, a whole page or a part of one; see ``read_markdown``."""
    document, body = split(file, read_text(file))
    fields = _fields(document)
    if document.value:
        # A file with front matter is made for a generator.
        body = without_shortcodes(body)
    page = read_fields(body)
    root = _parse(document.file, body)
    title = fields.title or page_title(root) or page.title
    standfirst = fields.standfirst or plain_text(page.description)
    fields = replace(
        fields,
        title=title[:MAX_TITLE],
        standfirst=standfirst[:MAX_STANDFIRST],
        language=fields.language or page.language.replace("_", "-"),
        url=fields.url or (page.url if is_web_address(page.url) else None),
        published=fields.published or parse_date(page.published),
        author=fields.author or page.author or None,
    )
    article = without_surroundings(article_node(root))
    return _located(document, fields, read_blocks(article, fields.url, fields.title))


def read_plain_text(file: Path) -> LocatedArticle:
    """Read an article from a text file, whose paragraphs blank lines separate.

    In a file without blank lines, each line is a paragraph. A short first paragraph is the
    headline, unless the front matter has one. See ``read_markdown``.
    """
    document, body = split(file, read_text(file))
    fields = _fields(document)
    body = body.strip("\n")
    separator = r"\n[ \t]*\n" if re.search(r"\n[ \t]*\n", body) else r"\n"
    texts = [text for part in re.split(separator, body) if (text := _lines(part))]
    if (
        not fields.title
        and len(texts) > 1
        and len(texts[0]) <= MAX_FIRST_LINE
        and _is_line(texts[0])
    ):
        fields = replace(fields, title=texts.pop(0))
    return _located(document, fields, [Block(text) for text in texts])


READERS: Mapping[str, Callable[[Path], LocatedArticle]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain_text,
    ".html": read_html,
}
"""File name extension, in lower case -> what reads an article from such a file."""


def _is_line(text: str) -> bool:
    """Return whether a text is one line, and no sentence."""
    return "\n" not in text and not text.endswith((".", "…", "。"))


def _lines(paragraph: str) -> str:
    """Return a paragraph of plain text; the ends of short lines are kept, as in a poem or list."""
    lines = [" ".join(clean(line.replace("\t", " ")).split()) for line in paragraph.split("\n")]
    is_wrapped = all(len(line) >= WRAPPED for line in lines[:-1])
    return (" " if is_wrapped else "\n").join(filter(None, lines))


def _parse(file: Path, html: str) -> LexborNode:
    try:
        return parse_html(html)
    except TooDeepError:
        problem = f"Elements of HTML are nested more than {MAX_NESTING} levels deep."
        raise CorpusError(Fault(file, None, problem, "Close those that are open.")) from None


def _fields(document: Document) -> FrontMatter:
    fields = read_front_matter(document)
    if fields.is_draft:
        raise DraftError
    return fields


def _language_suffix(name: str) -> re.Match[str] | None:
    """Return the language that a name ends with: "node.js" ends with none."""
    match = _LANGUAGE_SUFFIX.search(name)
    return match if match and localedata.exists(match[1].partition("-")[0]) else None


def file_name(file: Path) -> str:
    """Return the name of a file, without its extension; of an index, that of its folder."""
    stem, language = file.stem, ""
    if match := _language_suffix(stem) or _INDEX_LANGUAGE.search(stem):
        stem, language = stem[: match.start()], f".{match[1]}"
    if stem == "index" and (folder := file.absolute().parent.name):
        stem = folder
    return stem + language


def _located(document: Document, fields: FrontMatter, blocks: list[Block]) -> LocatedArticle:
    """Return the article of a file, from what it says and what its name says.

    Raises:
        CorpusError: With all faults found in the file.
    """
    file, name = document.file, file_name(document.file)
    notes = [Note(NoteKind.UNUSED_KEY, key) for key in fields.unused]
    if not blocks:
        problem = "There is no text in the file."
        hint = "Add the article's paragraphs, with blank lines between them."
        document.faults.append(Fault(file, None, problem, hint))
    document.raise_faults()
    language = fields.language
    if not language:
        language, note = _language(name, fields.title, blocks)
        notes += note
    if not fields.title:
        notes.append(Note(NoteKind.NO_TITLE, _title(name)))
    id_ = article_id(fields.name or name)
    if id_ != (fields.name or name):
        notes.append(Note(NoteKind.SHORT_ID, id_))
    blocks = [piece for block in blocks for piece in cut_long(block, language)]
    dated = _DATED_NAME.match(name)
    article = Article(
        id=id_,
        title=fields.title or _title(name),
        standfirst="" if _is_repeated(fields.standfirst, blocks[0].text) else fields.standfirst,
        language=language,
        questions=fields.questions,
        paragraphs=tuple(block.text for block in blocks),
        url=fields.url,
        published=fields.published or (parse_date(dated[1]) if dated else None),
        author=fields.author,
        aliases=fields.aliases or {},
        layouts=tuple(block.layout for block in blocks),
    )
    lines = tuple(document.line("questions", n) for n in range(len(article.questions)))
    return LocatedArticle(article, file, document.line("id"), lines, tuple(notes))


def _is_repeated(standfirst: str, first: str) -> bool:
    """Return whether a standfirst is the text's beginning, as some programs make it of that."""
    if len(min(standfirst, first, key=len)) < MIN_REPEATED:
        return standfirst == first
    return first.startswith(standfirst.rstrip(" .…")) or standfirst.startswith(first)


def _language(name: str, title: str, blocks: list[Block]) -> tuple[str, list[Note]]:
    """Return the language that the name of a file ends with, or else the one that is detected."""
    if match := _language_suffix(name):
        return match[1], []
    text = "\n".join([title, *(block.text for block in blocks if not block.layout.is_code)])
    language, certainty = detect_language(text[:SAMPLE])
    return language, [Note(NoteKind.LANGUAGE, language, certainty)]


def _title(name: str) -> str:
    """Return a file's name as a headline."""
    text = _DATED_NAME.sub("", name, count=1) or name
    if match := _language_suffix(text):
        text = text[: match.start()]
    text = " ".join(re.split(r"[-_\s]+", text)).strip()
    return (text[:1].upper() + text[1:]) or name
