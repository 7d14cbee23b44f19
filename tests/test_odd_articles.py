"""Articles with odd things in them: nothing that is seen is lost, and no file stops others."""

import os
from pathlib import Path

import pytest

from bot.corpus.loader import load_corpus
from bot.corpus.markdown import without_meaning
from bot.errors import CorpusError
from bot.retrieval.answer import Answer, Match, Verdict
from bot.store.base import NO_VOTES
from bot.views.answers import ArticleView
from bot.views.i18n import read_languages
from bot.views.rich_text import units


def shown(folder: Path, text: str, name: str = "a.md") -> list[str]:
    (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
    [article] = load_corpus(folder).articles
    return [" / ".join(filter(None, (p.heading, p.text))) for p in article.passages]


@pytest.mark.parametrize(
    "prose",
    [
        "About 50 {%} of people like 20 {%} of things.",
        "int a[2][2] = {{1,2},{3,4}};",
        "The set {{a}, {b}} has two.",
        r"$\frac{{a}}{{b}}$",
        "Use the tags {#Berlin} or {#Paris}, such as {.note}.",
        "The pattern (ab){2} matches f(x){ return 1; } and $f(x){y}$.",
        "Bash: ${#A} and ${#x} are lengths.",
        "::: is the operator of cons in Scala.",
        "import duties from 'China'",
        "5 == 5 and 100%% sure",
        "👍",
        "★★★★☆",
    ],
)
def test_braces_and_signs_of_prose_are_kept(tmp_path: Path, prose: str) -> None:
    """They only look like what generators of websites fill in."""
    assert shown(tmp_path, f"First.\n\n{prose}\n\nLast.") == ["First.", prose, "Last."]


def test_shortcodes_end_with_their_paragraph(tmp_path: Path) -> None:
    """What is never closed takes nothing with it."""
    text = "A {{ first\n\nSecond.\n\n## Third\n\nmore }} and {%d} x\n\nend %}"
    assert shown(tmp_path, text) == [
        "A {{ first",
        "Second.",
        "Third / more }} and {%d} x",
        "Third / end %}",
    ]


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        (
            "Say:\n\n    {% if x %}\n    {{ y.z }}\n\nEnd.",
            ["Say:", "{% if x %}\n{{ y.z }}", "End."],
        ),
        ("<pre><code>{{ x.y }}<br>z</code></pre>\n\n<code>{{ y.z }}</code>", None),
        ('!!! note "T"\n    a\n\n    ```py\n    x\n    ```\n', ["T", "a", "x"]),
        ('!!! note "T" extra\n    !!! tip\n        deep\n\nend', ["T", "deep", "end"]),
        ('=== "Tab"\n\n    body', ["Tab", "body"]),
        (":::tip My title\nbody\n:::\n\n:::danger[Careful]\nb\n:::", None),
        ("a{% comment %}b{% endcomment %}c{::comment}d{:/comment} e {/* f */}g", ["ac e g"]),
        ("%%hidden%% shown ==marked== end", ["shown marked end"]),
        ("A[^a]. B[^a].\n\n[^a]: x", ["A¹. B¹.", "1. x"]),
        ("10<sup>-3</sup> and 2<sup>n</sup>, the 2<sup>nd</sup>", ["10⁻³ and 2ⁿ, the 2nd"]),
        ("| Plan | Offline |\n|-|-|\n| Free | ✗ |\n| Pro | ✓ |", None),
        ("1. ✅\n2. Second", ["1. ✅\n2. Second"]),
        ("- item\n  > quote\n  > - inner one\n- next", ["• item\nquote\n• inner one\n• next"]),
        ("<ul><p>para</p><li>x</li></ul>", ["• para\n• x"]),
        ("<dl><dt>A</dt><dd>B<dl><dt>C</dt><dd>D</dd></dl></dd></dl>", ["A\nB\nC\nD"]),
        ("## Free?\n\n### Yes.\n\n## Open?\n\n### No.", ["Free? / Yes.", "Open? / No."]),
        ("Text.\n\n## All rights reserved", ["Text.", "All rights reserved"]),
        ("word " * 100 + "\n---\n\nThe walrus lives in Norway.", None),
    ],
)
def test_nothing_that_is_seen_is_lost(
    tmp_path: Path, text: str, passages: list[str] | None
) -> None:
    """Nor shown twice, nor with its marks."""
    found = shown(tmp_path, f"---\ntitle: T\n---\n{text}")
    if passages is not None:
        assert found == passages
    whole = "\n".join(found)
    for mark in ("```", "!!!", "===", ":::", "%%", "==", "{:", "[^"):
        assert mark not in whole
    for word in ("✓", "✗", "x.y }}\nz", "y.z }}", "My title", "Careful", "walrus"):
        if word.split(maxsplit=1)[0] in text:
            assert word in whole


