"""A sentence model of one's own: a folder with a real one in ONNX, though a small one."""

import re
from pathlib import Path

import pytest

from bot.corpus.article import Article
from bot.errors import EncoderError
from bot.retrieval.answer import Verdict
from bot.retrieval.encoder import Encoder, open_encoder
from bot.retrieval.index import Index
from bot.retrieval.model_folder import ModelFolder, read_model_folder
from bot.retrieval.query import parse_query
from tests.support.onnx_models import write_description, write_model
from tests.support.processes import article_bot

FERRY = Article(
    id="ferry",
    title="A new timetable",
    standfirst="",
    language="en",
    questions=(),
    paragraphs=(
        "Ferries sail on Sundays only, from the old pier below the castle.",
        "Tickets are sold aboard by the crew, and children travel free of charge.",
    ),
)
QUESTION = "An welchem Tag fahren die Boote?"
ALIKE = ("tag fahren boote ferries sail on sundays only from old pier",)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    write_model(folder, ALIKE)
    return folder


def verdict(encoder: Encoder | None) -> tuple[Verdict, int]:
    found = Index([FERRY], {}, encoder=encoder).answer(parse_query(QUESTION))
    assert found is not None
    return found.verdict, found.best.passage.position


def test_a_model_answers_what_its_words_mean(model: Path) -> None:
    assert verdict(open_encoder(model)) == (Verdict.ANSWERED, 1)
    assert verdict(None)[0] is not Verdict.ANSWERED


def test_vectors_are_those_of_their_own_texts(model: Path) -> None:
    """Though texts of one length are encoded together; also more than at once, and none."""
    encoder = open_encoder(model)
    texts = [paragraph for number in range(20) for paragraph in (*FERRY.paragraphs, "x " * number)]
    together = encoder.encode_sentences(texts)
    for text, vector in zip(texts, together, strict=True):
        [alone] = encoder.encode_sentences([text])
        assert abs(float(alone @ vector) - 1) < 1e-5
    assert encoder.encode_sentences([]).shape == (0, together.shape[1])


def test_another_model_has_another_name(tmp_path: Path) -> None:
    """So vectors of the one are not taken for those of the other."""
    names = set()
    for number, alike in enumerate((ALIKE, ALIKE, ("boote fahren",))):
        folder = tmp_path / str(number) / "model"
        write_model(folder, alike)
        names.add(open_encoder(folder).name)
    assert len(names) == 2


def test_the_command_line_uses_it(model: Path) -> None:
    """``ask`` answers with it, and ``doctor`` names it."""
    article = f"---\ntitle: {FERRY.title}\n---\n" + "\n\n".join(FERRY.paragraphs) + "\n"
    corpus = model.with_name("corpus")
    corpus.mkdir()
    (corpus / "ferry.md").write_text(article, encoding="utf-8")
    settings = {"SEMANTIC": "yes", "SEMANTIC_MODEL": str(model), "CORPUS_DIR": str(corpus)}
    done = article_bot("ask", QUESTION, folder=model.parent, **settings)
    assert (done.returncode, "Ferries sail on Sundays" in done.stdout) == (0, True), done.stderr
    checked = article_bot("doctor", folder=model.parent, **settings).stdout
    assert "ok    semantic search: on, with model " in checked


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_model_that_cannot_be_used(tmp_path: Path, is_whole: bool) -> None:
    """It is not ONNX, or its vectors say nothing; the setting is named, and nothing else shown."""
    folder = tmp_path / "model"
    write_model(folder, told_apart=False)
    if not is_whole:
        (folder / "onnx" / "model.onnx").write_bytes(b"This is no model.")
    settings = {"SEMANTIC": "yes", "SEMANTIC_MODEL": str(folder)}
    for command in (["ask", "why?"], ["doctor"], ["check"]):
        done = article_bot(*command, folder=tmp_path, **settings)
        assert done.returncode != 0, done.stdout
        assert "SEMANTIC_MODEL is set" in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def test_a_folder_that_tells_another_dimension(model: Path) -> None:
    write_description(model, 7)
    with pytest.raises(EncoderError, match="does not encode as its folder says"):
        open_encoder(model)


def test_the_folder_of_a_model(tmp_path: Path) -> None:
    write_model(tmp_path)
    assert read_model_folder(tmp_path) == ModelFolder(
        tmp_path, "onnx/model.onnx", "MEAN", 13, "query: ", "passage: "
    )


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Nor is a file one."""
    file = tmp_path / "model.onnx"
    file.touch()
    for wrong in (tmp_path / "model", file):
        with pytest.raises(EncoderError, match=re.escape(f"There is no folder {wrong}.")):
            read_model_folder(wrong)


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
