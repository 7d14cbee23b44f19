"""Files of the corpus: how they are read, and the message for each fault."""

from pathlib import Path

import pytest

from bot.corpus.loader import load_corpus
from bot.errors import CorpusError
from tests.support.corpora import ARTICLE, ROOT

GOOD = """---
title: Bridge Opens
standfirst: The new bridge opened on Monday.
language: en
questions:
  - When did the bridge open?
---
First paragraph
goes on.

Second paragraph.
"""
QUESTIONS = "\n  - When did the bridge open?"


def faults(folder: Path) -> list[str]:
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_the_article_is_there_word_for_word() -> None:
    """Standfirst and five paragraphs, with the seven reactions of its page."""
    corpus = load_corpus(ROOT / "corpus")
    [article] = corpus.articles
    assert article.id == ARTICLE
    assert [passage.number for passage in article.passages] == [None, 1, 2, 3, 4, 5]
    assert article.standfirst.endswith("Details are emerging as talks continue")
    assert "Russia’s nearly four‑year war" in article.paragraphs[0]
    labels = [reaction.label for reaction in corpus.reactions]
    assert labels == ["Like", "Dislike", "Love", "Funny", "Angry", "Sad", "Wow"]


def test_a_file_gives_an_article(tmp_path: Path) -> None:
    """The id is the file's name; lines of a paragraph are joined; headings stand above it."""
    (tmp_path / "bridge.md").write_text(
        GOOD.replace("Second", "## A heading\n\nSecond").replace(
            "language: en", "language: en\npublished: 2026-01-31\nurl: https://example.org/b"
        )
    )
    [article] = load_corpus(tmp_path).articles
    assert article.id == "bridge"
    assert article.paragraphs == ("First paragraph goes on.", "Second paragraph.")
    assert [passage.heading for passage in article.passages] == ["", "", "A heading"]
    assert str(article.published) == "2026-01-31"


def test_line_ends_and_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    """Files of every editor are read the same way."""
    (tmp_path / "bridge.md").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert len(load_corpus(tmp_path).articles[0].passages) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: x\n", "bridge.md:1: The front matter has no end."),
        (
            GOOD.split("First", maxsplit=1)[0],
            "bridge.md: There is no text in the file. Add the article's",
        ),
        ("+++\ntitle = x\n+++\ntext", "bridge.md:2: This is not valid TOML: Invalid value."),
        (
            "+++\ntitle = 'x'\n",
            "bridge.md:1: The front matter has no end. Close it with a",
        ),
        (
            GOOD.replace("Bridge Opens", "&a Bridge"),
            "bridge.md:2: YAML anchors (&name, *name) are not supported.",
        ),
        (
            GOOD.replace(QUESTIONS, " " + "[" * 60 + "x" + "]" * 60),
            "bridge.md:5: Lists and mappings are nested more than 10 levels deep.",
        ),
        (GOOD.replace("Bridge Opens", "Bridge: Opens"), "bridge.md:2: This is not valid YAML"),
        (
            GOOD.replace("en\n", "no\n"),
            "bridge.md:4: 'language' is not text. Put it into quotes: \"no\".",
        ),
        (GOOD.replace("en\n", "English\n"), "bridge.md:4: The language is not a language tag."),
        (GOOD.replace("language: en", "language: en\ntitle: Again"), "bridge.md:5: The key 'ti"),
        (GOOD.replace(QUESTIONS, " {a: b}"), "bridge.md:5: 'questions' is not a l"),
        (GOOD.replace(QUESTIONS, " []"), "bridge.md:5: 'questions' is not a list"),
        (GOOD.replace("When did", "When " * 30), "bridge.md:6: Item 1 of 'questions' has 1"),
        (GOOD.replace("language: en", "language: en\nurl: javascript:x"), "bridge.md:5: The url"),
        (
            GOOD.replace("language: en", "language: en\npublished: 2026-13-45"),
            "bridge.md:5: 'published' is not a date of the calendar. Write for example: 2026-",
        ),
        (
            GOOD.replace("language: en", "language: en\npublished: 2026-02-30T10:00:00Z"),
            "bridge.md:5: 'published' is not a date of the calendar.",
        ),
        (
            GOOD.replace("language: en", "language: !!python/object:os.system en"),
            "bridge.md:4: This is not valid YAML",
        ),
        ("---\n- a\n- b\n---\ntext", "bridge.md:2: There are no keys here."),
        (GOOD.replace("Opens", "\x00"), "bridge.md:1: This is not valid YAML"),
        (
            "---\n" + "# x\n" * 20_000 + GOOD[4:],
            "bridge.md:1: The front matter is longer than 50,000",
        ),
    ],
)
def test_a_bad_file_gets_a_message(tmp_path: Path, text: str, message: str) -> None:
    """It names the file, the line, the problem and what to do."""
    (tmp_path / "bridge.md").write_text(text)
    assert any(fault.startswith(message) for fault in faults(tmp_path)), faults(tmp_path)


