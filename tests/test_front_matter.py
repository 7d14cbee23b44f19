"""Front matter as other programs write it, names of files, and what is not read."""

import os
from pathlib import Path

import pytest

from bot.corpus.article import Article, Note, NoteKind
from bot.corpus.article_ids import article_id, readable_name
from bot.corpus.loader import load_corpus
from bot.errors import CorpusError

TEXT = "The bridge opened on Monday, after the storms of the second winter.\n"


def article_of(folder: Path, front_matter: str, name: str = "a.md", fence: str = "---") -> Article:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{fence}\n{front_matter}\n{fence}\n{TEXT}", encoding="utf-8")
    [article] = load_corpus(folder).articles
    return article


@pytest.mark.parametrize("name", ["a.md", "a.markdown", "a.txt", "a.html", "2026/01/a/index.md"])
def test_only_a_text_is_required(tmp_path: Path, name: str) -> None:
    """In any of the formats, in any folder."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(TEXT, encoding="utf-8")
    [article] = load_corpus(tmp_path).articles
    assert (article.id, article.title, article.language) == ("a", "A", "en")
    assert (article.standfirst, article.questions) == ("", ())
    assert article.paragraphs == (TEXT.strip(),)


@pytest.mark.parametrize("key", ["description", "excerpt", "summary", "subtitle", "Description"])
def test_the_standfirst_has_many_names(tmp_path: Path, key: str) -> None:
    """The bot's own goes first."""
    assert article_of(tmp_path, f"{key}: It is *open*.").standfirst == "It is open."
    both = article_of(tmp_path, f"{key}: It is open.\nstandfirst: Open at last.")
    assert both.standfirst == "Open at last."


@pytest.mark.parametrize(
    ("front_matter", "field", "value"),
    [
        ("date: 2026-01-31 10:00:00 +0200", "published", "2026-01-31"),
        ("date: 2026-01-31T23:30:00-08:00", "published", "2026-01-31"),
        ("pubDate: Jan 31, 2026", "published", "2026-01-31"),
        ("date: 2026/1/31", "published", "2026-01-31"),
        ("published: true\ndate: 2026-01-31", "published", "2026-01-31"),
        ("date: whenever", "published", "None"),
        ("author: [Ann Lee, Bo Ray]", "author", "Ann Lee, Bo Ray"),
        ("author: {name: Ann Lee, email: a@e.org}", "author", "Ann Lee"),
        ("authors: [{name: Ann Lee}, {name: Bo Ray}]", "author", "Ann Lee, Bo Ray"),
        ("lang: de", "language", "de"),
        ("lang: zh_CN", "language", "zh-CN"),
        ("locale: pt_BR.UTF-8", "language", "pt-BR"),
        ("language: EN", "language", "en"),
        ("slug: the-bridge", "id", "the-bridge"),
        ("slug: /2026/the-bridge/", "id", "the-bridge"),
        ("id: own\nslug: other", "id", "own"),
        ("url: /2026/x/", "url", "None"),
        ("canonical_url: https://e.org/x", "url", "https://e.org/x"),
        ("title: 2026", "title", "2026"),
        ('title: "The *new* bridge &amp; <em>more</em>"', "title", "The new bridge & more"),
        ("aliases: [/old/]", "aliases", "{}"),
        ("questions: When does it open?", "questions", "('When does it open?',)"),
        ("tags: [a]\nlayout: post\nimage: {a: {b: {c: [1]}}}\n'2026': x", "title", "A"),
    ],
)
def test_keys_of_other_programs(tmp_path: Path, front_matter: str, field: str, value: str) -> None:
    """As their authors mean them."""
    assert str(getattr(article_of(tmp_path, front_matter), field)) == value


def test_toml_front_matter(tmp_path: Path) -> None:
    """As Hugo and Zola have it."""
    article = article_of(
        tmp_path,
        'title = "Bridge"\ndate = 2026-01-31T10:00:00Z\nauthor = ["Ann", "Bo"]\n[extra]\nx = 1',
        fence="+++",
    )
    assert (article.title, str(article.published)) == ("Bridge", "2026-01-31")
    assert article.author == "Ann, Bo"


