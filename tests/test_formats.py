"""Markdown, HTML and plain text as people write them: what becomes a passage, and how it looks."""

from pathlib import Path

import pytest

from bot.corpus.article import Article, Passage
from bot.corpus.layout import MAX_PASSAGE
from bot.corpus.loader import load_corpus


def article_of(folder: Path, text: str, name: str = "a.md") -> Article:
    (folder / name).write_text(text, encoding="utf-8")
    [article] = load_corpus(folder).articles
    return article


def formats(passage: Passage) -> list[tuple[str, str, str | None]]:
    """Each formatted part of a passage: its format, its text, where it leads."""
    return [(str(s.type), passage.text[s.start : s.end], s.url) for s in passage.spans]


def parts(passage: Passage) -> list[str]:
    return [passage.text[start:end] for start, end in passage.layout.parts]


def test_inline_marks_become_formats(tmp_path: Path) -> None:
    """As on the page: no mark is shown, entities are characters, links lead where they did."""
    [passage] = article_of(
        tmp_path, "The fair **opens** on [Monday](https://e.org/x) &amp; ends."
    ).passages
    assert passage.text == "The fair opens on Monday & ends."
    assert formats(passage) == [
        ("bold", "opens", None),
        ("text_link", "Monday", "https://e.org/x"),
    ]


@pytest.mark.parametrize(
    ("text", "shown", "found"),
    [
        ("*a* and __b__ and `c*d`", "a and b and c*d", ["italic", "bold", "code"]),
        ("~~gone~~ <u>new</u> <kbd>Ctrl</kbd>", "gone new Ctrl", ["strikethrough", "underline"]),
        ("line one  \nline two<br>three", "line one\nline two\nthree", []),
        ("![a map](/map.png) The map.", "The map.", []),
        ("A <span title='no'>word</span><!-- not this --> more.", "A word more.", []),
        ("See [here](/about) and <https://e.org/x>.", "See here and https://e.org/x.", []),
        ("Before {{< youtube id=1 >}}after {% include x.html %}end.", "Before after end.", []),
        ('A {:width="640px"}b, [c]({{ "https://e.org/" | url }}).', "A b, c.", []),
        ("Kramdown{: .wide} and [a]({{ site.url }}/b) text.", "Kramdown and a text.", []),
        ("A <q>quoted</q> word, 3 m<sup>2</sup>.", "A “quoted” word, 3 m².", []),
        ("Soft\u00adhyphens and\u200bmarks.", "Softhyphens andmarks.", []),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name", []),
        ("Keep `{{ x }}` and `**y**`.", "Keep {{ x }} and **y**.", ["code", "code"]),
        ("[[Page|Wiki link]] and [[Other]]", "Wiki link and Other", []),
    ],
)
def test_what_a_line_shows(tmp_path: Path, text: str, shown: str, found: list[str]) -> None:
    """What belongs to the page and not to its text is left out."""
    [passage] = article_of(tmp_path, text).passages
    assert passage.text == shown
    assert [kind for kind, _, _ in formats(passage) if kind != "text_link"][: len(found)] == found


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>alert('hidden')</script>",
        "<style>.hidden { color: red }</style>",
        "<!-- hidden -->",
        "<!--\n\nhidden\n\n-->",
        "{{< figure\n  src='hidden.png'\n  class='hidden' >}}",
        "{% comment %}",
        "![](hidden.png){: .hidden}",
        "<div hidden>hidden</div>",
        "<div style='display: none'>hidden</div>",
        "<iframe src='https://hidden.org'>hidden</iframe>",
        "* TOC\n{:toc}",
        "*[hidden]: an abbreviation",
        "[TOC]",
        "[hidden]: https://hidden.org 'hidden'",
        "---",
        "<img src='x' alt='' title='hidden'>",
    ],
)
def test_what_is_no_text_makes_no_passage(tmp_path: Path, hidden: str) -> None:
    """Scripts, styles, comments, shortcodes, attributes and rules are not shown."""
    article = article_of(tmp_path, f"The first text.\n\n{hidden}\n\nThe second text.")
    assert article.paragraphs == ("The first text.", "The second text.")