def test_pages_keep_all_of_their_article(tmp_path: Path) -> None:
    """Sources of quotations, notes, forms around all; the headline is not the site's name."""
    found = shown(
        tmp_path,
        "<header><h1>My Site</h1></header><form><main><article><h1>Real title</h1>"
        "<blockquote><p>Wise.</p><footer>— Someone</footer></blockquote><aside>A note.</aside>"
        "<p>Energy <span class='katex-mathml'><math>E=m</math></span>"
        "<span aria-hidden='true'>E=m</span> is.</p></article></main></form>"
        "<article><p>Teaser</p></article>",
        "a.html",
    )
    assert found == ["Wise.\n— Someone", "A note.", "Energy E=m is."]
    assert load_corpus(tmp_path).articles[0].title == "Real title"


@pytest.mark.parametrize(
    "text",
    ["---\n\nProse.\n\n---\n\nMore.", "---\nNo rule ends.\n", "Title of it: prose\n\nMore."],
)
def test_a_text_may_begin_with_a_rule(tmp_path: Path, text: str) -> None:
    """It is no front matter then."""
    assert "More." in shown(tmp_path, text) or "No rule ends." in shown(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "<ol start='--3'><li>e</li></ol>",
        "---\nm: {? [a] : b}\n---\ntext",
        "---\ndate: Sat, 99 Jan 99999999999 10:00:00 GMT\n---\ntext",
        f"+++\nx = {'9' * 5_000}\n+++\ntext",
        f"---\ndescription: '{'<b>' * 300}'\n---\ntext",
        "<dl><dd>" * 100 + "x",
        '---\ntitle: "A \\ud83d\\ude00 smile"\n---\ntext',
    ],
)
def test_what_is_odd_is_read_or_a_fault(tmp_path: Path, text: str) -> None:
    """Of its file alone, and soon."""
    (tmp_path / "good.md").write_text("# Good\n\nGood text.")
    (tmp_path / "odd.md").write_text(text)
    try:
        titles = [article.title for article in load_corpus(tmp_path).articles]
    except CorpusError as error:
        assert {fault.file.name for fault in error.faults} == {"odd.md"}
        assert "cannot read this file" not in str(error)
    else:
        assert "Good" in titles
        assert all(title.encode() for title in titles)


def test_names_need_not_be_utf8(tmp_path: Path) -> None:
    """One of an article is a fault that can be printed; others are not read."""
    (tmp_path / "good.md").write_text("Good text.")
    for name in (b"br\xfcck.png", b"br\xfcck.md"):
        with open(os.fsencode(tmp_path) + b"/" + name, "wb"):  # noqa: PTH123
            pass
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    assert [fault.problem for fault in caught.value.faults] == [
        "The name of this file is not UTF-8."
    ]
    assert str(caught.value).encode()


def test_links_to_folders_are_named(tmp_path: Path) -> None:
    """They are not followed; a link to nowhere that is no article is no fault."""
    (tmp_path / "good.md").write_text("Good text.")
    (tmp_path / "folder").symlink_to(tmp_path)
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere")
    found = {(each.file.name, each.reason) for each in load_corpus(tmp_path).unread}
    assert found == {("folder", "link to a folder"), ("gone.png", ".png")}


@pytest.mark.parametrize(("name", "language"), [("node.js.md", "en"), ("tree.de.md", "de")])
def test_only_languages_are_taken_for_one(tmp_path: Path, name: str, language: str) -> None:
    """At the end of a file's name."""
    (tmp_path / name).write_text("The tree stands in the middle of the garden, and it is old.")
    assert load_corpus(tmp_path).articles[0].language == language


def test_long_headings_leave_room_for_the_passage(tmp_path: Path) -> None:
    """A message is never too long for Telegram."""
    headings = "\n\n".join(f"{'#' * n} {'long heading ' * 22}" for n in range(1, 6))
    (tmp_path / "a.md").write_text(f"---\ntitle: T\n---\n{headings}\n\n" + "Some text here. " * 250)
    [article] = load_corpus(tmp_path).articles
    match = Match(article.passages[0], (0, 15), 0, 1.0, 1.0, Verdict.ANSWERED)
    view = ArticleView(read_languages().english, (), article, NO_VOTES)
    for verdict in (Verdict.ANSWERED, Verdict.UNSURE):
        message = view.answer(Answer(verdict, article, (match, match)), "Why?")
        assert units(message.text) <= 4_096


@pytest.mark.parametrize(
    "text", ["{{ x.y }} {% tag %} {#id} {: .c}", "::: colon", ": def", "!!! note", "f(x){a=b}"]
)
def test_text_can_be_written_so_that_it_is_read_as_it_is(tmp_path: Path, text: str) -> None:
    """As that of pages is."""
    assert shown(tmp_path, "First.\n\n" + without_meaning(text)) == ["First.", text]
