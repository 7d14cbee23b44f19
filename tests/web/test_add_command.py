"""``article-bot add`` and ``new``: what they print, write and leave alone."""

import asyncio
import os
from pathlib import Path

import pytest

from bot.corpus.reader import read_markdown
from tests.support.processes import article_bot
from tests.support.web_site import WebSite
from tests.web.conftest import Add, Result
from tests.web.pages import HEAD, PARAGRAPHS, html


async def test_a_page_is_added(site: WebSite, add: Add, corpus: Path) -> None:
    """The command shows what it took and where it wrote it."""
    url = site.page("/bridge", html())
    result = await add(url)
    assert result.returncode == 0, result.stderr
    shown = ("Harbour Bridge Opens", "Ann Lee", "2026-01-31", "en", "3 paragraphs", PARAGRAPHS[0])
    assert all(text[:100] in result.stdout for text in (url, *shown))
    [file] = corpus.iterdir()
    assert f"{file}" in result.stdout
    assert file.name == "harbour-bridge-opens.md"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[:7] == [
        "---",
        "title: Harbour Bridge Opens",
        "standfirst: After six years and two storms, people can walk across again.",
        f"url: {url}",
        "author: Ann Lee",
        "published: 2026-01-31",
        "language: en",
    ]
    assert lines[7].startswith("# Written by article-bot; checksum ")
    assert lines[8:] == ["---", *"\n\n".join(PARAGRAPHS).split("\n")]


async def test_check_accepts_it_with_questions(site: WebSite, add: Add, corpus: Path) -> None:
    await add(site.page("/bridge", html()))
    [file] = corpus.iterdir()
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("\nlanguage:", "\nquestions: [How long is the bridge now]\nlanguage:")
    )
    result = article_bot("check", CORPUS_DIR=str(corpus))
    assert result.returncode == 0, result.stdout


async def test_a_page_that_is_added_again(site: WebSite, add: Add, corpus: Path) -> None:
    """Its file is brought up to date if the page has changed, and is found under any name."""
    url = site.page("/bridge", html())
    await add(url)
    [file] = corpus.iterdir()
    file = file.rename(corpus / "other-name.md")
    before = file.stat().st_mtime_ns
    result = await add(f"{url}?utm_source=mail#part")
    assert "up to date" in result.stdout
    assert file.stat().st_mtime_ns == before
    site.page(
        "/bridge", html(more="<p>A fourth paragraph was added in the evening of that day.</p>")
    )
    assert (await add("--dry-run", url)).returncode == 0
    assert "fourth" not in file.read_text(encoding="utf-8")
    assert (await add(url)).returncode == 0
    assert "A fourth paragraph" in file.read_text(encoding="utf-8")
    assert list(corpus.iterdir()) == [file]


@pytest.mark.parametrize("mark", ["kept", "gone"])
async def test_a_file_that_was_edited_is_left_alone(
    site: WebSite, add: Add, corpus: Path, mark: str
) -> None:
    """Whether its checksum is still there or not."""
    url = site.page("/bridge", html())
    await add(url)
    [file] = corpus.iterdir()
    text = file.read_text(encoding="utf-8").replace("ten thousand", "nine thousand")
    if mark == "gone":
        text = "".join(line for line in text.splitlines(True) if "checksum" not in line)
    file.write_text(text, encoding="utf-8")
    site.page(
        "/bridge", html(more="<p>A fourth paragraph was added in the evening of that day.</p>")
    )
    result = await add(url)
    assert result.returncode == 0
    assert "edited by hand" in result.stdout
    assert file.read_text(encoding="utf-8") == text
    assert list(corpus.iterdir()) == [file]


async def test_other_line_ends_are_no_edit(site: WebSite, add: Add, corpus: Path) -> None:
    """Git makes them where it is set up so."""
    url = site.page("/bridge", html())
    await add(url)
    [file] = corpus.iterdir()
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert "edited" not in (await add(url)).stdout


async def test_names_that_are_taken(site: WebSite, add: Add, corpus: Path) -> None:
    """Another article gets a short hash behind its name."""
    (corpus / "harbour-bridge-opens.md").write_text("My own notes.", encoding="utf-8")
    (corpus / "broken.md").write_bytes(b"---\n\xff\xfe\n---\n")
    await add(site.page("/a", html(HEAD.replace("/bridge", "/x"))), site.page("/b", html()))
    names = {file.name for file in corpus.iterdir()} - {"harbour-bridge-opens.md", "broken.md"}
    assert len(names) == 2
    assert all(name.startswith("harbour-bridge-opens-") and len(name) <= 35 for name in names)
    assert (corpus / "harbour-bridge-opens.md").read_text(encoding="utf-8") == "My own notes."


@pytest.mark.parametrize(
    ("title", "path", "name"),
    [
        ("Міст відкрито", "/a", "mist-vidkrito"),
        ("Der Brückenbau – endlich!", "/a", "der-bruckenbau-endlich"),
        (
            "It’s open: a bridge that took six long years to build",
            "/a",
            "its-open-a-bridge-that-took-six",
        ),
        ("★★★", "/bridge-opens.html", "bridge-opens"),
    ],
)
async def test_names_of_files(
    site: WebSite, add: Add, corpus: Path, title: str, path: str, name: str
) -> None:
    """From the title in Latin letters, or else from the address; titles are quoted as needed."""
    await add(
        site.page(path, html(f"<title>{title}</title>", "".join(f"<p>{t}</p>" for t in PARAGRAPHS)))
    )
    [file] = corpus.iterdir()
    assert file.stem == name
    assert f"{title}" in file.read_text(encoding="utf-8")


