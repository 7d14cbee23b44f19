"""What is kept of articles: reading them gives the same with it and without it, whatever it is."""

import logging
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.corpus.article_records import Facts, confirmed, content_digest
from bot.corpus.cache_folder import cache_folder
from bot.corpus.corpus_files import stamp_of
from bot.corpus.loader import Corpus, load_corpus
from bot.corpus.reloading import CorpusReloader
from bot.errors import CorpusError
from tests.support.corpora import BRIDGE, write_two_articles

ODD = """\
+++
title = "Tables and \\U0001F600"
date = 2026-01-31
aliases = {bridge = ["crossing"]}
unknown = 1
+++
## A heading

A **bold** [link](https://example.org/x) and `code`.

| a | b |
|---|---|
| 1 | 2 |

```python
print("code")
```

- one
- two
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of articles of all kinds, drafts, and what is no article."""
    folder = write_two_articles(tmp_path)
    (folder / "index.md").write_text("# At the top\n\nIts name is its folder's.\n")
    (folder / "a-b").mkdir()
    (folder / "a").mkdir()
    (folder / "a" / "odd é.md").write_text(ODD, encoding="utf-8")
    (folder / "a-b" / "page.HTML").write_text("<h1>A page</h1><p>Its <b>only</b> text.</p>")
    (folder / "plain.de.txt").write_text("Eine Zeile\n\nEin Absatz.\n\nEin Absatz.\n")
    (folder / "draft.md").write_text("---\ndraft: true\n---\nNot yet.\n")
    (folder / "_index.md").write_text("A list.\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "caches" / "cache"


def parsed(folder: Path, cache: Path) -> tuple[Corpus, int]:
    """The corpus, and how many of its files were parsed."""
    calls: list[int] = []
    corpus = load_corpus(folder, cache, lambda _, done, __: calls.append(done))
    return corpus, max(calls, default=0)


def is_same(folder: Path, cache: Path) -> int:
    """Read it with the cache and without; how many of the files were parsed with it."""
    plain = load_corpus(folder)
    kept, count = parsed(folder, cache)
    assert kept == plain
    assert list(kept.outcomes.items()) == list(plain.outcomes.items())
    for one, other in zip(kept.articles, plain.articles, strict=True):
        assert (one.passages, one.digest) == (other.passages, other.digest)
        assert (one.lead, one.version) == (other.lead, other.version)
    return count


def test_only_what_has_changed_is_parsed(folder: Path, cache: Path) -> None:
    """New, edited, renamed and removed files; a file that was only touched is not."""
    articles = 7
    assert is_same(folder, cache) == articles
    assert is_same(folder, cache) == 0
    bridge = folder / "bridge.md"
    bridge.write_text(BRIDGE.replace("1,200", "1,300"), encoding="utf-8")
    assert is_same(folder, cache) == 1
    os.utime(bridge, (1, 1))
    assert is_same(folder, cache) == 0
    bridge.rename(folder / "tower.md")
    assert is_same(folder, cache) == 1
    (folder / "plain.de.txt").unlink()
    assert is_same(folder, cache) == 0
    (folder / "draft.md").write_text("Now it is one.\n")
    assert is_same(folder, cache) == 1
    with sqlite3.connect(cache / "articles.sqlite") as database:
        [(files,)] = database.execute("SELECT count(*) FROM files")
        [(texts,)] = database.execute("SELECT count(*) FROM texts")
    database.close()
    assert files == texts == articles - 1


def test_a_change_that_no_time_shows(folder: Path, cache: Path) -> None:
    """Of as many letters, at the same time as the file was read."""
    file = folder / "bridge.md"
    is_same(folder, cache)
    for length in ("1,300", "1,400"):
        before = file.stat()
        file.write_text(BRIDGE.replace("1,200", length), encoding="utf-8")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        is_same(folder, cache)


def test_a_file_that_was_read_while_it_changed(tmp_path: Path) -> None:
    """Its content decides: the same times may be those of two changes, one after the other."""
    file = tmp_path / "a.md"
    file.write_text("Text.\n")
    stamp = stamp_of(file)
    at_once = Facts(stamp, stamp[0] / 1e9 + 0.01, "the digest of another content", None)
    later = replace(at_once, read_at=at_once.read_at + 10)
    assert confirmed(at_once, file) is None
    assert confirmed(replace(at_once, content=content_digest(file)), file) is not None
    assert confirmed(later, file) is later


def test_faulty_files_are_read_each_time(folder: Path, cache: Path) -> None:
    """All faults are the same, and what is right is parsed once."""
    (folder / "empty.md").write_text("")
    (folder / "worse.md").write_text("---\ntitle: [\n---\nText.\n")
    (folder / "bridge.markdown").write_text("The same id.\n")
    with pytest.raises(CorpusError) as plain:
        load_corpus(folder)
    for expected in (10, 2):
        calls: list[int] = []
        with pytest.raises(CorpusError) as kept:
            load_corpus(folder, cache, lambda _, done, __, calls=calls: calls.append(done))
        assert kept.value.faults == plain.value.faults
        assert max(calls) == expected


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def of_another_version(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("UPDATE cache_version SET version = 'x'")
    database.close()


def of_another_program(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE files (name TEXT)")
    database.close()


@pytest.mark.parametrize(
    ("spoil", "level"),
    [
        (lambda file: file.write_bytes(b"no database " * 2_000), "WARNING"),
        (lambda file: file.write_bytes(b""), None),
        (lambda file: file.unlink(), None),
        (cut, "WARNING"),
        (of_another_version, "INFO"),
        (of_another_program, "WARNING"),
    ],
)
def test_a_cache_that_cannot_be_used(
    folder: Path,
    cache: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[Path], None],
    level: str | None,
) -> None:
    """It is made anew, and a line says so."""
    caplog.set_level(logging.INFO, "bot")
    is_same(folder, cache)
    spoil(cache / "articles.sqlite")
    assert is_same(folder, cache) == 7
    assert [record.levelname for record in caplog.records] == ([level] if level else [])
    assert is_same(folder, cache) == 0
    assert all(str(cache / "articles.sqlite") in record.message for record in caplog.records)


def test_every_damaged_byte_is_noticed(folder: Path, cache: Path) -> None:
    """Wherever it is: texts, facts, names, numbers of SQLite itself."""
    is_same(folder, cache)
    file = cache / "articles.sqlite"
    content = file.read_bytes()
    used = [n for n, byte in enumerate(content) if byte]
    for at in used[:: len(used) // 60]:
        file.write_bytes(content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :])
        is_same(folder, cache)


def test_a_cache_that_is_lost_in_use(
    folder: Path, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Texts are read from the files; the next start makes it anew."""
    is_same(folder, cache)
    plain, kept = load_corpus(folder), load_corpus(folder, cache)
    file = cache / "articles.sqlite"
    file.write_bytes(b"x" * file.stat().st_size)
    assert kept == plain
    assert [article.passages for article in kept.articles] == [a.passages for a in plain.articles]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert not file.exists()
    assert is_same(folder, cache) == 7


def test_a_folder_that_cannot_be_made(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """All is as without a cache, and one line says so."""
    (tmp_path / "file").write_text("")
    assert is_same(folder, tmp_path / "file" / "cache") == 7
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Nothing is kept in" in caplog.text


@pytest.fixture
def fixed(cache: Path) -> Iterator[Callable[[], None]]:
    """Makes a folder that nobody may write to, not even root."""

    def fix() -> None:
        mount = ["mount", "--bind", str(cache), str(cache)]
        if os.geteuid() != 0 or subprocess.call(mount) != 0:
            pytest.skip("only root may mount a file system")
        subprocess.run(["mount", "-o", "remount,ro,bind", str(cache)], check=True)

    yield fix
    subprocess.run(["umount", "-l", str(cache)], check=False, capture_output=True)


def test_a_cache_that_can_only_be_read(
    folder: Path, cache: Path, fixed: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    """It is read; what is new is parsed each time."""
    is_same(folder, cache)
    fixed()
    assert is_same(folder, cache) == 0
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    (folder / "new.md").write_text("A new one.\n")
    assert [is_same(folder, cache), is_same(folder, cache)] == [1, 1]


def test_texts_are_loaded_only_when_they_are_needed(
    folder: Path, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not to compare articles, nor to give one another id: neither is there any more."""
    is_same(folder, cache)
    one, other = load_corpus(folder, cache), load_corpus(folder, cache)
    plain = load_corpus(folder)
    for corpus in (one, other):
        assert corpus.cache is not None
        corpus.cache.close()
    shutil.rmtree(folder)
    assert one == other
    for article, same in zip(one.articles, plain.articles, strict=True):
        renamed = replace(article, id="other", questions=("Why?",))
        assert renamed != article
        assert renamed.digest == article.digest == same.digest
        assert replace(article, title="Other").digest != article.digest
        assert len(article.paragraphs) == len(same.paragraphs)
    assert caplog.text == ""
    # Now they are.
    assert one.articles[0].passages
    assert "is lost until the bot is started again" in caplog.text


def test_what_changes_in_use_is_kept(folder: Path, cache: Path) -> None:
    """And the version before can still be read, as its index needs it."""
    before = load_corpus(folder, cache)
    passages = {article.id: article.passages for article in load_corpus(folder).articles}
    reloader = CorpusReloader(before)
    assert reloader.reload() is None
    (folder / "bridge.md").write_text(BRIDGE.replace("1,200", "1,300"), encoding="utf-8")
    after = reloader.reload()
    assert after is not None
    assert after == load_corpus(folder)
    assert {article.id: article.passages for article in before.articles} == passages
    assert is_same(folder, cache) == 0


def test_each_corpus_has_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named after it, and the same wherever a command is started."""
    one, other = tmp_path / "a" / "corpus", tmp_path / "b" / "corpus"
    one.mkdir(parents=True)
    folders = {cache_folder(tmp_path, one), cache_folder(tmp_path, other)}
    assert len(folders) == 2
    assert all(f.parent == tmp_path and f.name.startswith("corpus-") for f in folders)
    monkeypatch.chdir(tmp_path / "a")
    assert cache_folder(tmp_path, Path("corpus")) in folders
