"""How the bot reads articles as authors write them: Markdown and HTML of public repositories.

    python -m tests.benchmarks.real_articles FOLDER [--download]

The articles are listed in real_articles.yaml. They lie in FOLDER as OWNER+REPOSITORY/PATH;
``--download`` fetches the missing ones from GitHub. Prints which files are read and which are not,
which passages show marks of Markdown, of HTML or of a site generator to readers, and how many of
the questions on some of the articles get the right passage.
"""

import argparse
import re
import shutil
import sys
import tempfile
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.corpus.loader import load_corpus
from bot.errors import CorpusError
from bot.retrieval.answer import Verdict
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query

SOURCES = Path(__file__).with_suffix(".yaml")
DOWNLOAD = "https://raw.githubusercontent.com/{repo}/{commit}/{path}"
SECONDS = 30
"""To wait for one download."""
SHOWN = 70
"""Characters of a passage around a raw mark."""
CODE = ("code", "pre")
"""Types of spans in which a mark is what the author wanted to show."""

MARKS = {
    "**": r"\*\*",
    "__x__": r"(?<!\w)__\w[^_\n]*__(?!\w)",
    "](": r"\]\(",
    "![": r"!\[",
    "{{": r"\{\{",
    "{%": r"\{%",
    "{:": r"\{:",
    "<tag>": r"</?[a-zA-Z][^<>]*>",
    "<!--": r"<!--",
    "&entity;": r"&(?:#\d+|#x[\da-fA-F]+|[a-zA-Z]{2,8});",
    "[^1]": r"\[\^[^\]\s]+\]",
    "#": r"^#{1,6}\s",
    "|---": r"\|\s*:?-{3,}",
    ":::": r"^:::",
    "```": r"```|~~~",
}
RAW_MARKS = {name: re.compile(pattern, re.MULTILINE) for name, pattern in MARKS.items()}


@dataclass(frozen=True, eq=False)
class Source:
    repo: str
    commit: str
    path: str
    language: str
    questions: tuple[dict[str, Any], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.repo.replace('/', '+')}/{self.path}"

    @property
    def url(self) -> str:
        path = urllib.parse.quote(self.path)
        return DOWNLOAD.format(repo=self.repo, commit=self.commit, path=path)


def read_sources() -> list[Source]:
    found = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    return [Source(**{**item, "questions": tuple(item.get("questions", ()))}) for item in found]


def download(source: Source, file: Path) -> None:
    with urllib.request.urlopen(source.url, timeout=SECONDS) as response:
        content = response.read()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def load(file: Path) -> Any:
    """Return the corpus of this file alone. Its folder's name is kept where that names it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        bundle = folder / file.parent.name if file.stem == "index" else folder
        bundle.mkdir(exist_ok=True)
        shutil.copy(file, bundle)
        corpus = load_corpus(folder)
    if not corpus.articles:
        raise ValueError("no article")
    return corpus


def why(error: Exception) -> str:
    """Return the first fault in one line."""
    faults = error.faults if isinstance(error, CorpusError) else ()
    if not faults:
        return f"{type(error).__name__}: {error}"
    line = getattr(faults[0], "line", None)
    where = f"line {line}: " if line is not None else ""
    return f"{where}{getattr(faults[0], 'problem', faults[0])}"


def without_code(passage: Any) -> str:
    """Return a passage's text with spaces in place of its code."""
    text = list(passage.text)
    for span in getattr(passage, "spans", ()):
        if getattr(span, "type", None) in CODE:
            text[span.start : span.end] = " " * len(text[span.start : span.end])
    return "".join(text)


def raw_marks(article: Any) -> Iterator[tuple[int, str, str]]:
    """Yield passages' positions (0 for the title), marks, and the text around them."""
    texts = [(0, str(getattr(article, "title", "")))]
    passages = getattr(article, "passages", ())
    texts += [(getattr(p, "position", n), without_code(p)) for n, p in enumerate(passages, 1)]
    for position, text in texts:
        for name, pattern in RAW_MARKS.items():
            if match := pattern.search(text):
                start = max(0, match.start() - SHOWN // 2)
                yield position, name, " ".join(text[start : start + SHOWN].split())


def squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def is_right(question: dict[str, Any], corpus: Any) -> tuple[bool, str]:
    """Return whether the bot answers as it should, and how it answered."""
    article = corpus.articles[0]
    index = Index(corpus.articles, corpus.aliases)
    answer = index.answer(parse_query(question["ask"]), article.id)
    if answer is None:
        return question["kind"] == "not_told", "no answer"
    said = f"{answer.verdict}, passage {answer.best.passage.position}"
    if question["kind"] == "not_told":
        return answer.verdict is not Verdict.ANSWERED, said
    return squeezed(question["snippet"]) in squeezed(answer.best.passage.text), said


def print_questions(corpora: dict[Source, Any]) -> None:
    asked, right, wrong = Counter[str](), Counter[str](), []
    for source, corpus in corpora.items():
        for question in source.questions:
            asked[question["kind"]] += 1
            good, said = is_right(question, corpus)
            right[question["kind"]] += good
            if not good:
                wrong.append(f"  {source.language} {question['kind']}: {question['ask']} ({said})")
    print("\nRight:", "; ".join(f"{kind} {right[kind]} of {asked[kind]}" for kind in asked))
    print(*wrong, sep="\n")


def print_marks(corpora: dict[Source, Any]) -> None:
    articles = [(source, article) for source, c in corpora.items() for article in c.articles]
    found = [(source, *mark) for source, article in articles for mark in raw_marks(article)]
    passages = len({(source, position) for source, position, _, _ in found})
    total = sum(len(getattr(article, "passages", ())) for _, article in articles)
    print(f"\nRaw marks: in {passages} of {total} passages")
    for source, position, name, text in found:
        print(f"  {source.name}, passage {position}: {name} in: {text}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the articles lie")
    parser.add_argument("--download", action="store_true", help="fetch the missing ones")
    arguments = parser.parse_args()
    corpora: dict[Source, Any] = {}
    unread = []
    for source in (sources := read_sources()):
        file = arguments.folder / source.name
        try:
            if arguments.download and not file.exists():
                download(source, file)
            corpora[source] = load(file)
        # Whatever stops one file must not hide what the others show.
        except Exception as error:
            unread.append(f"  {source.name}: {why(error)}")
    print(f"Read: {len(corpora)} of {len(sources)}")
    print(*unread, sep="\n")
    print_marks(corpora)
    print_questions(corpora)
    return 0


if __name__ == "__main__":
    sys.exit(main())