def test_keys_that_are_not_used_are_noted(tmp_path: Path) -> None:
    """Once a file; one that looks like the bot's own is said to."""
    article_of(tmp_path, "tags: [a]\nstandfrist: x\nlanguage: en\ntitle: T")
    [located] = load_corpus(tmp_path).located
    assert set(located.notes) == {
        Note(NoteKind.UNUSED_KEY, "tags"),
        Note(NoteKind.UNUSED_KEY, "standfrist (did you mean 'standfirst'?)"),
    }


def test_the_language_is_detected(tmp_path: Path) -> None:
    """With how sure that is; code does not count; a suffix of the name does."""
    (tmp_path / "a.md").write_text(
        "Die Brücke wurde am Montag eröffnet.\n\n```\nwhile the end\n```"
    )
    (tmp_path / "b.uk.md").write_text("Short.")
    first, second = load_corpus(tmp_path).located
    assert first.article.language == "de"
    [note] = [each for each in first.notes if each.kind is NoteKind.LANGUAGE]
    assert (note.subject, note.certainty > 0.9) == ("de", True)
    assert second.article.language == "uk"


@pytest.mark.parametrize(
    ("name", "id_", "title", "published"),
    [
        ("bridge.md", "bridge", "Bridge", "None"),
        ("2026-01-31-bridge.md", "2026-01-31-bridge", "Bridge", "2026-01-31"),
        ("2026-01-31-the-bridge-opens-after-six-years.md", "the-bridge-opens-after-", None, None),
        ("My Bridge.md", "my-bridge-", "My Bridge", "None"),
        ("міст.md", "mist-", "Міст", "None"),
        ("2026/bridge/index.md", "bridge", "Bridge", "None"),
        ("bridge/index.de.md", "bridge-de-", "Bridge", "None"),
    ],
)
def test_names_make_ids(
    tmp_path: Path, name: str, id_: str, title: str | None, published: str | None
) -> None:
    """What does not fit becomes a readable part and a short hash, in any script."""
    article = article_of(tmp_path, "language: en", name)
    if id_.endswith("-"):
        assert article.id.startswith(id_)
        assert len(article.id) <= 32
        assert len(article.id.rpartition("-")[2]) == 6
    else:
        assert article.id == id_
    assert title in (None, article.title)
    assert published in (None, str(article.published))


def test_ids_depend_on_nothing_but_the_name(tmp_path: Path) -> None:
    """Votes are stored under them, so other files must not change them."""
    name = "A very long name of a file, longer than thirty-two characters"
    alone = article_of(tmp_path, "language: en", f"{name}.md").id
    (tmp_path / f"{name} 2.md").write_text(TEXT)
    (tmp_path / f"{name.lower()}.txt").write_text(TEXT)
    ids = {article.id for article in load_corpus(tmp_path).articles}
    assert alone in ids
    assert len(ids) == 3
    assert article_id(name) == alone
    assert readable_name("北京 欢迎 你") == "bei-jing-huan-ying-ni"


def test_drafts_and_other_files_are_not_read(tmp_path: Path) -> None:
    """But named."""
    article_of(tmp_path, "title: x", "posts/a.md")
    for name, text in {
        "draft.md": "---\ndraft: true\n---\nx",
        "hidden.md": "---\npublished: false\n---\nx",
        "_index.md": "# Posts",
        "_config.yml": "title: x",
        "posts/map.png": "x",
        ".hidden.md": "x",
        ".git/config.md": "x",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    corpus = load_corpus(tmp_path)
    assert [article.id for article in corpus.articles] == ["a"]
    assert {(each.file.name, each.reason) for each in corpus.unread} == {
        ("draft.md", "draft"),
        ("hidden.md", "draft"),
        ("_index.md", "_index.md"),
        ("_config.yml", ".yml"),
        ("map.png", ".png"),
    }


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A pipe would never end."""
    os.mkfifo(tmp_path / "x.md")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    assert [fault.problem for fault in caught.value.faults] == [
        "The link leads to no file.",
        "This is no regular file.",
    ]
