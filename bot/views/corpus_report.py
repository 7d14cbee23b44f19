"""What ``article-bot check`` says about a corpus: faults and notes, alike ones together. No I/O."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.corpus.article import LocatedArticle, NoteKind
from bot.corpus.loader import Corpus
from bot.corpus.outcomes import Unread
from bot.errors import Fault

MANY = 3
"""Files with the same fault that are named one by one; more are counted."""
MAX_SUBJECTS = 12
"""Kinds that a line lists; more are counted."""


def faults_text(faults: Sequence[Fault]) -> str:
    """Return a line for each fault; of one that many files have, a line for all of them."""
    alike: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        alike[fault.problem, fault.hint].append(fault)
    lines: list[str] = []
    for (problem, hint), same in alike.items():
        if len(same) <= MANY:
            lines += map(str, same)
        else:
            where = ", ".join(str(fault).partition(f": {problem}")[0] for fault in same[:MANY])
            lines.append(f"{count_of(len(same), 'time')}: {problem} {hint} ({where}, ...)")
    return "\n".join(lines)


def notes_text(located: Iterable[LocatedArticle]) -> str:
    """Return a line for each kind of note, with how many files each subject occurs in."""
    counts: dict[NoteKind, Counter[str]] = {kind: Counter() for kind in NoteKind}
    least: dict[str, float] = {}
    for item in located:
        for note in item.notes:
            counts[note.kind][note.subject] += 1
            least[note.subject] = min(note.certainty, least.get(note.subject, 1.0))
    lines = []
    for kind, subjects in counts.items():
        shown = [
            f"{subject}: {count_of(count, 'file')}"
            + (f" (at least {least[subject] * 99:.0f} % sure)" if kind is NoteKind.LANGUAGE else "")
            for subject, count in subjects.most_common(MAX_SUBJECTS)
        ]
        if len(subjects) > MAX_SUBJECTS:
            shown.append(f"and {len(subjects) - MAX_SUBJECTS} more")
        if shown:
            lines.append(f"{kind}: {', '.join(shown)}.")
    return "\n".join(lines)


def unread_text(unread: Sequence[Unread], folder: Path) -> str:
    """Return a line that names the files that are not read; "" if there are none."""
    if not unread:
        return ""
    names = [str(each.file.relative_to(folder)) for each in unread[:MANY]]
    more = ", ..." if len(unread) > MANY else ""
    if len(unread) <= MANY:
        kinds = ", ".join(
            f"{name} ({each.reason})" if each.reason not in name else name
            for name, each in zip(names, unread, strict=True)
        )
        return f"Not read: {kinds}."
    reasons = Counter(each.reason for each in unread).most_common(MAX_SUBJECTS)
    kinds = ", ".join(f"{reason}: {count}" for reason, count in reasons)
    return f"Not read: {len(unread)} files ({kinds}), such as {', '.join(names)}{more}"


def summary(corpus: Corpus) -> str:
    """Return how much there is to answer from."""
    articles = corpus.articles
    languages = Counter(article.language for article in articles)
    # Counted without loading the texts.
    passages = sum(len(each.paragraphs) + bool(each.standfirst) for each in articles)
    shown = [language for language, _ in languages.most_common(MAX_SUBJECTS)]
    if len(languages) > MAX_SUBJECTS:
        shown.append("...")
    return (
        f"{count_of(len(articles), 'article')} ({', '.join(shown)}), "
        f"{count_of(passages, 'passage')}"
    )


def count_of(count: int, noun: str) -> str:
    """Return a count and its noun, as in "1 file" and "1,200 files"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