async def test_it_goes_on_after_a_failure(site: WebSite, add: Add, corpus: Path) -> None:
    """And says what failed; the exit code is 1."""
    pdf = site.page("/a.pdf", b"%PDF-1.7", content_type="application/pdf")
    empty = site.page("/empty", "<html><body><p>Nothing.</p></body></html>")
    good = site.page("/bridge", html())
    missing = f"{site.url}/missing?token=s3cret"
    result = await add(pdf, missing, "no-such-file.md", empty, "picture.png", good)
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 5
    for line, word in zip(
        lines, ("/a.pdf", "404", "no-such-file.md", "/empty", "picture"), strict=True
    ):
        assert word in line
    assert "s3cret" not in result.stdout + result.stderr
    assert len(list(corpus.iterdir())) == 1


async def test_private_addresses_are_only_fetched_on_request(site: WebSite, corpus: Path) -> None:
    """The message names the option."""
    url = site.page("/bridge", html())
    result = await asyncio.to_thread(article_bot, "add", url, CORPUS_DIR=str(corpus))
    assert result.returncode == 1
    assert "--allow-private" in result.stderr
    assert site.requests == []


async def test_files_are_added(add: Add, corpus: Path, tmp_path: Path) -> None:
    """HTML is extracted, text gets a title and a language, Markdown with front matter is copied."""
    (tmp_path / "saved.html").write_text(html(), encoding="utf-8")
    (tmp_path / "notes.txt").write_text(
        "The ferry\n\nThe ferry ends. It was old.\n", encoding="utf-8"
    )
    post = "---\ntitle: A post\nlayout: post\n---\nText.\n"
    (tmp_path / "2026-01-31-My Post.markdown").write_text(post, encoding="utf-8")
    sources = ("saved.html", "notes.txt", "2026-01-31-My Post.markdown")
    result = await add(*sources)
    assert result.returncode == 0, result.stderr
    names = {file.name for file in corpus.iterdir()}
    assert names == {"harbour-bridge-opens.md", "the-ferry.md", "2026-01-31-my-post.md"}
    assert (corpus / "2026-01-31-my-post.md").read_text(encoding="utf-8") == post
    ferry = (corpus / "the-ferry.md").read_text(encoding="utf-8")
    assert "title: The ferry\nlanguage: en\n" in ferry
    again = await add(*sources, str(corpus / "the-ferry.md"))
    assert again.returncode == 0, again.stderr
    assert {file.name for file in corpus.iterdir()} == names


async def test_a_pipe_is_no_file(add: Add, tmp_path: Path) -> None:
    """The command would wait for it."""
    os.mkfifo(tmp_path / "pipe.md")
    assert (await add("pipe.md")).returncode == 1


async def test_without_a_folder_of_its_own(site: WebSite, tmp_path: Path) -> None:
    """./corpus is made, and that is said; the articles that come with the bot stay as they are."""
    url = site.page("/bridge", html())

    async def run(*more: str) -> Result:
        arguments = ("add", "--allow-private", *more, url)
        return await asyncio.to_thread(article_bot, *arguments, folder=tmp_path)

    assert (await run("--dry-run")).returncode == 0
    assert not (tmp_path / "corpus").exists()
    result = await run()
    assert result.returncode == 0, result.stderr
    assert str(tmp_path / "corpus") in result.stdout
    assert (tmp_path / "corpus" / "harbour-bridge-opens.md").exists()
    assert "Made" not in (await run()).stdout


async def test_a_folder_that_cannot_be_written_to(site: WebSite, add: Add, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    url = site.page("/bridge", html())
    result = await add(url, CORPUS_DIR=str(tmp_path / "file" / "articles"))
    assert result.returncode == 2
    assert "file/articles" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_new_article_is_accepted_once_it_is_filled_in(tmp_path: Path) -> None:
    """Before that, check says what is missing."""
    result = article_bot("new", "bridge", "--title", "Bridge: open", CORPUS_DIR=str(tmp_path))
    assert result.returncode == 0, result.stderr
    file = tmp_path / "bridge.md"
    assert str(file) in result.stdout
    assert article_bot("check", CORPUS_DIR=str(tmp_path)).returncode == 1
    text = file.read_text(encoding="utf-8")
    text = text.replace("standfirst:", "standfirst: The bridge opened on Monday.")
    text = text.replace("  -\n", "  - When did the bridge open?\n")
    file.write_text(f"{text}It opened on Monday at noon.\n", encoding="utf-8")
    result = article_bot("check", CORPUS_DIR=str(tmp_path))
    assert result.returncode == 0, result.stdout
    assert read_markdown(file).article.title == "Bridge: open"


@pytest.mark.parametrize("name", ["../bridge", "Bridge", "-bridge", "a" * 33, "a/b", ""])
def test_a_new_article_needs_a_valid_name(tmp_path: Path, name: str) -> None:
    result = article_bot("new", "--", name, CORPUS_DIR=str(tmp_path))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert list(tmp_path.rglob("*.md")) == []


def test_a_new_article_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "bridge.md").write_text("mine")
    assert article_bot("new", "bridge.md", CORPUS_DIR=str(tmp_path)).returncode == 2
    assert (tmp_path / "bridge.md").read_text() == "mine"