def test_a_list_is_one_passage(tmp_path: Path) -> None:
    """Its items are its parts; nested ones are indented; several paragraphs are lines."""
    [passage] = article_of(
        tmp_path,
        "* Dogs on a lead\n* Music ends at **10 pm**\n    1. Sunday: 9 pm\n\n       in winter 8\n"
        "* No glass",
    ).passages
    assert passage.text == (
        "• Dogs on a lead\n• Music ends at 10 pm\n  1. Sunday: 9 pm\nin winter 8\n• No glass"
    )
    assert parts(passage) == [
        "Dogs on a lead",
        "Music ends at 10 pm",
        "Sunday: 9 pm\nin winter 8",
        "No glass",
    ]
    assert formats(passage) == [("bold", "10 pm", None)]


def test_numbers_and_check_marks_of_lists(tmp_path: Path) -> None:
    """A list that begins with another number keeps it."""
    numbered, checked = article_of(tmp_path, "3. three\n4. four\n\n- [x] done\n- [ ] open").passages
    assert numbered.text == "3. three\n4. four"
    assert checked.text == "• ☑ done\n• ☐ open"


def test_a_table_is_one_passage(tmp_path: Path) -> None:
    """A row is a line; an empty cell keeps its place."""
    [passage] = article_of(
        tmp_path, "| Who | Price | From |\n|---|--:|---|\n| Child | 6 € | |\n| Adult | 12 € | 18 |"
    ).passages
    assert passage.text == "Who · Price · From\nChild · 6 € · –\nAdult · 12 € · 18"
    assert parts(passage)[1] == "Child · 6 € · –"
    assert ("bold", "Price", None) in formats(passage)


def test_code_is_kept_as_it_is(tmp_path: Path) -> None:
    """Also what would be a heading, a shortcode or markup elsewhere."""
    code = "# install first\n\n  pip install **x**  # {{< y >}} <b>"
    for text in (
        f"```sh\n{code}\n```",
        f"~~~\n{code}\n~~~",
        f"{{% highlight sh %}}\n{code}\n{{% endhighlight %}}",
    ):
        [passage] = article_of(tmp_path, text).passages
        assert passage.text == code
        assert formats(passage) == [("pre", code, None)]


def test_headings_stand_above_their_sections(tmp_path: Path) -> None:
    """Those above them too; both ways to write them; the first one is the headline."""
    article = article_of(
        tmp_path,
        "The Fair\n========\n\nIntro.\n\nPrices\n------\nAll in euros.\n\n### Children {#kids}\n\n"
        "Six.\n\n## Times ##\nTen.",
    )
    assert article.title == "The Fair"
    assert [(p.heading, p.text) for p in article.passages] == [
        ("", "Intro."),
        ("Prices", "All in euros."),
        ("Prices › Children", "Six."),
        ("Times", "Ten."),
    ]


def test_footnotes_and_quotations(tmp_path: Path) -> None:
    """A raised number, its note at the end; a quotation is a passage of its lines."""
    text, quotation, notes = article_of(
        tmp_path, "It opened[^a].\n\n> One\n> two.\n>\n> — Ann\n\n[^a]: In *May*."
    ).passages
    assert text.text == "It opened¹."
    assert quotation.text == "One two.\n— Ann"
    assert notes.text == "1. In May."


def test_notes_and_containers_of_generators(tmp_path: Path) -> None:
    """Their texts stay, their marks go."""
    article = article_of(
        tmp_path,
        '> [!WARNING]\n> Hot.\n\n:::tip\nInside.\n:::\n\n!!! note "Mind"\n    The gap.\n\n'
        '<div markdown="1">\nWith **bold**.\n</div>\n\nTerm\n: Meaning\n',
    )
    assert [p.text for p in article.passages] == [
        "Warning\nHot.",
        "Inside.",
        "Mind",
        "The gap.",
        "With bold.",
        "Term\nMeaning",
    ]