def test_nested_yaml_aliases_are_rejected(tmp_path: Path) -> None:
    """A few hundred bytes must not expand to gigabytes."""
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    (tmp_path / "bomb.md").write_text(f"---\na0: &a0 lol\n{levels}---\ntext")
    assert faults(tmp_path)[0].startswith("bomb.md:2: YAML anchors")


def test_a_file_that_is_not_utf8_is_rejected(tmp_path: Path) -> None:
    """Files in other encodings are rejected at the first such character."""
    (tmp_path / "bridge.md").write_bytes(GOOD.replace("First", "Café").encode("latin-1"))
    assert faults(tmp_path) == ["bridge.md:8: The text is not UTF-8. Save the file as UTF-8."]


def test_a_file_over_a_megabyte_is_rejected(tmp_path: Path) -> None:
    """Large files are rejected without being read to the end."""
    (tmp_path / "bridge.md").write_text(GOOD + "word " * 200_001)
    assert faults(tmp_path)[0].startswith("bridge.md: The file is larger than 1 MB.")


def test_every_fault_of_every_file_is_found_at_once(tmp_path: Path) -> None:
    """One run finds all that has to be corrected."""
    bad = GOOD.replace("en\n", "English\nurl: javascript:x\npublished: soon\n")
    (tmp_path / "a.md").write_text(bad)
    (tmp_path / "b.md").write_text("")
    assert [fault.split(":")[0] for fault in faults(tmp_path)] == ["a.md"] * 3 + ["b.md"]


def test_two_articles_cannot_have_one_id(tmp_path: Path) -> None:
    """Votes are stored under the id, so both would share them."""
    (tmp_path / "bridge.md").write_text(GOOD)
    (tmp_path / "other.md").write_text(GOOD.replace("language: en", "language: en\nid: bridge"))
    assert faults(tmp_path) == [
        f"other.md:5: The id 'bridge' is already used by {tmp_path}/bridge.md. "
        "Give this file another 'id'."
    ]


def test_an_empty_or_missing_folder_is_named(tmp_path: Path) -> None:
    """The message says what to do."""
    assert "The folder contains no article. Add a file" in faults(tmp_path)[0]
    assert "There is no such folder." in faults(tmp_path / "none")[0]


def test_a_folder_has_its_own_reactions_and_aliases(tmp_path: Path) -> None:
    """Its reactions replace those of the bot, its aliases add to them."""
    (tmp_path / "bridge.md").write_text(GOOD)
    (tmp_path / "reactions.yaml").write_text(
        'no_: {label: Nay, emoji: "👎", order: 2}\nyes_: {label: Aye, emoji: "👍", order: 1}\n'
    )
    (tmp_path / "aliases.yaml").write_text("Kyiv: [Kyjiw]\nParis: [Paname]\n")
    corpus = load_corpus(tmp_path)
    assert [reaction.label for reaction in corpus.reactions] == ["Aye", "Nay"]
    assert {"Kiev", "Kyjiw"} <= set(corpus.aliases["Kyiv"])
    assert corpus.aliases["Paris"] == ("Paname",)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "reactions.yaml",
            "like: 5",
            "reactions.yaml:1: 'like' needs exactly the keys label, emoji and order",
        ),
        ("reactions.yaml", "", "reactions.yaml:1: 0 reactions are given."),
        (
            "reactions.yaml",
            "Like It: {label: Like, emoji: x, order: 1}",
            "reactions.yaml:1: 'Like It' is not a valid reaction id.",
        ),
        (
            "reactions.yaml",
            "like: {label: Like, emoji: , order: 1}",
            "reactions.yaml:1: 'like' needs exactly the keys label, emoji and order",
        ),
        (
            "reactions.yaml",
            "like: {label: Like, emoji: x, order: first}",
            "reactions.yaml:1: The order is not a number.",
        ),
        ("aliases.yaml", "Kyiv: {a: Kiev}", "aliases.yaml:1: 'Kyiv' is not a list"),
        ("aliases.yaml", "- Kyiv", "aliases.yaml:1: The aliases do not map a name"),
        ("alias.yml", "Kyiv: [Kiev]", "alias.yml: The bot does not use a file of this name."),
    ],
)
def test_a_bad_yaml_file_gets_a_message(tmp_path: Path, name: str, text: str, message: str) -> None:
    """Reactions, aliases and unknown files are checked as articles are."""
    (tmp_path / "bridge.md").write_text(GOOD)
    (tmp_path / name).write_text(text)
    assert faults(tmp_path)[0].startswith(message)


@pytest.mark.parametrize(("tag", "language"), [("EN", "en"), ("De-AT", "de-AT")])
def test_a_language_may_be_in_upper_case(tmp_path: Path, tag: str, language: str) -> None:
    """As many write it."""
    (tmp_path / "bridge.md").write_text(GOOD.replace("language: en", f"language: {tag}"))
    assert load_corpus(tmp_path).articles[0].language == language
