"""Files of one's own that are added to the corpus."""

from pathlib import Path

import pytest

from tests.web.conftest import Add


async def test_files_with_the_same_headline_are_two_articles(
    add: Add, corpus: Path, tmp_path: Path
) -> None:
    """Letters come every week; the one of the week before is not replaced."""
    for week in ("first", "second"):
        file = tmp_path / f"{week}.md"
        file.write_text(f"Letters\n=======\n\nThe letters of the {week} week.\n")
        for _ in range(2):
            assert (await add(str(file))).returncode == 0
    texts = [file.read_text() for file in corpus.glob("letters*.md")]
    assert len(texts) == 2
    assert all("title: Letters\n" in text and "====" not in text for text in texts)
    assert {"first", "second"} == {w for w in ("first", "second") for t in texts if w in t}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\ntitle: [broken\n---\ntext", "This is not valid YAML"),
        ("---\npublished: yesterday\n---\ntext", "is not a date of the calendar"),
        ("---\ndraft: true\n---\ntext", "is not read by the bot (draft)"),
        ("", "There is no text in the file"),
    ],
)
async def test_what_the_bot_could_not_read_is_not_added(
    add: Add, corpus: Path, tmp_path: Path, text: str, said: str
) -> None:
    """The fault names the file that was given."""
    file = tmp_path / "faulty.md"
    file.write_text(text)
    before = sorted(corpus.iterdir())
    result = await add(str(file))
    assert result.returncode == 1
    assert said in result.stderr + result.stdout
    assert str(file) in result.stderr + result.stdout
    assert sorted(corpus.iterdir()) == before