def test_html_in_markdown(tmp_path: Path) -> None:
    """Paragraphs, lists, captions and tables of HTML are read as those of Markdown."""
    article = article_of(
        tmp_path,
        "<p>One <b>bold</b></p><p>two</p>\n\n<ul><li>a</li><li>b</li></ul>\n\n"
        "<figure><img src=x alt=y><figcaption>The caption.</figcaption></figure>\n\n"
        "<table><tr><td>Child</td><td>6 €</td></tr></table>\n",
    )
    assert article.paragraphs == ("One bold", "two", "• a\n• b", "The caption.", "Child · 6 €")


@pytest.mark.parametrize("separator", [" ", "\n"])
def test_a_long_paragraph_is_cut_at_sentences(tmp_path: Path, separator: str) -> None:
    """Into passages of which each fits into a message."""
    sentences = [f"This is sentence number {n} of the long paragraph." for n in range(150)]
    article = article_of(tmp_path, separator.join(sentences))
    assert len(article.paragraphs) == 3
    assert " ".join(article.paragraphs) == " ".join(sentences)
    for text in article.paragraphs:
        assert len(text) <= MAX_PASSAGE
        assert text.startswith("This is")
        assert text.endswith("paragraph.")


def test_a_long_list_is_cut_between_items(tmp_path: Path) -> None:
    """And its formats and items stay where they are."""
    article = article_of(tmp_path, "\n".join(f"* Item **{n}** of the list" for n in range(300)))
    assert len(article.paragraphs) > 1
    for passage in article.passages:
        assert all(part.startswith("Item ") and part.endswith("list") for part in parts(passage))
        assert all(text.isdecimal() for _, text, _ in formats(passage))
    assert sum(len(parts(passage)) for passage in article.passages) == 300


def test_a_text_without_spaces_is_cut_too(tmp_path: Path) -> None:
    """As Chinese is; nothing of it is lost."""
    article = article_of(tmp_path, "---\nlanguage: zh\n---\n" + "大桥全长一千二百米" * 1_000)
    assert all(len(text) <= MAX_PASSAGE for text in article.paragraphs)
    assert "".join(article.paragraphs) == "大桥全长一千二百米" * 1_000


def test_a_page_of_html(tmp_path: Path) -> None:
    """Only its article is read, and what its head says."""
    article = article_of(
        tmp_path,
        '<!DOCTYPE html><html lang="de-AT"><head><title>Brücke | Zeitung</title>'
        '<meta name="description" content="Sie ist offen."><meta name="author" content="Ann Lee">'
        '<meta property="article:published_time" content="2026-01-31T10:00:00+01:00">'
        '<link rel="canonical" href="https://e.org/b"></head><body><nav>Menü</nav>'
        "<header>Zeitung</header><main><article><h1>Brücke offen</h1><p>Sie <a href='/x'>ist</a> "
        "es.</p></article><aside>Werbung</aside></main><footer>Impressum</footer></body></html>",
        "b.html",
    )
    assert (article.title, article.standfirst) == ("Brücke offen", "Sie ist offen.")
    assert (article.language, article.author) == ("de-AT", "Ann Lee")
    assert (article.url, str(article.published)) == ("https://e.org/b", "2026-01-31")
    assert article.paragraphs == ("Sie ist es.",)
    assert article.passages[1].spans[0].url == "https://e.org/x"


def test_a_text_file(tmp_path: Path) -> None:
    """Its first line is the headline; blank lines part it; a poem keeps its lines."""
    wrapped = "This line is long enough to have been wrapped by a text editor,\nand it ends."
    article = article_of(tmp_path, f"A headline\n\n{wrapped}\n\n* short\n* lines\n", "a.txt")
    assert article.title == "A headline"
    assert article.paragraphs == (wrapped.replace("\n", " "), "* short\n* lines")


def test_a_text_file_without_blank_lines(tmp_path: Path) -> None:
    """Each line is a paragraph."""
    article = article_of(tmp_path, "A headline\nThe first.\nThe second **as written**.\n", "a.txt")
    assert article.paragraphs == ("The first.", "The second **as written**.")
